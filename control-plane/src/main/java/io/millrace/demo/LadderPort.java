package io.millrace.demo;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortFilter;
import io.millrace.fastpath.tcp.TcpState;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A port that reports the segments of one end to a {@link Ladder}, with the state the engine's connection is in when a
 * segment leaves, and right after one that arrived was processed: that is when the engine gives its frame back, before
 * the application hears of it. Thread: the engine's.
 */
final class LadderPort extends PortFilter {
    private final Ladder ladder;
    private final boolean client;
    private final boolean otherEndReports;
    private final SegmentView segment = new SegmentView();
    private final Map<Long, Ladder.Rung> unprocessed = new HashMap<>();
    private volatile @Nullable StackEngine engine;
    private long local;
    private long remote;
    private int ports;

    /** @param otherEndReports false where the other end is the kernel, which does not tell what it sends. */
    LadderPort(final PacketPort delegate, final Ladder ladder, final boolean client, final boolean otherEndReports) {
        super(delegate);
        this.ladder = ladder;
        this.client = client;
        this.otherEndReports = otherEndReports;
    }

    /** Whose states are reported; before this, none are. */
    void engine(final StackEngine newEngine) {
        engine = newEngine;
    }

    @Override
    public void release(final long frame) {
        final Ladder.Rung rung = unprocessed.isEmpty() ? null : unprocessed.remove(frame);
        final TcpState state = rung == null ? null : state();
        if (state != null) {
            ladder.processed(rung, state);
        }
        delegate.release(frame);
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        final int received = delegate.receive(frames, offset, limit, nowNs);
        for (int i = offset; i < offset + received; i++) {
            if (segment.wrap(frames[i])) {
                onArrived(frames[i]);
            }
        }
        return received;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        for (int i = offset; i < offset + length; i++) {
            if (segment.wrap(frames[i])) {
                remember(segment.source(), segment.destination(),
                        segment.sourcePort() << 16 | segment.destinationPort());
                ladder.sent(segment, client, state());
                if (!otherEndReports) {
                    ladder.arrived(segment, client);
                }
            }
        }
        // The caller offers again what is not taken, and it would be drawn twice.
        int taken = 0;
        while (taken < length) {
            final int now = delegate.transmit(frames, offset + taken, length - taken, nowNs);
            if (now == 0) {
                break;
            }
            taken += now;
        }
        return taken;
    }

    private void onArrived(final long frame) {
        remember(segment.destination(), segment.source(), segment.destinationPort() << 16 | segment.sourcePort());
        if (!otherEndReports) {
            ladder.sent(segment, !client, null);
        }
        final Ladder.Rung rung = ladder.arrived(segment, !client);
        if (rung != null) {
            unprocessed.put(frame, rung);
        }
    }

    private void remember(final long ourLo, final long theirLo, final int bothPorts) {
        if (ports == 0) {
            local = ourLo;
            remote = theirLo;
            ports = bothPorts;
        }
    }

    private @Nullable TcpState state() {
        final StackEngine known = engine;
        return known == null ? null : known.state(0, local, 0, remote, ports);
    }
}
