package io.millrace.bench.compare.work;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * A thread that turns several event loops, one after the other, without end: so two stacks, of which each has an engine that
 * an event loop drives, share one. It never sleeps. Thread: any; what it turns is closed by {@link Loop#close}, and the thread ends
 * when all are.
 */
final class OneThread {
    private final List<ManualIoEventLoop> loops = new ArrayList<>();

    private OneThread() {}

    /**
     * Starts it.
     *
     * @param handlers of the loops, one each.
     */
    static List<ManualIoEventLoop> turning(final List<IoHandlerFactory> handlers) {
        final OneThread one = new OneThread();
        final Thread thread = new Thread(one::run, "loops-in-turn");
        thread.setDaemon(true);
        handlers.forEach(handler -> one.loops.add(new ManualIoEventLoop(thread, handler)));
        thread.start();
        return List.copyOf(one.loops);
    }

    private void run() {
        boolean left = true;
        while (left) {
            left = false;
            // by index: no iterator for each turn
            for (int i = 0; i < loops.size(); i++) {
                final ManualIoEventLoop loop = loops.get(i);
                if (!loop.isTerminated()) {
                    loop.runNow();
                    left = true;
                }
            }
        }
    }
}
