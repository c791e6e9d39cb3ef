package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.flow.TimeWaitTable;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.Links;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.timer.TimerWheel;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;

/**
 * Writes segments into frames and hands them to IP: header, options, text from the send queue, checksum (complete, or
 * left to the port), virtual segments where the port segments. Thread: the engine's.
 */
final class SegmentWriter {
    private static final int MAX_WINDOW_FIELD = 65_535;
    private static final int MAX_IP_PACKET = 65_535;

    private final TcpContext context;
    private final IpOutput ip;
    private final Links links;
    private final HeaderOptions options;
    private final PlainAck plainAck;
    /** A frame that is not handed to IP yet: what throws meanwhile leaves it to the next one. */
    private long begun;

    SegmentWriter(final TcpContext context) {
        this.context = context;
        this.ip = context.ip;
        this.links = context.ip.links();
        this.options = new HeaderOptions(context);
        this.plainAck = new PlainAck(context, this);
    }

    /**
     * Payload bytes of a full segment now: {@link Tcb#sndMss} less the SACK blocks that go out with it while something is
     * out of order; at least 8.
     */
    int mss(final Tcb tcb) {
        return tcb.sndMss() - options.sackLength(tcb);
    }

    /** Largest text of one frame: one segment, or as many whole ones as a virtual segment holds. */
    int maxText(final Tcb tcb) {
        final int mss = mss(tcb);
        final int headers = Lifecycle.headers(tcb) + HeaderOptions.fixedLength(tcb) + tcb.sndMss() - mss;
        final int most = Math.min(links.capabilities(link(tcb)).maxVirtualSegment(), MAX_IP_PACKET) - headers;
        return most <= mss ? mss : most - most % mss;
    }

    /**
     * Writes a segment with text from the send queue. Text of up to {@link Tcb#sndMss} bytes leaves as one segment,
     * without SACK blocks where it leaves them no room; more than that leaves as segments of {@link #mss} bytes.
     *
     * @return false where no frame is free, or the text was cut for another link than the route leads over now: nothing was
     *         sent.
     */
    boolean write(final Tcb tcb, final int sequence, final int text, final int flags) {
        return write(tcb, sequence, text, flags, text > tcb.sndMss());
    }

    /** Writes a segment whose text may be longer than {@link Tcb#sndMss} as one; otherwise as {@link #write}. */
    boolean writeWhole(final Tcb tcb, final int sequence, final int text, final int flags) {
        return write(tcb, sequence, text, flags, false);
    }

    private boolean write(final Tcb tcb, final int sequence, final int text, final int flags,
            final boolean segmented) {
        final int mss = mss(tcb);
        final long frame = acquireFor(tcb, segmented ? mss : text, segmented ? text : 0);
        if (frame == 0) {
            return false;
        }
        useQuickAck(tcb, text > 0);
        // RFC 3168 §6.1.5 and §6.1.6: neither retransmissions nor window probes are ECN-capable
        final boolean fresh = text > 0 && mayMark(tcb, sequence);
        final int length = segment(tcb, frame, sequence, text, fresh ? flags | congestionWindowReduced(tcb) : flags,
                text <= mss || segmented);
        if (segmented) {
            markSegmented(tcb, frame, mss, length - text);
        }
        send(tcb, frame, length, fresh ? Ipv4Header.ECT_0 : Ipv4Header.NOT_ECT);
        return true;
    }

    private static void markSegmented(final Tcb tcb, final long frame, final int mss, final int header) {
        Frame.segmentation(frame, isV4(tcb) ? Frame.GSO_TCPV4 : Frame.GSO_TCPV6, mss,
                IpOutput.headerLength(tcb.remoteHi(), tcb.remoteLo()) + header);
    }

    /** A frame of the link that a connection's segments leave over; 0 where none is free, or the link takes no such one. */
    private long acquireFor(final Tcb tcb, final int text, final int virtual) {
        final int link = link(tcb);
        return links.count() > 1 && !isFor(link, tcb, text, virtual) ? 0 : acquire(link);
    }

    /** True where a link takes packets with so much text, and virtual segments with so much. */
    private boolean isFor(final int link, final Tcb tcb, final int text, final int virtual) {
        final int headers = Lifecycle.headers(tcb) + HeaderOptions.fixedLength(tcb);
        return text + headers <= links.capabilities(link).mtu()
                && (virtual == 0 || virtual + headers <= links.capabilities(link).maxVirtualSegment());
    }

    /**
     * True of text that was never sent before, and probes no window. RFC 3168 §6.1.1: nothing is ECN-capable once a SYN has
     * left that did not ask; {@link #synFlags} sends it so.
     */
    private static boolean mayMark(final Tcb tcb, final int sequence) {
        return tcb.has(Tcb.ECN) && sequence == tcb.sndMax() && !Persist.isProbing(tcb)
                && (tcb.has(Tcb.PASSIVE) || !tcb.has(Tcb.SYN_RETRANSMITTED));
    }

    /** RFC 3168 §6.1.2: the first new data after the window was reduced says so. */
    private static int congestionWindowReduced(final Tcb tcb) {
        if (!tcb.has(Tcb.CWR_OWED)) {
            return 0;
        }
        tcb.clear(Tcb.CWR_OWED);
        return TcpHeader.CWR;
    }

    /** Writes an acknowledgement without text. */
    void writeAck(final Tcb tcb) {
        if (!plainAck.send(tcb)) {
            writeAnyAck(tcb);
        }
    }

    /** Any of those, be it one that {@link PlainAck} knows. */
    void writeAnyAck(final Tcb tcb) {
        final long frame = acquire(link(tcb));
        if (frame == 0) {
            // owed still: at the end of the next turn
            tcb.set(Tcb.ACK_NOW);
            context.lists.output(tcb);
            return;
        }
        useQuickAck(tcb, false);
        final boolean fin = repeatsFin(tcb);
        final int length = segment(tcb, frame, fin ? tcb.sndEnd() : acceptableSequence(tcb), 0,
                fin ? TcpHeader.FIN | TcpHeader.ACK : TcpHeader.ACK, true);
        send(tcb, frame, length, Ipv4Header.NOT_ECT);
    }

    /** In CLOSING, where told so, acknowledgements carry our FIN as long as it may lie within the peer's window. */
    private boolean repeatsFin(final Tcb tcb) {
        return tcb.state() == TcpState.CLOSING.ordinal() && !tcb.isFinAcknowledged()
                && acceptableSequence(tcb) == tcb.sndEnd() + 1
                && context.connections.settings(tcb).finInClosing() == TcpSettings.FinInClosing.EVERY_ACK;
    }

    /** Writes an acknowledgement that reports bytes received twice (RFC 2883); where there is no frame nobody hears. */
    void writeAck(final Tcb tcb, final int duplicateLeft, final int duplicateRight) {
        if (tcb.has(Tcb.SACK)) {
            context.count(Counter.TCP_DUPLICATES_REPORTED);
            options.duplicate(duplicateLeft, duplicateRight);
        }
        try {
            writeAnyAck(tcb);
        } finally {
            // or the next acknowledgement, maybe another connection's, would report it
            options.noDuplicate();
        }
    }

    /** Writes a keepalive probe: {@code SEG.SEQ = SND.NXT - 1}, no text (RFC 9293 §3.8.4). */
    void writeKeepAlive(final Tcb tcb) {
        final long frame = acquire(link(tcb));
        if (frame != 0) {
            final int length = segment(tcb, frame, tcb.sndUna() - 1, 0, TcpHeader.ACK, true);
            send(tcb, frame, length, Ipv4Header.NOT_ECT);
        }
    }

    /**
     * Writes SYN, or SYN-ACK where the peer's SYN was received, with its options.
     *
     * @return bytes of text that went with it (RFC 7413).
     */
    int writeSyn(final Tcb tcb) {
        final long frame = acquire(link(tcb));
        if (frame == 0) {
            return 0;
        }
        final boolean answer = tcb.state() == TcpState.SYN_RECEIVED.ordinal();
        final long segment = IpOutput.payload(frame);
        final int length = TcpHeader.MIN_LENGTH + options.writeSyn(tcb, segment + TcpHeader.MIN_LENGTH, answer);
        // never less than a SYN-ACK before has promised, whatever the application has set since
        final int window = Math.max(Math.min(tcb.receiveBuffer() - tcb.unread(), MAX_WINDOW_FIELD), tcb.rcvWnd());
        if (answer && window > tcb.rcvWnd()) {
            // a scale larger than the buffer needs has made the buffer larger since the peer's SYN
            tcb.rcvWndRight(tcb.rcvNxt() + window);
        }
        TcpHeader.write(segment, tcb.localPort(), tcb.remotePort(), tcb.iss(), answer ? tcb.rcvNxt() : 0, length,
                synFlags(tcb, answer), window);
        final int text = answer ? 0 : synText(tcb, length - TcpHeader.MIN_LENGTH);
        if (text > 0) {
            context.count(Counter.TCP_FAST_OPEN_SENT);
            tcb.set(Tcb.FAST_OPEN);
            SendQueue.copyOut(context.heldTexts, tcb, tcb.iss() + 1, segment + length, text);
        }
        sendUnsummed(tcb, frame, length + text);
        return text;
    }

    /** RFC 7413 §4.1.3: text on the first SYN to a server whose cookie is known, one segment of the MSS it named then. */
    private int synText(final Tcb tcb, final int optionsLength) {
        if (!HeaderOptions.offersFastOpen(tcb, context.connections.settings(tcb))) {
            return 0;
        }
        final int most = Math.min(context.fastOpen.mss(tcb.remoteHi(), tcb.remoteLo()), tcb.announcedMss());
        return Math.max(0, Math.min(tcb.sndEnd() - tcb.iss() - 1, most - optionsLength));
    }

    /**
     * RFC 3168 §6.1.1: ECE and CWR ask for ECN, ECE alone agrees. §6.1.1.1: a SYN that was not answered is sent again
     * without, for the sake of what drops such segments on the way.
     */
    private int synFlags(final Tcb tcb, final boolean answer) {
        if (answer) {
            return TcpHeader.SYN | TcpHeader.ACK | (tcb.has(Tcb.ECN) ? TcpHeader.ECE : 0);
        }
        final boolean ask = context.connections.settings(tcb).ecn() == TcpSettings.Ecn.ON && tcb.retransmits() == 0;
        return TcpHeader.SYN | (ask ? TcpHeader.ECE | TcpHeader.CWR : 0);
    }

    /** Writes the RST of a connection, with a timestamp where it has them (RFC 7323 §3.2; without ACK no echo). */
    void writeReset(final Tcb tcb) {
        final long frame = acquire(link(tcb));
        if (frame == 0) {
            return;
        }
        final long segment = IpOutput.payload(frame);
        int length = TcpHeader.MIN_LENGTH;
        if (tcb.has(Tcb.TIMESTAMPS)) {
            length += TcpOptions.writeTimestamps(segment + length, context.timestamp(tcb), 0);
        }
        TcpHeader.write(segment, tcb.localPort(), tcb.remotePort(), acceptableSequence(tcb), 0, length, TcpHeader.RST,
                0);
        sendUnsummed(tcb, frame, length);
    }

    /** Answers a segment for a TIME_WAIT record: {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}. */
    void answerTimeWait(final Segment to, final TimeWaitTable table, final int record) {
        final long hop = ip.nextHop(to.remoteHi, to.remoteLo);
        final long frame = acquire(IpOutput.link(hop));
        if (frame == 0) {
            return;
        }
        final long segment = IpOutput.payload(frame);
        int length = TcpHeader.MIN_LENGTH;
        if (table.hasTimestamps(record)) {
            final int offset = context.control.initialSequenceNumbers().timestampOffset(to.localHi, to.localLo,
                    to.remoteHi, to.remoteLo);
            length += TcpOptions.writeTimestamps(segment + length, context.timestamp(offset), table.tsRecent(record));
        }
        TcpHeader.write(segment, to.ports >>> 16, to.ports & 0xFFFF, table.sndNxt(record), table.rcvNxt(record), length,
                TcpHeader.ACK, table.window(record));
        sendAnswer(to, hop, frame, length, table.trafficClass(record));
    }

    /** Answers a segment without a connection with a RST. */
    void answer(final Segment to, final int sequence, final int acknowledgement, final int flags) {
        final long hop = ip.nextHop(to.remoteHi, to.remoteLo);
        final long frame = acquire(IpOutput.link(hop));
        if (frame == 0) {
            return;
        }
        final long segment = IpOutput.payload(frame);
        TcpHeader.write(segment, to.ports >>> 16, to.ports & 0xFFFF, sequence, acknowledgement, TcpHeader.MIN_LENGTH,
                flags, 0);
        sendAnswer(to, hop, frame, TcpHeader.MIN_LENGTH, Ipv4Header.NOT_ECT);
    }

    /** Answers a SYN for which there is no connection: a SYN-ACK with this sequence number and these options. */
    void answerSyn(final Segment to, final int iss, final int flags, final int window, final SynOptions syn,
            final int trafficClass) {
        final long hop = ip.nextHop(to.remoteHi, to.remoteLo);
        final long frame = acquire(IpOutput.link(hop));
        if (frame == 0) {
            return;
        }
        final long segment = IpOutput.payload(frame);
        int length = TcpHeader.MIN_LENGTH + syn.write(segment + TcpHeader.MIN_LENGTH);
        length += TcpOptions.writePadding(segment + length, length);
        TcpHeader.write(segment, to.ports >>> 16, to.ports & 0xFFFF, iss, to.sequence + 1, length, flags, window);
        sendAnswer(to, hop, frame, length, trafficClass & ~Ipv4Header.ECN_MASK);
    }

    private void sendAnswer(final Segment to, final long hop, final long frame, final int length,
            final int trafficClass) {
        checksum(frame, IpOutput.payload(frame), length, to.localHi, to.localLo, to.remoteHi, to.remoteLo);
        final int label = context.flowLabel(to.localHi, to.localLo, to.remoteHi, to.remoteLo, to.ports);
        begun = 0;
        ip.send(frame, length, IpProtocol.TCP, to.localHi, to.localLo, to.remoteHi, to.remoteLo, hop, trafficClass,
                label);
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

    /** The link that a connection's segments leave over. */
    private int link(final Tcb tcb) {
        return links.count() == 1 ? 0 : linkOfRoute(tcb);
    }

    private int linkOfRoute(final Tcb tcb) {
        final long hop = ip.current(tcb.neighbour(), tcb.remoteHi(), tcb.remoteLo());
        tcb.neighbour(hop);
        return IpOutput.link(hop);
    }

    private long acquire(final int link) {
        releaseBegun();
        final long frame = ip.acquire(link);
        if (frame == 0) {
            context.count(Counter.TRANSMIT_NO_FRAME);
        }
        begun = frame;
        return frame;
    }

    /** Gives back the frame of a segment that could not be written, where there is one: before the next, and at the end. */
    void releaseBegun() {
        final long left = begun;
        if (left != 0) {
            begun = 0;
            ip.release(left);
        }
    }

    /** Writes header and text; returns the bytes of both. Every segment but SYN and RST acknowledges: what was owed is paid. */
    private int segment(final Tcb tcb, final long frame, final int sequence, final int text, final int flags,
            final boolean sack) {
        final long segment = IpOutput.payload(frame);
        final int header = TcpHeader.MIN_LENGTH + options.write(tcb, segment + TcpHeader.MIN_LENGTH, sack);
        final int control = TcpHeader.control(header, flags | congestionEcho(tcb), windowField(tcb));
        final int ports = tcb.ports();
        final int acknowledgement = tcb.rcvNxt();
        final long words = TcpHeader.words(ports, sequence, acknowledgement, control) + options.words();
        final int checksum = text(tcb, frame, segment + header, sequence, text, words, header + text);
        TcpHeader.write(segment, ports, sequence, acknowledgement, control, checksum);
        tcb.lastAckSent(acknowledgement);
        onAcknowledgementSent(tcb);
        return header + text;
    }

    /** RFC 3168 §6.1.3: until the peer says that it has slowed down. */
    private static int congestionEcho(final Tcb tcb) {
        return tcb.has(Tcb.ECE_OWED) ? TcpHeader.ECE : 0;
    }

    /** Mostly the timer does not run, which its node tells without being looked up. */
    void onAcknowledgementSent(final Tcb tcb) {
        tcb.clear(Tcb.ACK_NOW);
        if (TimerWheel.isArmed(tcb.firstTimer())) {
            context.timers.parkAt(tcb.firstTimer());
        }
    }

    /**
     * Writes the text; returns the checksum field of the segment, whose header's words have this sum. It is made of numbers,
     * and of the text where it comes from: reading again what was just written in pieces of other lengths would wait for the
     * stores.
     */
    private int text(final Tcb tcb, final long frame, final long place, final int sequence, final int text,
            final long words, final int length) {
        final long pseudo = Checksum.pseudoHeaderWords(tcb.localHi(), tcb.localLo(), tcb.remoteHi(), tcb.remoteLo(),
                IpProtocol.TCP, length);
        if (!isCompleted(frame)) {
            return Checksum.finish(pseudo + words,
                    text == 0 ? 0 : SendQueue.copyOutAndSum(context.heldTexts, tcb, sequence, place, text));
        }
        leaveChecksum(tcb, frame);
        if (text > 0) {
            SendQueue.copyOut(context.heldTexts, tcb, sequence, place, text);
        }
        return Checksum.foldWords(pseudo);
    }

    /** True where the port completes the checksum. */
    private boolean isCompleted(final long frame) {
        return links.capabilities(Frame.link(frame)).txChecksum();
    }

    private static void leaveChecksum(final Tcb tcb, final long frame) {
        Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
        Frame.checksumPlace(frame, IpOutput.headerLength(tcb.remoteHi(), tcb.remoteLo()), TcpHeader.CHECKSUM_OFFSET);
    }

    /**
     * An acknowledgement of new bytes uses up one of the quick ones; all of them where it rides on an answer: the two
     * talk to each other, and the next answer will carry the next acknowledgement (Linux: pingpong mode).
     */
    static void useQuickAck(final Tcb tcb, final boolean onAnswer) {
        if (tcb.quickAcks() > 0 && tcb.rcvNxt() != tcb.lastAckSent()) {
            tcb.quickAcks(onAnswer ? 0 : tcb.quickAcks() - 1);
        }
    }

    /** Sends what has no checksum yet, and is not ECN-capable (RFC 3168 §6.1.1). */
    private void sendUnsummed(final Tcb tcb, final long frame, final int length) {
        checksum(frame, IpOutput.payload(frame), length, tcb.localHi(), tcb.localLo(), tcb.remoteHi(), tcb.remoteLo());
        send(tcb, frame, length, Ipv4Header.NOT_ECT);
    }

    private void send(final Tcb tcb, final long frame, final int length, final int ecn) {
        context.count(Counter.TCP_SEGMENTS_SENT);
        final int label = context.flowLabel(tcb);
        begun = 0;
        tcb.neighbour(ip.send(frame, length, IpProtocol.TCP, tcb.localHi(), tcb.localLo(), tcb.remoteHi(),
                tcb.remoteLo(), tcb.neighbour(), tcb.trafficClass() | ecn | fragmentable(tcb), label));
    }

    private static int fragmentable(final Tcb tcb) {
        return (tcb.moreFlags() & Tcb.MORE_FRAGMENTABLE) == 0 ? 0 : IpOutput.FRAGMENTABLE;
    }

    private static boolean isV4(final Tcb tcb) {
        return IpAddress.isV4(tcb.remoteHi(), tcb.remoteLo());
    }

    private void checksum(final long frame, final long segment, final int length, final long localHi,
            final long localLo, final long remoteHi, final long remoteLo) {
        final long pseudo = Checksum.pseudoHeader(localHi, localLo, remoteHi, remoteLo, IpProtocol.TCP, length);
        if (links.capabilities(Frame.link(frame)).txChecksum()) {
            Memory.putShortBE(segment + TcpHeader.CHECKSUM_OFFSET, Checksum.fold(pseudo));
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, IpOutput.headerLength(remoteHi, remoteLo), TcpHeader.CHECKSUM_OFFSET);
        } else {
            Memory.putShortBE(segment + TcpHeader.CHECKSUM_OFFSET,
                    Checksum.finish(Checksum.sum(segment, length, pseudo)));
        }
    }
}
