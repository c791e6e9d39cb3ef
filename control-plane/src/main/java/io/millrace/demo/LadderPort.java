package io.millrace.demo;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.tcp.TcpState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A port that reports the segments of one end to a {@link Ladder}, with the state the engine's connection is in when a
 * segment leaves, and after one that arrived was processed. Thread: the engine's.
 */
final class LadderPort implements PacketPort {
    private final PacketPort delegate;
    private final Ladder ladder;
    private final boolean client;
    private final boolean otherEndReports;
    private final SegmentView segment = new SegmentView();
    private final List<Ladder.Rung> unprocessed = new ArrayList<>();
    private volatile @Nullable StackEngine engine;
    private long local;
    private long remote;
    private int ports;

    /** @param otherEndReports false where the other end is the kernel, which does not tell what it sends. */
    LadderPort(final PacketPort delegate, final Ladder ladder, final boolean client, final boolean otherEndReports) {
        this.delegate = delegate;
        this.ladder = ladder;
        this.client = client;
        this.otherEndReports = otherEndReports;
    }

    /** Whose states are reported; before this, none are. */
    void engine(final StackEngine newEngine) {
        engine = newEngine;
    }

    @Override
    public PortCapabilities capabilities() {
        return delegate.capabilities();
    }

    @Override
    public long acquire() {
        return delegate.acquire();
    }

    @Override
    public void release(final long frame) {
        delegate.release(frame);
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        settle();
        final int received = delegate.receive(frames, offset, limit, nowNs);
        for (int i = offset; i < offset + received; i++) {
            if (segment.wrap(frames[i])) {
                onArrived();
            }
        }
        return received;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        settle();
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

    private void onArrived() {
        remember(segment.destination(), segment.source(), segment.destinationPort() << 16 | segment.sourcePort());
        if (!otherEndReports) {
            ladder.sent(segment, !client, null);
        }
        final Ladder.Rung rung = ladder.arrived(segment, !client);
        if (rung != null) {
            unprocessed.add(rung);
        }
    }

    /** What arrived in the last burst is processed by now. */
    private void settle() {
        final TcpState state = unprocessed.isEmpty() ? null : state();
        if (state != null) {
            for (final Ladder.Rung rung : unprocessed) {
                ladder.processed(rung, state);
            }
            unprocessed.clear();
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

    @Override
    public long nextDeadlineNs() {
        return unprocessed.isEmpty() ? delegate.nextDeadlineNs() : Long.MIN_VALUE;
    }

    @Override
    public long dropped() {
        return delegate.dropped();
    }

    @Override
    public void close() {
        delegate.close();
    }
}
