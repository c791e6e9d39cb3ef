package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.socket.SentPacket;
import io.millrace.fastpath.testing.socket.SocketDriver;
import java.util.ArrayDeque;
import java.util.Deque;

/** What the stack sent and the script has not asked for yet. Thread: the runner's. */
final class Outbox {
    private final SocketDriver stack;
    private final long startNs;
    private final Deque<Sent> waiting = new ArrayDeque<>();

    /** @param startNs when the script began, on the stack's clock. */
    Outbox(final SocketDriver stack, final long startNs) {
        this.stack = stack;
        this.startNs = startNs;
    }

    /** A segment with the time of the script at which it was sent. */
    record Sent(long timeNs, Segment segment) {}

    boolean isEmpty() {
        collect();
        return waiting.isEmpty();
    }

    Sent peek() {
        collect();
        return waiting.peek();
    }

    Sent take() {
        return waiting.remove();
    }

    /**
     * Takes the next segment, together with those that follow it where it is shorter than expected and they go on where
     * it ends: a kernel hands them to its port as one.
     */
    Sent takeUpTo(final int length) {
        final Sent first = take();
        Segment joined = first.segment;
        while (joined.length() < length && joined.length() > 0 && !isEmpty() && continues(first, joined)) {
            joined = joined.join(take().segment);
        }
        return new Sent(first.timeNs, joined);
    }

    private boolean continues(final Sent first, final Segment joined) {
        final Sent next = waiting.peek();
        return next.timeNs == first.timeNs && next.segment.seq() == joined.end() && next.segment.length() > 0
                && next.segment.sourcePort() == joined.sourcePort()
                && next.segment.destinationPort() == joined.destinationPort()
                && !joined.has(Segment.FIN) && !joined.has(Segment.SYN);
    }

    private void collect() {
        for (SentPacket packet = stack.poll(); packet != null; packet = stack.poll()) {
            waiting.add(new Sent(packet.timeNs() - startNs, SegmentCodec.decode(packet.bytes())));
        }
    }
}
