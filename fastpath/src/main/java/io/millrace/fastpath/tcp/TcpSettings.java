package io.millrace.fastpath.tcp;

import io.millrace.fastpath.tcp.recovery.RecoverySettings;

/**
 * What can be set for a connection, immutable once built. Values are checked where they enter (the configuration, a
 * channel option), not here. Times are in nanoseconds. Thread: any.
 */
public final class TcpSettings implements RecoverySettings {
    /** Every setting at its default. */
    public static final TcpSettings DEFAULT = new Builder(new TcpSettingsValues()).build();

    private final TcpSettingsValues values;

    private TcpSettings(final TcpSettingsValues values) {
        this.values = values;
    }

    /** A builder that starts from these settings. */
    public Builder toBuilder() {
        return new Builder(values.copy());
    }

    /**
     * These settings for a connection that is open already: what the handshake agreed on stays as it was opened with, and
     * so does the congestion control where another has the connection.
     */
    TcpSettings onOpen(final TcpSettings opened, final String congestion) {
        if (agreesWith(opened) && congestionControl().equals(congestion)) {
            return this;
        }
        return toBuilder().mss(opened.mss()).windowScaling(opened.windowScaling()).windowScale(opened.windowScale())
                .sack(opened.sack()).timestamps(opened.timestamps()).ecn(opened.ecn()).fastOpen(opened.fastOpen())
                .congestionControl(congestion).build();
    }

    private boolean agreesWith(final TcpSettings opened) {
        return mss() == opened.mss() && windowScaling() == opened.windowScaling()
                && windowScale() == opened.windowScale() && sack() == opened.sack()
                && timestamps() == opened.timestamps() && ecn() == opened.ecn() && fastOpen() == opened.fastOpen();
    }

    /** Largest segment payload to announce and use, in bytes, 88 to 65,495; 0: from the MTU (MTU - 40). */
    public int mss() {
        return values.mss;
    }

    /** Largest receive window in bytes, 2,304 to 1 GiB. */
    public int receiveBuffer() {
        return values.receiveBuffer;
    }

    /** Largest send ring in bytes, 4,096 to 1 GiB. */
    public int sendBuffer() {
        return values.sendBuffer;
    }

    /** Receive and send buffers begin small and grow with the path, up to their limits. */
    public boolean autotune() {
        return values.autotune;
    }

    /**
     * Receive buffer at the start, in bytes (Linux: tcp_rmem, second number): at most {@link #receiveBuffer()}, and just
     * that where it is not tuned.
     */
    public int initialReceiveBuffer() {
        return values.autotune && !values.receiveBufferLocked
                ? Math.min(values.initialReceiveBuffer, values.receiveBuffer)
                : values.receiveBuffer;
    }

    /**
     * Send buffer at the start, in bytes (Linux: tcp_wmem, second number): at most {@link #sendBuffer()}, and just that
     * where it is not tuned.
     */
    public int initialSendBuffer() {
        return values.autotune && !values.sendBufferLocked
                ? Math.min(values.initialSendBuffer, values.sendBuffer)
                : values.sendBuffer;
    }

    /** The application has set {@link #receiveBuffer()}: it is the size from the start, whatever {@link #autotune()} says. */
    public boolean receiveBufferLocked() {
        return values.receiveBufferLocked;
    }

    /** The application has set {@link #sendBuffer()}: it is the size from the start, whatever {@link #autotune()} says. */
    public boolean sendBufferLocked() {
        return values.sendBufferLocked;
    }

    /**
     * Ranges of out-of-order bytes kept for one connection, 1 to 16,000. They take 8 bytes each of the slab while there
     * are any, in a block that doubles from 1 KiB: 32 KiB for the 4,000 of the default, which are enough where every
     * second full segment of an 11 MiB window is missing; 128 KiB for 16,000.
     */
    public int outOfOrderRanges() {
        return values.outOfOrderRanges;
    }

    /** DS field of every packet of the connection, 0 to 255 (RFC 2474 §3); the lower two bits are ECN's and ignored. */
    public int trafficClass() {
        return values.trafficClass;
    }

    /**
     * As many bytes that are not sent yet are taken from the application at the most (Linux: TCP_NOTSENT_LOWAT); 0: as many
     * as the send buffer holds.
     */
    public long notSentLowWater() {
        return values.notSentLowWater;
    }

    /**
     * Messages from so many bytes on are not copied but held as they are until they are acknowledged, where the transport
     * may: 1 to 1 GiB; 0: none is.
     */
    public int zeroCopySend() {
        return values.zeroCopySend;
    }

    /**
     * Segments with so many bytes of text or more are handed to the application in the port's frames, where the port lends
     * some: 1 to 65,535; 0: none is.
     */
    public int zeroCopyReceive() {
        return values.zeroCopyReceive;
    }

    /** Nagle's algorithm off (RFC 9293 §3.7.4). */
    public boolean noDelay() {
        return values.noDelay;
    }

    /** Which segments carry PSH. */
    public PushPolicy pushPolicy() {
        return values.pushPolicy;
    }

    /** Longest time an acknowledgement is held back (RFC 9293 §3.8.6.3 allows 500 ms); 0: until the end of the turn. */
    public long delayedAckNs() {
        return values.delayedAckNs;
    }

    /** When in-order data is acknowledged. */
    public AckPolicy ackPolicy() {
        return values.ackPolicy;
    }

    /** Window scale option offered (RFC 7323 §2). */
    public boolean windowScaling() {
        return values.windowScaling;
    }

    /** Shift of the window scale option, 0 to 14; -1: the smallest that the receive buffer needs. */
    public int windowScale() {
        return values.windowScale;
    }

    /** Selective acknowledgements offered and accepted (RFC 2018). */
    public boolean sack() {
        return values.sack;
    }

    /** Timestamps offered and accepted (RFC 7323 §3). */
    public boolean timestamps() {
        return values.timestamps;
    }

    /** Explicit congestion notification (RFC 3168). */
    public Ecn ecn() {
        return values.ecn;
    }

    /** Order of the options of a SYN. */
    public OptionOrder optionOrder() {
        return values.optionOrder;
    }

    /** Data on the SYN (RFC 7413): sent by an active open, accepted by a listener. */
    public boolean fastOpen() {
        return values.fastOpen;
    }

    /** Connections of an engine that Fast Open may accept before their handshake is over; a listener's setting. */
    public int fastOpenQueue() {
        return values.fastOpenQueue;
    }

    /** RTO before the first measurement (RFC 6298 §2.1: 1 s). */
    public long rtoInitialNs() {
        return values.rtoInitialNs;
    }

    /** Smallest RTO (RFC 6298 §2.4 says 1 s, Linux 200 ms). */
    @Override
    public long rtoMinNs() {
        return values.rtoMinNs;
    }

    /** Largest RTO, at least 60 s (RFC 6298 §2.5). */
    @Override
    public long rtoMaxNs() {
        return values.rtoMaxNs;
    }

    /** Retransmissions of one segment before the connection is given up (RFC 9293 R2). */
    public int retries() {
        return values.retries;
    }

    /**
     * How long data may stay unacknowledged, or a window closed, before the connection is given up (RFC 9293
     * §3.9.1.2, RFC 5482); 0: by {@link #retries}. A handshake is given up after it too, at the latest.
     */
    public long userTimeoutNs() {
        return values.userTimeoutNs;
    }

    /** Retransmissions of a SYN before an active open is given up. */
    public int synRetries() {
        return values.synRetries;
    }

    /** Retransmissions of a SYN-ACK before a passive open is forgotten. */
    public int synAckRetries() {
        return values.synAckRetries;
    }

    /** Keepalive probes are sent. */
    public boolean keepAlive() {
        return values.keepAlive;
    }

    /** Silence before the first keepalive probe. */
    public long keepAliveIdleNs() {
        return values.keepAliveIdleNs;
    }

    /** Time between keepalive probes. */
    public long keepAliveIntervalNs() {
        return values.keepAliveIntervalNs;
    }

    /** Unanswered keepalive probes before the connection is given up. */
    public int keepAliveProbes() {
        return values.keepAliveProbes;
    }

    /** How long neither side may send text before the connection is reset, up to 24 days; 0: for ever. */
    public long idleTimeoutNs() {
        return values.idleTimeoutNs;
    }

    /** When a FIN that is not acknowledged is sent again in CLOSING. */
    public FinInClosing finInClosing() {
        return values.finInClosing;
    }

    /** How long an orphan waits in FIN_WAIT_2 for the peer's FIN. */
    public long finWait2TimeoutNs() {
        return values.finWait2TimeoutNs;
    }

    /** Maximum segment lifetime; TIME_WAIT lasts twice this. */
    public long mslNs() {
        return values.mslNs;
    }

    /**
     * A SYN with a later timestamp, or a later sequence number, opens a connection in the place of one in TIME_WAIT
     * (RFC 6191); a listener's setting.
     */
    public boolean timeWaitReuse() {
        return values.timeWaitReuse;
    }

    /** Name of the congestion control, e.g. {@code newreno}. */
    public String congestionControl() {
        return values.congestionControl;
    }

    /** Initial congestion window in segments (RFC 6928: 10). */
    public int initialWindow() {
        return values.initialWindow;
    }

    /** The window shrinks to the initial one after idleness (RFC 5681 §4.1, RFC 9293 §3.8.2). */
    public boolean slowStartAfterIdle() {
        return values.slowStartAfterIdle;
    }

    /** Segments leave evenly spread over the round trip, also where the congestion control does not need it. */
    public boolean pacing() {
        return values.pacing;
    }

    /** Most bytes a second that leave; 0: no limit. */
    public long maxPacingRate() {
        return values.maxPacingRate;
    }

    /** Loss found by time (RACK, RFC 8985 §6); else by three duplicates (RFC 6675). */
    @Override
    public boolean rack() {
        return values.rack;
    }

    /** Tail loss probes (RFC 8985 §7). */
    @Override
    public boolean tailLossProbe() {
        return values.tailLossProbe;
    }

    /** Spurious timeouts found and undone (F-RTO, RFC 5682). */
    @Override
    public boolean forwardRtoRecovery() {
        return values.forwardRtoRecovery;
    }

    /** Whether the path's MTU is searched for by segments of different lengths (RFC 4821). */
    public MtuProbing mtuProbing() {
        return values.mtuProbing;
    }

    /** Whether the path's MTU is searched for without ICMP, as Linux numbers it in {@code net.ipv4.tcp_mtu_probing}. */
    public enum MtuProbing {
        /** It is not: where ICMP is lost, long segments vanish for ever. */
        OFF,
        /** Where three timeouts in a row tell of a black hole. */
        ON_BLACK_HOLE,
        /** From the beginning: connections start with short segments. */
        ALWAYS
    }

    /** Explicit congestion notification, as Linux numbers it in {@code net.ipv4.tcp_ecn}. */
    public enum Ecn {
        /** Neither asked for nor agreed to. */
        OFF,
        /** Asked for on active opens, agreed to on passive ones. */
        ON,
        /** Agreed to where the peer asks. */
        PASSIVE
    }

    /** When in-order data is acknowledged (RFC 9293 §3.8.6.3). */
    public enum AckPolicy {
        /** As Linux: at once in the beginning and after silence, then as {@link #DELAYED}. */
        QUICK,
        /** Every second full segment, else after the delay. */
        DELAYED,
        /** Every burst, without delay. */
        EVERY
    }

    /** Which segments carry PSH (RFC 9293 §3.9.1.2 leaves it open where nobody says push). */
    public enum PushPolicy {
        /** As Linux: the last of what is queued, and the last of several that leave together. */
        BURST,
        /** Only the last of what is queued. */
        LAST
    }

    /** Order of the options of a SYN and of a SYN-ACK; RFC 9293 §3.2 leaves it open. */
    public enum OptionOrder {
        /** MSS, SACK permitted, timestamps, window scale. */
        LINUX,
        /** As FreeBSD: MSS, window scale, SACK permitted, timestamps. */
        BSD
    }

    /** When a FIN that is not acknowledged is sent again where the FINs have crossed: in CLOSING (RFC 9293 §3.6). */
    public enum FinInClosing {
        /** As Linux: by the retransmission timer alone. */
        TIMEOUT,
        /** As BSD: also with every acknowledgement, the first one of the peer's FIN too. */
        EVERY_ACK
    }

    /** Builds {@link TcpSettings}. Thread: one. */
    public static final class Builder extends TcpSettingsBuilder {
        private Builder(final TcpSettingsValues values) {
            super(values);
        }

        @Override
        Builder self() {
            return this;
        }

        /** The settings; the builder may be used further. */
        public TcpSettings build() {
            return new TcpSettings(values.copy());
        }
    }
}
