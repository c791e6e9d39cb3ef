package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.HandshakeKey;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.SynCookies;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.TcpHeader;

/**
 * The passive open that remembers nothing (RFC 4987 §3.6). As in Linux the initial sequence number says the peer's MSS, by
 * its place in a table of usual ones, and the low bits of our timestamp say the rest: the peer's window scale, SACK, ECN.
 * A peer without timestamps gets none of these. The last ACK, with text or a FIN or without, makes the connection.
 * <p>
 * Our timestamps come from one clock before and after, and those bits only make one earlier, by less than 64 ms: so the
 * peer's check for old segments (RFC 7323 §5) holds. Thread: the engine's.
 */
final class CookieHandshake {
    private static final int TIMESTAMP_BITS = 6;
    private static final int TIMESTAMP_MASK = (1 << TIMESTAMP_BITS) - 1;
    private static final int SCALE_MASK = 0xF;
    private static final int SACK = 1 << 4;
    private static final int ECN = 1 << 5;

    /** As Linux: what Ethernet, PPPoE and tunnels leave. */
    private static final int[] MSS_V4 = {536, 1_300, 1_440, 1_460};
    private static final int[] MSS_V6 = {1_220, 1_420, 1_440, 8_940};

    private final TcpContext context;
    private final Lifecycle lifecycle;
    private final SegmentWriter writer;
    private final ClosedState closed;
    private final SynchronizedStates synchronizedStates;
    private final Agreement agreement = new Agreement();
    private final SynOptions options = new SynOptions();
    private final HandshakeKey key = new HandshakeKey();

    CookieHandshake(final TcpContext context, final Lifecycle lifecycle, final SegmentWriter writer,
            final ClosedState closed, final SynchronizedStates synchronizedStates) {
        this.context = context;
        this.lifecycle = lifecycle;
        this.writer = writer;
        this.closed = closed;
        this.synchronizedStates = synchronizedStates;
    }

    /**
     * True where a cookie can say the MSS of this SYN: Linux would send longer segments than the peer takes where it cannot,
     * against RFC 9293 §3.7.1.
     */
    boolean isPossible(final Segment syn, final TcpSettings settings) {
        agreement.read(syn, settings, true);
        return agreement.mss >= table(syn)[0];
    }

    /** Answers a SYN with a cookie; {@link #isPossible} was asked about it just now. */
    void answer(final Segment syn, final TcpSettings settings) {
        if (!agreement.timestamps) {
            forgetOptions();
        }
        final int offset = timestampOffset(syn);
        final int shift = agreement.scales() ? Lifecycle.shift(settings) : 0;
        options.order = settings.optionOrder();
        options.mss = lifecycle.ownMss(syn.remoteHi, syn.remoteLo, settings);
        options.sack = agreement.sack;
        options.timestamps = agreement.timestamps;
        options.timestampValue = withOptions(context.timestamp(0)) + offset;
        options.timestampEcho = agreement.timestampValue;
        options.scale = agreement.scales() ? shift : Agreement.UNSCALED;
        final int iss = context.control.synCookies().make(key(syn, syn.sequence, shift), mssIndex(syn), context.nowNs);
        final int flags = TcpHeader.SYN | TcpHeader.ACK | (agreement.ecn ? TcpHeader.ECE : 0);
        writer.answerSyn(syn, iss, flags, Lifecycle.synWindow(settings, shift), options, settings.trafficClass());
        context.count(Counter.SYNCOOKIES_SENT);
    }

    /**
     * The timestamp clock with the options in its low bits, not ahead of it.
     *
     * @param now the clock without the offset of the two hosts, which the options must not depend on.
     */
    private int withOptions(final int now) {
        final int scale = agreement.scales() ? agreement.scale : SCALE_MASK;
        final int bits = scale | (agreement.sack ? SACK : 0) | (agreement.ecn ? ECN : 0);
        final int stamp = now & ~TIMESTAMP_MASK | bits;
        return stamp - now > 0 ? stamp - TIMESTAMP_MASK - 1 : stamp;
    }

    /** An ACK that belongs to no connection; false where it brings no cookie back: it calls for a reset. */
    boolean onAck(final ListenerPolicy listener, final Segment segment) {
        if (segment.has(TcpHeader.SYN) || !listener.expectsCookies(context.nowNs)) {
            return false;
        }
        final TcpSettings settings = listener.settings();
        readOptions(segment, settings);
        final int shift = agreement.scales() ? Lifecycle.shift(settings) : 0;
        final int iss = segment.acknowledgement - 1;
        final int index = context.control.synCookies().check(key(segment, segment.sequence - 1, shift), iss,
                context.nowNs);
        listener.onCookie(index != SynCookies.INVALID);
        if (index == SynCookies.INVALID) {
            context.count(Counter.SYNCOOKIES_FAILED);
            return false;
        }
        context.count(Counter.SYNCOOKIES_RECV);
        agreement.mss = table(segment)[index];
        complete(listener, segment, iss);
        return true;
    }

    /** Where it cannot be completed now the ACK is dropped: text behind it is sent again, with the same cookie. */
    private void complete(final ListenerPolicy listener, final Segment segment, final int iss) {
        final Tcb tcb = lifecycle.open(segment.localHi, segment.localLo, segment.remoteHi, segment.remoteLo,
                segment.ports, listener.settings());
        if (tcb == null) {
            return;
        }
        if (!listener.reserveAccept()) {
            context.count(Counter.HANDSHAKES_HELD_BACK);
            lifecycle.forget(tcb);
            if (listener.abortsOnOverflow()) {
                closed.reset(segment);
            }
            return;
        }
        context.connections.attachment(tcb, listener);
        tcb.listener(listener.id());
        tcb.set(Tcb.PASSIVE);
        // when the SYN-ACK left nobody knows
        tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_SYN_ACK_REPEATED);
        lifecycle.restore(tcb, iss, segment.sequence - 1, agreement);
        context.count(Counter.TCP_PASSIVE_OPENS);
        synchronizedStates.onCookie(tcb, listener, segment);
    }

    private void readOptions(final Segment segment, final TcpSettings settings) {
        segment.decodeOptions();
        agreement.timestamps = segment.hasTimestamps && settings.timestamps();
        agreement.timestampValue = segment.timestampValue;
        if (!agreement.timestamps) {
            forgetOptions();
            return;
        }
        final int bits = segment.timestampEcho - timestampOffset(segment);
        final int scale = bits & SCALE_MASK;
        agreement.scale = scale == SCALE_MASK || !settings.windowScaling() ? Agreement.UNSCALED : scale;
        agreement.sack = (bits & SACK) != 0 && settings.sack();
        agreement.ecn = (bits & ECN) != 0 && settings.ecn() != TcpSettings.Ecn.OFF;
    }

    /** What there is no timestamp for to say. */
    private void forgetOptions() {
        agreement.scale = Agreement.UNSCALED;
        agreement.sack = false;
        agreement.ecn = false;
    }

    private HandshakeKey key(final Segment segment, final int peerIss, final int shift) {
        return key.set(segment.localHi, segment.localLo, segment.remoteHi, segment.remoteLo, segment.ports, peerIss,
                shift);
    }

    private int timestampOffset(final Segment segment) {
        return context.control.initialSequenceNumbers().timestampOffset(segment.localHi, segment.localLo,
                segment.remoteHi, segment.remoteLo);
    }

    private int mssIndex(final Segment syn) {
        final int[] table = table(syn);
        int index = table.length - 1;
        while (table[index] > agreement.mss) {
            index--;
        }
        return index;
    }

    private static int[] table(final Segment segment) {
        return IpAddress.isV4(segment.remoteHi, segment.remoteLo) ? MSS_V4 : MSS_V6;
    }
}
