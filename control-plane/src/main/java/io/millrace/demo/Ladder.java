package io.millrace.demo;

import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The segments of one connection, the first whose SYN passes, as both ends saw them pass: a rung for each segment sent,
 * completed when it arrives. Thread: any; both engines write.
 */
final class Ladder {
    private static final int CLIENT = 0;
    private static final int SERVER = 1;
    private static final int MOST_RUNGS = 10_000;

    private final List<Rung> rungs = new ArrayList<>();
    private final int[] firstSequence = new int[2];
    private final boolean[] sequenceKnown = new boolean[2];
    private int clientPort;

    /** One segment. {@code states[0]} is the client's, {@code states[1]} the server's. */
    static final class Rung {
        final boolean fromClient;
        final int flags;
        final int sequence;
        final int acknowledgement;
        final int length;
        final int window;
        final int mss;
        final @Nullable TcpState[] states = new TcpState[2];
        boolean arrived;

        Rung(final boolean fromClient, final SegmentView segment) {
            this.fromClient = fromClient;
            flags = segment.flags();
            sequence = segment.sequence();
            acknowledgement = segment.acknowledgement();
            length = segment.length();
            window = segment.window();
            mss = segment.mss();
        }

        private boolean isSame(final SegmentView segment) {
            return flags == segment.flags() && sequence == segment.sequence()
                    && acknowledgement == segment.acknowledgement() && length == segment.length();
        }
    }

    /** True where the segment belongs to the connection that is drawn; the first SYN decides which that is. */
    private boolean isOurs(final SegmentView segment, final boolean fromClient) {
        final int port = fromClient ? segment.sourcePort() : segment.destinationPort();
        if (clientPort == 0 && fromClient && segment.has(TcpHeader.SYN)) {
            clientPort = port;
        }
        return clientPort != 0 && port == clientPort;
    }

    /** A segment leaves one end, which is in {@code state} now; null: not known. */
    synchronized void sent(final SegmentView segment, final boolean fromClient, final @Nullable TcpState state) {
        if (!isOurs(segment, fromClient) || rungs.size() == MOST_RUNGS) {
            return;
        }
        final int end = fromClient ? CLIENT : SERVER;
        if (!sequenceKnown[end]) {
            sequenceKnown[end] = true;
            firstSequence[end] = segment.sequence();
        }
        final Rung rung = new Rung(fromClient, segment);
        rung.states[end] = state;
        rungs.add(rung);
    }

    /** A segment arrives at the other end; the rung, whose state there is known when it has been processed, or null. */
    synchronized @Nullable Rung arrived(final SegmentView segment, final boolean fromClient) {
        if (!isOurs(segment, fromClient)) {
            return null;
        }
        for (final Rung rung : rungs) {
            if (!rung.arrived && rung.fromClient == fromClient && rung.isSame(segment)) {
                rung.arrived = true;
                return rung;
            }
        }
        return null;
    }

    /** The receiving end has processed the rung and is in this state. */
    synchronized void processed(final Rung rung, final TcpState state) {
        rung.states[rung.fromClient ? SERVER : CLIENT] = state;
    }

    /** True where both ends have sent a FIN and the last of them was acknowledged. */
    synchronized boolean isComplete() {
        boolean client = false;
        boolean server = false;
        for (final Rung rung : rungs) {
            final boolean fin = rung.arrived && (rung.flags & TcpHeader.FIN) != 0;
            client |= fin && rung.fromClient;
            server |= fin && !rung.fromClient;
        }
        final Rung last = rungs.isEmpty() ? null : rungs.getLast();
        return client && server && last != null && last.arrived && (last.flags & TcpHeader.FIN) == 0
                && last.states[last.fromClient ? SERVER : CLIENT] != null;
    }

    /** Where the drawing of the middle may be cut. */
    synchronized List<Rung> rungs() {
        return List.copyOf(rungs);
    }

    /** A sequence number of an end, counted from its SYN. */
    synchronized long relative(final int sequence, final boolean ofClient) {
        return sequence - firstSequence[ofClient ? CLIENT : SERVER] & 0xFFFF_FFFFL;
    }
}
