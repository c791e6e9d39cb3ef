package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.memory.ByteRing;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;

/**
 * Writes segments into frames and hands them to IP: header, options, text from the send ring, checksum (complete, or
 * left to the port), virtual segments where the port segments. Thread: the engine's.
 */
final class SegmentWriter {
    private static final int MAX_WINDOW_FIELD = 65_535;
    private static final int MAX_IP_PACKET = 65_535;

    private final TcpContext context;
    private final PortCapabilities port;

    SegmentWriter(final TcpContext context) {
        this.context = context;
        this.port = context.ip.capabilities();
    }

    /** Text of a full segment now. */
    int mss(final Tcb tcb) {
        return tcb.sndMss();
    }

    /** Largest text of one frame: one segment, or as many whole ones as a virtual segment holds. */
    int maxText(final Tcb tcb) {
        final int mss = tcb.sndMss();
        final int most = Math.min(port.maxVirtualSegment(), MAX_IP_PACKET) - Lifecycle.HEADERS;
        return most <= mss ? mss : most - most % mss;
    }

    /**
     * Writes a segment with text from the send ring.
     *
     * @return false where no frame is free: nothing was sent.
     */
    boolean write(final Tcb tcb, final int sequence, final int text, final int flags) {
        final long frame = acquire();
        if (frame == 0) {
            return false;
        }
        final long segment = IpOutput.payload(frame);
        header(tcb, segment, sequence, TcpHeader.MIN_LENGTH, flags);
        final long target = segment + TcpHeader.MIN_LENGTH;
        if (text > 0) {
            ByteRing.copyOut(tcb.sndRing(), tcb.sndCapacity(), sequence, target, text);
        }
        if (text > tcb.sndMss()) {
            final int headers = Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH;
            Frame.segmentation(frame, Frame.GSO_TCPV4, tcb.sndMss(), headers);
        }
        send(tcb, frame, TcpHeader.MIN_LENGTH + text);
        return true;
    }

    /** Writes an acknowledgement without text. */
    void writeAck(final Tcb tcb) {
        final long frame = acquire();
        if (frame == 0) {
            // owed still: at the end of the next turn
            tcb.set(Tcb.ACK_NOW);
            context.lists.output(tcb);
            return;
        }
        header(tcb, IpOutput.payload(frame), acceptableSequence(tcb), TcpHeader.MIN_LENGTH, TcpHeader.ACK);
        send(tcb, frame, TcpHeader.MIN_LENGTH);
    }

    /** Writes a keepalive probe: {@code SEG.SEQ = SND.NXT - 1}, no text (RFC 9293 §3.8.4). */
    void writeKeepAlive(final Tcb tcb) {
        final long frame = acquire();
        if (frame != 0) {
            header(tcb, IpOutput.payload(frame), tcb.sndUna() - 1, TcpHeader.MIN_LENGTH, TcpHeader.ACK);
            send(tcb, frame, TcpHeader.MIN_LENGTH);
        }
    }

    /** Writes SYN, or SYN-ACK where the peer's SYN was received, with its options. */
    void writeSyn(final Tcb tcb) {
        final long frame = acquire();
        if (frame == 0) {
            return;
        }
        final boolean answer = tcb.state() == TcpState.SYN_RECEIVED.ordinal();
        final long segment = IpOutput.payload(frame);
        int length = TcpHeader.MIN_LENGTH;
        length += TcpOptions.writeMss(segment + length, tcb.announcedMss());
        final boolean scale = answer
                ? tcb.has(Tcb.WINDOW_SCALING)
                : context.connections.settings(tcb).windowScaling();
        if (scale) {
            length += TcpOptions.writeWindowScale(segment + length, tcb.receiveShift());
        }
        final int window = Math.min(tcb.receiveBuffer(), MAX_WINDOW_FIELD);
        TcpHeader.write(segment, tcb.localPort(), tcb.remotePort(), tcb.iss(), answer ? tcb.rcvNxt() : 0, length,
                answer ? TcpHeader.SYN | TcpHeader.ACK : TcpHeader.SYN, window);
        send(tcb, frame, length);
    }

    /** Writes the RST of a connection. */
    void writeReset(final Tcb tcb) {
        final long frame = acquire();
        if (frame != 0) {
            TcpHeader.write(IpOutput.payload(frame), tcb.localPort(), tcb.remotePort(),
                    acceptableSequence(tcb), 0, TcpHeader.MIN_LENGTH, TcpHeader.RST, 0);
            send(tcb, frame, TcpHeader.MIN_LENGTH);
        }
    }

    /** Answers a segment without a connection: a RST, or the ACK of a TIME_WAIT record. */
    void answer(final Segment to, final int sequence, final int acknowledgement, final int flags, final int window) {
        final long frame = acquire();
        if (frame == 0) {
            return;
        }
        final long segment = IpOutput.payload(frame);
        TcpHeader.write(segment, to.ports >>> 16, to.ports & 0xFFFF, sequence, acknowledgement, TcpHeader.MIN_LENGTH,
                flags, window);
        final int length = TcpHeader.MIN_LENGTH;
        checksum(frame, segment, length, to.localLo, to.remoteLo);
        context.ip.send(frame, length, IpProtocol.TCP, to.localLo, to.remoteHi, to.remoteLo, IpOutput.UNKNOWN);
    }

    /**
     * The window field: what is free, but never less than was announced (RFC 9293 §3.8.6.2.2 keeps the right edge), and
     * announced anew only in steps worth sending. Moves the announced edge.
     * <p>
     * A scaled field cannot say every number. Where rounding up would promise more than the buffer holds it is rounded
     * down, by less than one unit of the scale; what was promised before is still taken (RFC 7323 §2.4).
     */
    int windowField(final Tcb tcb) {
        final int shift = tcb.receiveShift();
        final int next = tcb.rcvNxt();
        final int announced = tcb.rcvWndRight() - next;
        final int free = tcb.rcvRead() + tcb.receiveBuffer() - next;
        final int step = Math.min(tcb.receiveBuffer() / 2, tcb.receiveMss());
        int window = announced;
        if (free - announced >= step) {
            window = free;
        }
        window = Math.max(0, window);
        int field = window >> shift;
        if (field << shift < announced && (field + 1 << shift) <= free) {
            field++;
        }
        field = Math.min(field, MAX_WINDOW_FIELD);
        if ((field << shift) > announced) {
            tcb.rcvWndRight(next + (field << shift));
        }
        return field;
    }

    /**
     * Sequence number of a segment without text: SND.NXT, but within a window that the peer took back, and without the
     * byte of a window probe, which the peer most likely refused: beyond a closed window it takes no acknowledgement.
     */
    private static int acceptableSequence(final Tcb tcb) {
        if (Persist.isProbing(tcb)) {
            return tcb.sndNxt();
        }
        final int edge = tcb.sndUna() + tcb.sndWnd();
        final int next = tcb.sndMax();
        return Seq.gt(next, edge) && Seq.gt(edge, tcb.sndUna()) ? edge : next;
    }

    private long acquire() {
        final long frame = context.ip.acquire();
        if (frame == 0) {
            context.count(Counter.TRANSMIT_NO_FRAME);
        }
        return frame;
    }

    /** Every segment but SYN and RST acknowledges: what was owed is paid. */
    private void header(final Tcb tcb, final long segment, final int sequence, final int headerLength,
            final int flags) {
        TcpHeader.write(segment, tcb.localPort(), tcb.remotePort(), sequence, tcb.rcvNxt(), headerLength, flags,
                windowField(tcb));
        tcb.lastAckSent(tcb.rcvNxt());
        tcb.clear(Tcb.ACK_NOW);
        context.timers.cancel(tcb.timer(Tcb.TIMER_ACK));
    }

    private void send(final Tcb tcb, final long frame, final int length) {
        context.count(Counter.TCP_SEGMENTS_SENT);
        checksum(frame, IpOutput.payload(frame), length, tcb.localLo(), tcb.remoteLo());
        tcb.neighbour(context.ip.send(frame, length, IpProtocol.TCP, tcb.localLo(), tcb.remoteHi(), tcb.remoteLo(),
                tcb.neighbour()));
    }

    private void checksum(final long frame, final long segment, final int length, final long localLo,
            final long remoteLo) {
        final long pseudo = Checksum.pseudoHeaderV4(IpAddress.toV4(localLo), IpAddress.toV4(remoteLo), IpProtocol.TCP,
                length);
        if (port.txChecksum()) {
            Memory.putShortBE(segment + TcpHeader.CHECKSUM_OFFSET, Checksum.fold(pseudo));
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, Ipv4Header.MIN_LENGTH, TcpHeader.CHECKSUM_OFFSET);
        } else {
            Memory.putShortBE(segment + TcpHeader.CHECKSUM_OFFSET,
                    Checksum.finish(Checksum.sum(segment, length, pseudo)));
        }
    }
}
