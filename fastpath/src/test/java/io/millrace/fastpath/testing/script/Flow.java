package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.PacketSpec.Tcp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One connection as a script sees it: the peer's numbers as written, the stack's counted from what the script says of
 * its SYN, timestamps counted from the first that the script names. Thread: the runner's.
 */
final class Flow {
    private static final long MASK = 0xFFFF_FFFFL;

    private final int localPort;
    private final int remotePort;
    private final Map<Long, Long> liveTimestamps = new HashMap<>();
    /** Of the stack's numbers: on the wire minus in the script. */
    private long offset;
    private boolean synSeen;
    private long localIss;
    private long remoteIss;
    private boolean timestampSeen;
    private long firstTimestamp;
    private long firstLiveTimestamp;
    private long lastLiveTimestamp;

    Flow(final int localPort, final int remotePort) {
        this.localPort = localPort;
        this.remotePort = remotePort;
    }

    int localPort() {
        return localPort;
    }

    int remotePort() {
        return remotePort;
    }

    boolean is(final int local, final int remote) {
        return localPort == local && remotePort == remote;
    }

    /** The next SYN of the stack begins anew: the application opens a connection, or the peer did. */
    void restart() {
        synSeen = false;
        liveTimestamps.clear();
        timestampSeen = false;
    }

    /** The peer's SYN. */
    void onRemoteSyn(final long seq) {
        if (seq != remoteIss) {
            restart();
        }
        remoteIss = seq;
    }

    /** Place in the peer's stream of the first byte of a segment. */
    long remoteStreamOffset(final long seq, final int flags) {
        return seq + ((flags & Segment.SYN) != 0 ? 1 : 0) - remoteIss - 1 & MASK;
    }

    /** True where the bytes of a segment of the stack, with the script's numbers, are those of the stream. */
    boolean holdsStream(final Segment numbered) {
        final long offset = numbered.seq() + (numbered.has(Segment.SYN) ? 1 : 0) - localIss - 1 & MASK;
        return !synSeen || StreamPattern.holds(offset, numbered.payload());
    }

    /** Learns from a segment that the script expects, and the one that came, how their numbers belong together. */
    void learn(final Tcp expected, final Segment live) {
        if (live.has(Segment.SYN) && (expected.flags() & Segment.SYN) != 0 && !synSeen) {
            synSeen = true;
            localIss = expected.seq();
            offset = live.seq() - expected.seq() & MASK;
        }
        final TcpOption.Timestamps actual = timestamps(live.options());
        if (actual == null) {
            return;
        }
        lastLiveTimestamp = actual.value();
        final TcpOption.Timestamps written = expected.options() == null ? null : timestamps(expected.options());
        if (written != null) {
            if (!timestampSeen) {
                timestampSeen = true;
                firstTimestamp = written.value();
                firstLiveTimestamp = actual.value();
            }
            liveTimestamps.put(written.value(), actual.value());
        }
    }

    private static TcpOption.Timestamps timestamps(final List<TcpOption> options) {
        return options.stream().filter(TcpOption.Timestamps.class::isInstance).map(TcpOption.Timestamps.class::cast)
                .findFirst().orElse(null);
    }

    /** A sequence number of the stack, on the wire. */
    long live(final long scriptSeq) {
        return scriptSeq + offset & MASK;
    }

    /** The same for a message, also where the script has not named the SYN yet. */
    Segment shown(final Segment live) {
        return synSeen || !live.has(Segment.SYN) ? numbered(live) : numbered(live).numbered(0, live.options());
    }

    /** A segment of the stack with the numbers of the script. */
    Segment numbered(final Segment live) {
        return live.numbered(live.seq() - offset & MASK,
                live.options().stream().map(option -> option instanceof TcpOption.Timestamps times
                        ? new TcpOption.Timestamps(times.value() - firstLiveTimestamp + firstTimestamp & MASK,
                                times.echo())
                        : option).toList());
    }

    /** Options of a segment of the peer, on the wire. */
    List<TcpOption> live(final List<TcpOption> options) {
        return options.stream().map(this::live).toList();
    }

    private TcpOption live(final TcpOption option) {
        return switch (option) {
            case TcpOption.Sack sack -> new TcpOption.Sack(sack.blocks().stream()
                    .map(block -> new TcpOption.Block(live(block.left()), live(block.right()))).toList());
            case TcpOption.Timestamps times -> new TcpOption.Timestamps(times.value(), liveEcho(times.echo()));
            default -> option;
        };
    }

    private long liveEcho(final long echo) {
        final Long known = liveTimestamps.get(echo);
        if (known != null || echo == 0) {
            return known == null ? 0 : known;
        }
        return timestampSeen ? echo - firstTimestamp + firstLiveTimestamp & MASK : lastLiveTimestamp;
    }
}
