package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.PlainOutput;
import io.millrace.fastpath.timer.TimerWheel;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;

/**
 * Writes the acknowledgement that leaves most of all, in one step: of an established connection that reports nothing
 * but RCV.NXT, its window, and timestamps. Each of its questions is one of the {@link SegmentWriter}'s, which writes all others,
 * and would write this one so. Thread: the engine's.
 */
final class PlainAck {
    private static final int UNUSUAL = Tcb.ECE_OWED | Tcb.PROBING;
    private static final long INT_MASK = 0xFFFF_FFFFL;

    private final TcpContext context;
    private final EngineCounters counters;
    private final SegmentWriter writer;
    private final PlainOutput output;

    PlainAck(final TcpContext context, final SegmentWriter writer) {
        this.context = context;
        this.counters = context.counters;
        this.writer = writer;
        this.output = context.ip.plain();
    }

    /** Sends it; false where it is another one, or there is no frame: nothing has changed. */
    boolean send(final Tcb tcb) {
        if (!isPlain(tcb) || !output.leadsTo(tcb.neighbour())) {
            return false;
        }
        final long frame = output.acquire();
        if (frame == 0) {
            return false;
        }
        SegmentWriter.useQuickAck(tcb, false);
        final int length = write(tcb, IpOutput.payload(frame));
        writer.onAcknowledgementSent(tcb);
        counters.increment(Counter.TCP_SEGMENTS_SENT);
        if (isV4(tcb)) {
            output.send(frame, length, (int) tcb.localLo(), (int) tcb.remoteLo(), tcb.trafficClass(), tcb.neighbour());
        } else {
            output.sendV6(frame, length, tcb.localHi(), tcb.localLo(), tcb.remoteHi(), tcb.remoteLo(),
                    tcb.trafficClass(), context.flowLabel(tcb), tcb.neighbour());
        }
        return true;
    }

    private static boolean isV4(final Tcb tcb) {
        return IpAddress.isV4(tcb.remoteHi(), tcb.remoteLo());
    }

    /** Nothing to say but what is received, and what was sent lies within the peer's window. */
    static boolean isPlain(final Tcb tcb) {
        return !tcb.has(UNUSUAL) && tcb.state() == TcpState.ESTABLISHED.ordinal() && tcb.outOfOrder() == 0
                && (tcb.moreFlags() & Tcb.MORE_FRAGMENTABLE) == 0
                && Seq.le(tcb.sndMax(), tcb.sndUna() + tcb.sndWnd());
    }

    private int write(final Tcb tcb, final long segment) {
        if (tcb.has(Tcb.TIMESTAMPS)) {
            final int value = context.timestamp(tcb);
            final int echo = tcb.tsRecent();
            final int header = TcpHeader.MIN_LENGTH
                    + TcpOptions.writeTimestamps(segment + TcpHeader.MIN_LENGTH, value, echo);
            return writeHeader(tcb, segment, header, TcpOptions.timestampsWords(value, echo));
        }
        return writeHeader(tcb, segment, TcpHeader.MIN_LENGTH, 0);
    }

    /** @param options sum of the words of what lies behind it. */
    private int writeHeader(final Tcb tcb, final long segment, final int header, final long options) {
        final int ports = tcb.ports();
        final int sequence = tcb.sndMax();
        final int acknowledgement = tcb.rcvNxt();
        final int control = TcpHeader.control(header, TcpHeader.ACK, writer.windowField(tcb));
        final long words = pseudoHeader(tcb, header) + TcpHeader.words(ports, sequence, acknowledgement, control)
                + options;
        TcpHeader.write(segment, ports, sequence, acknowledgement, control, ~Checksum.foldWords(words) & 0xFFFF);
        tcb.lastAckSent(acknowledgement);
        return header;
    }

    /** The mark of an address of IPv4 counts nothing: two words of ones. */
    private static long pseudoHeader(final Tcb tcb, final int length) {
        return isV4(tcb)
                ? (tcb.localLo() & INT_MASK) + (tcb.remoteLo() & INT_MASK) + IpProtocol.TCP + length
                : Checksum.pseudoHeaderWords(tcb.localHi(), tcb.localLo(), tcb.remoteHi(), tcb.remoteLo(),
                        IpProtocol.TCP, length);
    }
}
