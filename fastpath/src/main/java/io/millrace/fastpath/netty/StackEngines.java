package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.NetworkStack;
import java.util.function.IntFunction;

/** A stack with its engines as the event loops of one group use them. Thread: any; immutable. */
final class StackEngines {
    private final NetworkStack stack;
    private final LoopEngine[] engines;

    private StackEngines(final NetworkStack stack, final IntFunction<LoopEngine> source) {
        this.stack = stack;
        this.engines = new LoopEngine[stack.engineCount()];
        for (int i = 0; i < engines.length; i++) {
            engines[i] = source.apply(i);
        }
    }

    static StackEngines of(final NetworkStack stack) {
        return new StackEngines(stack, i -> new StackLoopEngine(stack.engine(i)));
    }

    /** With engines that are not the stack's own. */
    static StackEngines of(final NetworkStack stack, final IntFunction<LoopEngine> source) {
        return new StackEngines(stack, source);
    }

    NetworkStack stack() {
        return stack;
    }

    int count() {
        return engines.length;
    }

    LoopEngine engine(final int index) {
        return engines[index];
    }
}
