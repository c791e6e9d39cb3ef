package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.PlainOutput;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;

/**
 * Sends what a conversation consists of, in one step: a text of one segment that waits alone, while nothing is in flight. Of the
 * questions of {@link TcpOutput} and {@link SegmentWriter}, which would send it so too, none is left out; but most have one
 * answer here. Over IPv4 alone. Thread: the engine's.
 */
final class PlainText {
    private static final int UNUSUAL = Tcb.FIN_QUEUED | Tcb.OVERRIDE | Tcb.CORK | Tcb.PROBING | Tcb.ECN | Tcb.ECE_OWED;
    private static final int FLAGS = TcpHeader.ACK | TcpHeader.PSH;
    private static final long INT_MASK = 0xFFFF_FFFFL;

    private final TcpContext context;
    private final SegmentWriter writer;
    private final LossRecovery recovery;
    private final Pacing pacing;
    private final IpOutput ip;
    private final PlainOutput output;

    PlainText(final TcpContext context, final SegmentWriter writer, final LossRecovery recovery, final Pacing pacing) {
        this.context = context;
        this.writer = writer;
        this.recovery = recovery;
        this.pacing = pacing;
        this.ip = context.ip;
        this.output = context.ip.plain();
    }

    /** Sends it; false where it is another one, or may not leave now, or there is no frame: nothing has changed. */
    boolean send(final Tcb tcb) {
        final int length = tcb.sndEnd() - tcb.sndNxt();
        if (!isAlone(tcb, length) || !isPlain(tcb) || !mayLeave(tcb)) {
            return false;
        }
        final long frame = ip.acquire(0);
        if (frame == 0) {
            return false;
        }
        SegmentWriter.useQuickAck(tcb, true);
        final int bytes = write(tcb, IpOutput.payload(frame), length);
        writer.onAcknowledgementSent(tcb);
        context.count(Counter.TCP_SEGMENTS_SENT);
        output.send(frame, bytes, (int) tcb.localLo(), (int) tcb.remoteLo(), tcb.trafficClass(), tcb.neighbour());
        // it has left: what throws before leaves nothing in flight
        recovery.onSend(tcb, tcb.sndEnd(), context.congestion(tcb), context.nowNs);
        tcb.sndNxt(tcb.sndEnd());
        tcb.sndMax(tcb.sndEnd());
        tcb.lastSendNs(context.nowNs);
        recovery.onOutputDone(tcb, false, true);
        return true;
    }

    /** A text of one segment, with nothing before or behind it, for which both windows have room. */
    static boolean isAlone(final Tcb tcb, final int length) {
        return length > 0 && length <= tcb.sndMss() && tcb.sndNxt() == tcb.sndUna() && tcb.sndMax() == tcb.sndNxt()
                && length <= tcb.sndWnd() && length <= tcb.cwnd() && LossRecovery.isFresh(tcb);
    }

    /** Nothing is to be said with it but RCV.NXT, the window, and timestamps; and its path is as it always was. */
    static boolean isPlain(final Tcb tcb) {
        return !tcb.has(UNUSUAL) && tcb.state() == TcpState.ESTABLISHED.ordinal() && tcb.outOfOrder() == 0
                && tcb.sndMss() == tcb.fullMss() && (tcb.moreFlags() & Tcb.MORE_FRAGMENTABLE) == 0
                && IpAddress.isV4(tcb.remoteHi(), tcb.remoteLo());
    }

    /** At once, after no silence that makes the window doubtful, from the ring, on a way that is known. */
    private boolean mayLeave(final Tcb tcb) {
        return context.nowNs - tcb.lastSendNs() <= tcb.rtoNs() && !pacing.isOn(tcb) && tcb.sndCapacity() != 0
                && context.heldTexts.of(tcb) == null && output.leadsTo(tcb.neighbour()) && ip.hasRoom(0)
                && !ip.links().mayVary();
    }

    private int write(final Tcb tcb, final long segment, final int length) {
        if (tcb.has(Tcb.TIMESTAMPS)) {
            final int value = context.timestamp(tcb);
            final int echo = tcb.tsRecent();
            final int header = TcpHeader.MIN_LENGTH
                    + TcpOptions.writeTimestamps(segment + TcpHeader.MIN_LENGTH, value, echo);
            return write(tcb, segment, header, TcpOptions.timestampsWords(value, echo), length);
        }
        return write(tcb, segment, TcpHeader.MIN_LENGTH, 0, length);
    }

    /** @param options sum of the words of what lies behind the header. @return bytes of all. */
    private int write(final Tcb tcb, final long segment, final int header, final long options, final int length) {
        final int ports = tcb.ports();
        final int sequence = tcb.sndNxt();
        final int acknowledgement = tcb.rcvNxt();
        final int control = TcpHeader.control(header, FLAGS, writer.windowField(tcb));
        final long words = (tcb.localLo() & INT_MASK) + (tcb.remoteLo() & INT_MASK) + IpProtocol.TCP + header + length
                + TcpHeader.words(ports, sequence, acknowledgement, control) + options;
        final long sum = SendQueue.copyOutAndSum(context.heldTexts, tcb, sequence, segment + header, length);
        TcpHeader.write(segment, ports, sequence, acknowledgement, control, Checksum.finish(words, sum));
        tcb.lastAckSent(acknowledgement);
        return header + length;
    }
}
