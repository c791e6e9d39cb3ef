package io.millrace.fastpath.tcp;

import io.millrace.fastpath.tcp.recovery.RecoverySettings;
import java.util.concurrent.TimeUnit;

/**
 * What can be set for a connection, immutable once built. Values are checked where they enter (the configuration, a
 * channel option), not here. Times are in nanoseconds. Thread: any.
 */
public final class TcpSettings implements RecoverySettings {
    /** Every setting at its default. */
    public static final TcpSettings DEFAULT = new Builder().build();

    private final Builder values;

    private TcpSettings(final Builder values) {
        this.values = values;
    }

    /** A builder that starts from these settings. */
    public Builder toBuilder() {
        return values.copy();
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

    /** Window scale option offered (RFC 7323 §2). */
    public boolean windowScaling() {
        return values.windowScaling;
    }

    /** Nagle's algorithm off (RFC 9293 §3.7.4). */
    public boolean noDelay() {
        return values.noDelay;
    }

    /** Longest time an acknowledgement is held back (RFC 9293 §3.8.6.3 allows 500 ms); 0: until the end of the turn. */
    public long delayedAckNs() {
        return values.delayedAckNs;
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

    /** Retransmissions of a SYN before an active open is given up. */
    public int synRetries() {
        return values.synRetries;
    }

    /** Retransmissions of a SYN-ACK before a passive open is forgotten. */
    public int synAckRetries() {
        return values.synAckRetries;
    }

    /** Maximum segment lifetime; TIME_WAIT lasts twice this. */
    public long mslNs() {
        return values.mslNs;
    }

    /** How long an orphan waits in FIN_WAIT_2 for the peer's FIN. */
    public long finWait2TimeoutNs() {
        return values.finWait2TimeoutNs;
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

    /** Name of the congestion control, e.g. {@code newreno}. */
    public String congestionControl() {
        return values.congestionControl;
    }

    /** Initial congestion window in segments (RFC 6928: 10). */
    public int initialWindow() {
        return values.initialWindow;
    }

    /**
     * Ranges of out-of-order bytes kept for one connection, 1 to 16,000. They take 8 bytes each of the slab while there
     * are any, in a block that doubles from 1 KiB: 32 KiB for the 4,000 of the default, which are enough where every
     * second full segment of an 11 MiB window is missing; 128 KiB for 16,000.
     */
    public int outOfOrderRanges() {
        return values.outOfOrderRanges;
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

    /** Which segments carry PSH. */
    public PushPolicy pushPolicy() {
        return values.pushPolicy;
    }

    /** When a FIN that is not acknowledged is sent again in CLOSING. */
    public FinInClosing finInClosing() {
        return values.finInClosing;
    }

    /** When in-order data is acknowledged. */
    public AckPolicy ackPolicy() {
        return values.ackPolicy;
    }

    /** Shift of the window scale option, 0 to 14; -1: the smallest that the receive buffer needs. */
    public int windowScale() {
        return values.windowScale;
    }

    /** Order of the options of a SYN. */
    public OptionOrder optionOrder() {
        return values.optionOrder;
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

    /**
     * How long data may stay unacknowledged, or a window closed, before the connection is given up (RFC 9293
     * §3.9.1.2, RFC 5482); 0: by {@link #retries}. A handshake is given up after it too, at the latest.
     */
    public long userTimeoutNs() {
        return values.userTimeoutNs;
    }

    /** Data on the SYN (RFC 7413): sent by an active open, accepted by a listener. */
    public boolean fastOpen() {
        return values.fastOpen;
    }

    /** Connections of an engine that Fast Open may accept before their handshake is over; a listener's setting. */
    public int fastOpenQueue() {
        return values.fastOpenQueue;
    }

    /**
     * A SYN with a later timestamp, or a later sequence number, opens a connection in the place of one in TIME_WAIT
     * (RFC 6191); a listener's setting.
     */
    public boolean timeWaitReuse() {
        return values.timeWaitReuse;
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
    public static final class Builder implements Cloneable {
        private int mss;
        private int receiveBuffer = 1 << 20;
        private int sendBuffer = 1 << 20;
        private boolean windowScaling = true;
        private boolean noDelay;
        private long delayedAckNs = TimeUnit.MILLISECONDS.toNanos(40);
        private long rtoInitialNs = TimeUnit.SECONDS.toNanos(1);
        private long rtoMinNs = TimeUnit.MILLISECONDS.toNanos(200);
        private long rtoMaxNs = TimeUnit.SECONDS.toNanos(120);
        private int retries = 15;
        private int synRetries = 6;
        private int synAckRetries = 5;
        private long mslNs = TimeUnit.SECONDS.toNanos(30);
        private long finWait2TimeoutNs = TimeUnit.SECONDS.toNanos(60);
        private boolean keepAlive;
        private long keepAliveIdleNs = TimeUnit.SECONDS.toNanos(7200);
        private long keepAliveIntervalNs = TimeUnit.SECONDS.toNanos(75);
        private int keepAliveProbes = 9;
        private String congestionControl = "cubic";
        private int initialWindow = 10;
        private int outOfOrderRanges = 4_000;
        private boolean sack = true;
        private boolean timestamps = true;
        private Ecn ecn = Ecn.PASSIVE;
        private AckPolicy ackPolicy = AckPolicy.QUICK;
        private PushPolicy pushPolicy = PushPolicy.BURST;
        private FinInClosing finInClosing = FinInClosing.TIMEOUT;
        private int windowScale = -1;
        private OptionOrder optionOrder = OptionOrder.LINUX;
        private boolean autotune = true;
        private int initialReceiveBuffer = 131_072;
        private int initialSendBuffer = 131_072;
        private boolean receiveBufferLocked;
        private boolean sendBufferLocked;
        private boolean rack = true;
        private boolean tailLossProbe = true;
        private boolean forwardRtoRecovery = true;
        private boolean slowStartAfterIdle = true;
        private boolean pacing;
        private long maxPacingRate;
        private long userTimeoutNs;
        private boolean fastOpen;
        private int fastOpenQueue = 256;
        private boolean timeWaitReuse = true;

        private Builder() {}

        private Builder copy() {
            try {
                return (Builder) clone();
            } catch (final CloneNotSupportedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Sets {@link TcpSettings#mss()}. */
        public Builder mss(final int value) {
            this.mss = value;
            return this;
        }

        /** Sets {@link TcpSettings#receiveBuffer()}. */
        public Builder receiveBuffer(final int value) {
            this.receiveBuffer = value;
            return this;
        }

        /** Sets {@link TcpSettings#sendBuffer()}. */
        public Builder sendBuffer(final int value) {
            this.sendBuffer = value;
            return this;
        }

        /** Sets {@link TcpSettings#windowScaling()}. */
        public Builder windowScaling(final boolean value) {
            this.windowScaling = value;
            return this;
        }

        /** Sets {@link TcpSettings#noDelay()}. */
        public Builder noDelay(final boolean value) {
            this.noDelay = value;
            return this;
        }

        /** Sets {@link TcpSettings#delayedAckNs()}. */
        public Builder delayedAckNs(final long value) {
            this.delayedAckNs = value;
            return this;
        }

        /** Sets {@link TcpSettings#rtoInitialNs()}. */
        public Builder rtoInitialNs(final long value) {
            this.rtoInitialNs = value;
            return this;
        }

        /** Sets {@link TcpSettings#rtoMinNs()}. */
        public Builder rtoMinNs(final long value) {
            this.rtoMinNs = value;
            return this;
        }

        /** Sets {@link TcpSettings#rtoMaxNs()}. */
        public Builder rtoMaxNs(final long value) {
            this.rtoMaxNs = value;
            return this;
        }

        /** Sets {@link TcpSettings#retries()}. */
        public Builder retries(final int value) {
            this.retries = value;
            return this;
        }

        /** Sets {@link TcpSettings#synRetries()}. */
        public Builder synRetries(final int value) {
            this.synRetries = value;
            return this;
        }

        /** Sets {@link TcpSettings#synAckRetries()}. */
        public Builder synAckRetries(final int value) {
            this.synAckRetries = value;
            return this;
        }

        /** Sets {@link TcpSettings#mslNs()}. */
        public Builder mslNs(final long value) {
            this.mslNs = value;
            return this;
        }

        /** Sets {@link TcpSettings#finWait2TimeoutNs()}. */
        public Builder finWait2TimeoutNs(final long value) {
            this.finWait2TimeoutNs = value;
            return this;
        }

        /** Sets {@link TcpSettings#keepAlive()}. */
        public Builder keepAlive(final boolean value) {
            this.keepAlive = value;
            return this;
        }

        /** Sets {@link TcpSettings#keepAliveIdleNs()}. */
        public Builder keepAliveIdleNs(final long value) {
            this.keepAliveIdleNs = value;
            return this;
        }

        /** Sets {@link TcpSettings#keepAliveIntervalNs()}. */
        public Builder keepAliveIntervalNs(final long value) {
            this.keepAliveIntervalNs = value;
            return this;
        }

        /** Sets {@link TcpSettings#keepAliveProbes()}. */
        public Builder keepAliveProbes(final int value) {
            this.keepAliveProbes = value;
            return this;
        }

        /** Sets {@link TcpSettings#congestionControl()}. */
        public Builder congestionControl(final String value) {
            this.congestionControl = value;
            return this;
        }

        /** Sets {@link TcpSettings#initialWindow()}. */
        public Builder initialWindow(final int value) {
            this.initialWindow = value;
            return this;
        }

        /** Sets {@link TcpSettings#outOfOrderRanges()}. */
        public Builder outOfOrderRanges(final int value) {
            this.outOfOrderRanges = value;
            return this;
        }

        /** Sets {@link TcpSettings#sack()}. */
        public Builder sack(final boolean value) {
            this.sack = value;
            return this;
        }

        /** Sets {@link TcpSettings#timestamps()}. */
        public Builder timestamps(final boolean value) {
            this.timestamps = value;
            return this;
        }

        /** Sets {@link TcpSettings#ecn()}. */
        public Builder ecn(final Ecn value) {
            this.ecn = value;
            return this;
        }

        /** Sets {@link TcpSettings#pushPolicy()}. */
        public Builder pushPolicy(final PushPolicy value) {
            this.pushPolicy = value;
            return this;
        }

        /** Sets {@link TcpSettings#finInClosing()}. */
        public Builder finInClosing(final FinInClosing value) {
            this.finInClosing = value;
            return this;
        }

        /** Sets {@link TcpSettings#ackPolicy()}. */
        public Builder ackPolicy(final AckPolicy value) {
            this.ackPolicy = value;
            return this;
        }

        /** Sets {@link TcpSettings#windowScale()}. */
        public Builder windowScale(final int value) {
            this.windowScale = value;
            return this;
        }

        /** Sets {@link TcpSettings#optionOrder()}. */
        public Builder optionOrder(final OptionOrder value) {
            this.optionOrder = value;
            return this;
        }

        /** Sets {@link TcpSettings#autotune()}. */
        public Builder autotune(final boolean value) {
            this.autotune = value;
            return this;
        }

        /** Sets {@link TcpSettings#initialReceiveBuffer()}. */
        public Builder initialReceiveBuffer(final int value) {
            this.initialReceiveBuffer = value;
            return this;
        }

        /** Sets {@link TcpSettings#initialSendBuffer()}. */
        public Builder initialSendBuffer(final int value) {
            this.initialSendBuffer = value;
            return this;
        }

        /** Sets {@link TcpSettings#receiveBufferLocked()}. */
        public Builder receiveBufferLocked(final boolean value) {
            this.receiveBufferLocked = value;
            return this;
        }

        /** Sets {@link TcpSettings#sendBufferLocked()}. */
        public Builder sendBufferLocked(final boolean value) {
            this.sendBufferLocked = value;
            return this;
        }

        /** Sets {@link TcpSettings#rack()}. */
        public Builder rack(final boolean value) {
            this.rack = value;
            return this;
        }

        /** Sets {@link TcpSettings#tailLossProbe()}. */
        public Builder tailLossProbe(final boolean value) {
            this.tailLossProbe = value;
            return this;
        }

        /** Sets {@link TcpSettings#forwardRtoRecovery()}. */
        public Builder forwardRtoRecovery(final boolean value) {
            this.forwardRtoRecovery = value;
            return this;
        }

        /** Sets {@link TcpSettings#slowStartAfterIdle()}. */
        public Builder slowStartAfterIdle(final boolean value) {
            this.slowStartAfterIdle = value;
            return this;
        }

        /** Sets {@link TcpSettings#pacing()}. */
        public Builder pacing(final boolean value) {
            this.pacing = value;
            return this;
        }

        /** Sets {@link TcpSettings#maxPacingRate()}. */
        public Builder maxPacingRate(final long value) {
            this.maxPacingRate = value;
            return this;
        }

        /** Sets {@link TcpSettings#userTimeoutNs()}. */
        public Builder userTimeoutNs(final long value) {
            this.userTimeoutNs = value;
            return this;
        }

        /** Sets {@link TcpSettings#fastOpenQueue()}. */
        public Builder fastOpenQueue(final int value) {
            this.fastOpenQueue = value;
            return this;
        }

        /** Sets {@link TcpSettings#fastOpen()}. */
        public Builder fastOpen(final boolean value) {
            this.fastOpen = value;
            return this;
        }

        /** Sets {@link TcpSettings#timeWaitReuse()}. */
        public Builder timeWaitReuse(final boolean value) {
            this.timeWaitReuse = value;
            return this;
        }

        /** The settings; the builder may be used further. */
        public TcpSettings build() {
            return new TcpSettings(copy());
        }
    }
}
