package io.millrace.wire;

import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.PacketPort;

/**
 * Joins two packet ports: what arrives at one leaves by the other, unless {@link Faults} say otherwise. The same seed,
 * and the same frames at the same times, give the same faults.
 * <p>
 * A frame waits in the pool of the port that it will leave by, so that pool needs as many frames as the wire shall hold
 * in that direction, delayed or queued. The ports must be without segmentation offload: a fault meets a frame as a
 * wire would see it.
 * <p>
 * Thread: one, for {@link #turn}, {@link #nextDeadlineNs} and {@link #close}. Allocates nothing after its construction.
 */
public final class Wire implements AutoCloseable {
    private static final long RIGHT_STREAM = 0x9E6C63D0876A9A35L;

    private final FaultInjectionPort left;
    private final FaultInjectionPort right;
    private final WireDirection leftToRight;
    private final WireDirection rightToLeft;

    /**
     * @param left        one end; closed by {@link #close}, as the other is.
     * @param right       the other end, also with a link layer or also without.
     * @param leftToRight what befalls frames that arrive at the left.
     * @param rightToLeft what befalls frames that arrive at the right.
     * @param seed        of all that is random.
     * @throws IllegalArgumentException where these ports cannot be joined.
     */
    public Wire(final PacketPort left, final PacketPort right, final Faults leftToRight, final Faults rightToLeft,
            final long seed) {
        if (left.capabilities().linkLayer() != right.capabilities().linkLayer()) {
            throw new IllegalArgumentException("a port with a link layer and one without cannot be joined");
        }
        requirePlain(left);
        requirePlain(right);
        this.left = new FaultInjectionPort(left, Faults.NONE, rightToLeft, seed ^ RIGHT_STREAM);
        this.right = new FaultInjectionPort(right, Faults.NONE, leftToRight, seed);
        this.leftToRight = new WireDirection(this.left, this.right);
        this.rightToLeft = new WireDirection(this.right, this.left);
    }

    /**
     * Moves what has arrived and what is due.
     *
     * @param nowNs the clock of {@link #nextDeadlineNs}; it never goes back.
     * @return how many frames have arrived.
     */
    public int turn(final long nowNs) {
        return leftToRight.pump(nowNs) + rightToLeft.pump(nowNs);
    }

    /** When the next frame is due; {@link Long#MAX_VALUE} where the wire is empty. */
    public long nextDeadlineNs() {
        return Math.min(left.nextDeadlineNs(), right.nextDeadlineNs());
    }

    /** What happened from left to right. Thread: any, figures that were true a moment ago. */
    public WireReport leftToRight() {
        return leftToRight.report();
    }

    /** What happened from right to left. Thread: any, figures that were true a moment ago. */
    public WireReport rightToLeft() {
        return rightToLeft.report();
    }

    /** Closes both ports; frames under way are lost. */
    @Override
    public void close() {
        left.close();
        right.close();
    }

    private static void requirePlain(final PacketPort port) {
        if (port.capabilities().maxVirtualSegment() != 0) {
            throw new IllegalArgumentException("a wire carries frames, not virtual segments: open the port without"
                    + " offloads");
        }
    }
}
