package io.millrace.bench.wire;

import io.millrace.Millrace;

/** The only sending connection of a Millrace stack. Thread: one. */
final class MillraceFlow implements Host.Flow {
    private final Millrace stack;
    private final SendingHandler handler;
    private long retransmissions = -1;

    MillraceFlow(final Millrace stack, final SendingHandler handler) {
        this.stack = stack;
        this.handler = handler;
    }

    @Override
    public void start() {
        handler.start();
    }

    @Override
    public void stop() {
        if (retransmissions < 0) {
            retransmissions = stack.counters().get("TcpRetransmits");
            handler.stop();
        }
    }

    @Override
    public long retransmissions() {
        return retransmissions;
    }
}
