package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import java.util.function.Consumer;

/** Does harm to TCBs, for tests of what must find it. Thread: the engine's. */
public final class TcbTampering {
    private final TcpContext context;

    /** @param calls of the engine whose connections are harmed. */
    public TcbTampering(final TcpCalls calls) {
        context = ((UserCalls) calls).context();
    }

    /** Harms the connection with the lowest index; there must be one. */
    void first(final Consumer<Tcb> harm) {
        int index = 0;
        while (!context.connections.isLive(index)) {
            index++;
        }
        harm.accept(context.connections.wrap(index));
    }

    void stop(final Tcb tcb, final int timer) {
        context.timers.cancel(tcb.timer(timer));
    }

    void start(final Tcb tcb, final int timer, final long delayNs) {
        context.timers.schedule(tcb.timer(timer), context.nowNs + delayNs);
    }

    /** Starts a timer of a record that is no connection. */
    void startStray() {
        context.timers.schedule(context.connections.highest() * Tcb.TIMER_COUNT, context.nowNs + 1_000_000_000L);
    }

    /** Takes a block of the slab that belongs to nobody. */
    void leak() {
        context.slab.allocate(1);
    }

    /** Stops the retransmission timer of the first connection that has something outstanding. */
    public void forgetWhatIsOutstanding() {
        firstOutstanding(tcb -> stop(tcb, Tcb.TIMER_RETRANSMIT));
    }

    /** Lets the first connection that has something outstanding believe in a larger window. */
    public void dreamOfAWindow() {
        firstOutstanding(tcb -> {
            tcb.sndWnd(tcb.sndWnd() + 1_000_000);
            tcb.maxSndWnd(tcb.sndWnd());
        });
    }

    private void firstOutstanding(final Consumer<Tcb> harm) {
        for (int index = 0; index < context.connections.highest(); index++) {
            if (context.connections.isLive(index)) {
                final Tcb tcb = context.connections.wrap(index);
                if (TcbView.isSynchronized(tcb) && TcbView.isInFlight(tcb)) {
                    harm.accept(tcb);
                    return;
                }
            }
        }
    }
}
