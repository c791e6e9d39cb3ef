package io.millrace.fastpath.tcp;

import java.util.concurrent.TimeUnit;

/**
 * What can be set for a connection, immutable once built. Values are checked where they enter (the configuration, a
 * channel option), not here. Times are in nanoseconds. Thread: any.
 */
public final class TcpSettings {
    /** Every setting at its default. */
    public static final TcpSettings DEFAULT = new Builder().build();

    private final Builder values;

    private TcpSettings(final Builder values) {
        this.values = values;
    }

    /** A builder that starts from these settings. */
    public Builder toBuilder() {
        return new Builder(values);
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
    public long rtoMinNs() {
        return values.rtoMinNs;
    }

    /** Largest RTO, at least 60 s (RFC 6298 §2.5). */
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

    /** Ranges of out-of-order bytes kept for one connection, 1 to 63. */
    public int outOfOrderRanges() {
        return values.outOfOrderRanges;
    }

    /** Builds {@link TcpSettings}. Thread: one. */
    public static final class Builder {
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
        private String congestionControl = "newreno";
        private int initialWindow = 10;
        private int outOfOrderRanges = 63;

        private Builder() {}

        private Builder(final Builder other) {
            mss = other.mss;
            receiveBuffer = other.receiveBuffer;
            sendBuffer = other.sendBuffer;
            windowScaling = other.windowScaling;
            noDelay = other.noDelay;
            delayedAckNs = other.delayedAckNs;
            rtoInitialNs = other.rtoInitialNs;
            rtoMinNs = other.rtoMinNs;
            rtoMaxNs = other.rtoMaxNs;
            retries = other.retries;
            synRetries = other.synRetries;
            synAckRetries = other.synAckRetries;
            mslNs = other.mslNs;
            finWait2TimeoutNs = other.finWait2TimeoutNs;
            keepAlive = other.keepAlive;
            keepAliveIdleNs = other.keepAliveIdleNs;
            keepAliveIntervalNs = other.keepAliveIntervalNs;
            keepAliveProbes = other.keepAliveProbes;
            congestionControl = other.congestionControl;
            initialWindow = other.initialWindow;
            outOfOrderRanges = other.outOfOrderRanges;
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

        /** The settings; the builder may be used further. */
        public TcpSettings build() {
            return new TcpSettings(new Builder(this));
        }
    }
}
