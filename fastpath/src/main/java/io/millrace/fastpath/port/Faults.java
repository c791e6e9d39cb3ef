package io.millrace.fastpath.port;

/**
 * What goes wrong in one direction of a {@link FaultInjectionPort}. Probabilities are independent of one another and
 * lie between 0 and 1; times are in nanoseconds. Immutable.
 */
public final class Faults {
    /** Nothing goes wrong. */
    public static final Faults NONE = builder().build();

    /** RFC 791: what every link of the internet passes. */
    private static final int LEAST_MTU = 68;

    private final double loss;
    private final double duplication;
    private final double reordering;
    private final double corruption;
    private final long reorderDelayNs;
    private final long delayNs;
    private final long jitterNs;
    private final long bitsPerSecond;
    private final long queueBytes;
    private final long markAboveBytes;
    private final double burstEnter;
    private final double burstLeave;
    private final double lossInBurst;
    private final int mtu;

    private Faults(final Builder builder) {
        loss = builder.loss;
        duplication = builder.duplication;
        reordering = builder.reordering;
        corruption = builder.corruption;
        reorderDelayNs = builder.reorderDelayNs;
        delayNs = builder.delayNs;
        jitterNs = builder.jitterNs;
        bitsPerSecond = builder.bitsPerSecond;
        queueBytes = builder.queueBytes;
        markAboveBytes = builder.markAboveBytes;
        burstEnter = builder.burstEnter;
        burstLeave = builder.burstLeave;
        lossInBurst = builder.lossInBurst;
        mtu = builder.mtu;
    }

    /** Begins with no faults. */
    public static Builder builder() {
        return new Builder();
    }

    double loss() {
        return loss;
    }

    double duplication() {
        return duplication;
    }

    double reordering() {
        return reordering;
    }

    double corruption() {
        return corruption;
    }

    long reorderDelayNs() {
        return reorderDelayNs;
    }

    long delayNs() {
        return delayNs;
    }

    long jitterNs() {
        return jitterNs;
    }

    long bitsPerSecond() {
        return bitsPerSecond;
    }

    long queueBytes() {
        return queueBytes;
    }

    long markAboveBytes() {
        return markAboveBytes;
    }

    double burstEnter() {
        return burstEnter;
    }

    double burstLeave() {
        return burstLeave;
    }

    double lossInBurst() {
        return lossInBurst;
    }

    int mtu() {
        return mtu;
    }

    /** True where frames pass untouched and at once. */
    public boolean isNone() {
        return loss == 0 && duplication == 0 && reordering == 0 && corruption == 0 && delayNs == 0 && jitterNs == 0
                && bitsPerSecond == 0 && burstEnter == 0 && mtu == Integer.MAX_VALUE;
    }

    /** For people: what may go wrong, and only that. */
    @Override
    public String toString() {
        return FaultsText.of(this);
    }

    /** What shall go wrong. */
    public static final class Builder {
        private double loss;
        private double duplication;
        private double reordering;
        private double corruption;
        private long reorderDelayNs = 1_000_000;
        private long delayNs;
        private long jitterNs;
        private long bitsPerSecond;
        private long queueBytes = Long.MAX_VALUE;
        private long markAboveBytes = Long.MAX_VALUE;
        private double burstEnter;
        private double burstLeave;
        private double lossInBurst;
        private int mtu = Integer.MAX_VALUE;

        private Builder() {}

        /** A frame vanishes. */
        public Builder loss(final double probability) {
            loss = probability("loss", probability);
            return this;
        }

        /**
         * Frames vanish in bursts, besides those that {@link #loss} takes (Gilbert-Elliott). A burst has 1 / leave frames
         * on average, and of all frames enter / (enter + leave) meet one.
         *
         * @param enter       that a burst begins with the next frame.
         * @param leave       that it is over with the next frame; above 0.
         * @param lossInBurst that a frame within a burst vanishes.
         */
        public Builder burstLoss(final double enter, final double leave, final double lossInBurst) {
            burstEnter = probability("burst enter", enter);
            burstLeave = probability("burst leave", leave);
            this.lossInBurst = probability("loss in bursts", lossInBurst);
            if (leave == 0) {
                throw new IllegalArgumentException("burst leave 0.0, must be above 0: the burst would never end");
            }
            return this;
        }

        /** A frame arrives twice. */
        public Builder duplication(final double probability) {
            duplication = probability("duplication", probability);
            return this;
        }

        /** A frame is held back by 1 ns to {@code atMostNs} more, so that later ones may overtake it. */
        public Builder reordering(final double probability, final long atMostNs) {
            reordering = probability("reordering", probability);
            reorderDelayNs = atLeast("reordering by", atMostNs, 1);
            return this;
        }

        /**
         * One bit of an IP packet flips. Other frames stay whole: on a wire the link's own check would have caught the
         * damage, and ARP has no check of its own.
         */
        public Builder corruption(final double probability) {
            corruption = probability("corruption", probability);
            return this;
        }

        /** Every frame takes this long. */
        public Builder delay(final long ns) {
            delayNs = atLeast("delay", ns, 0);
            return this;
        }

        /** Up to this much is added to the delay, evenly spread; frames stay in order. */
        public Builder jitter(final long ns) {
            jitterNs = atLeast("jitter", ns, 0);
            return this;
        }

        /**
         * A bottleneck in front of the delay.
         *
         * @param rate  bits a second, at least 1; the frame's bytes count, link-layer header included.
         * @param queue bytes that may wait; a frame that would exceed them is dropped.
         */
        public Builder bottleneck(final long rate, final long queue) {
            bitsPerSecond = atLeast("rate", rate, 1);
            queueBytes = atLeast("queue", queue, 1);
            return this;
        }

        /**
         * A frame that finds more than this waiting in the bottleneck's queue is marked "congestion experienced" where
         * it is an IP packet whose transport understands that (RFC 3168), and passes; others pass unmarked.
         *
         * @param bytes 0 or more.
         */
        public Builder markAbove(final long bytes) {
            markAboveBytes = atLeast("mark above", bytes, 0);
            return this;
        }

        /**
         * A longer IP packet vanishes, and nobody is told: a black hole for path MTU discovery (RFC 2923 §2.1).
         *
         * @param bytes of the IP packet, at least 68.
         */
        public Builder mtu(final int bytes) {
            mtu = (int) atLeast("mtu", bytes, LEAST_MTU);
            return this;
        }

        /** The faults as described so far. */
        public Faults build() {
            return new Faults(this);
        }

        private static double probability(final String name, final double value) {
            if (!(value >= 0 && value <= 1)) {
                throw new IllegalArgumentException(name + " " + value + ", must be 0 to 1");
            }
            return value;
        }

        private static long atLeast(final String name, final long value, final long least) {
            if (value < least) {
                throw new IllegalArgumentException(name + " " + value + ", must be at least " + least);
            }
            return value;
        }
    }
}
