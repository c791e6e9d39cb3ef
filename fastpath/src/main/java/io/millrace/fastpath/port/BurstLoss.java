package io.millrace.fastpath.port;

/**
 * Loss in bursts after Gilbert (1960) and Elliott (1963): a wire that is good or bad, and changes from frame to frame
 * with fixed probabilities. Draws twice a frame, from a stream of its own, so that bursts leave the course of every
 * other fault as it was. Thread: the port's.
 */
final class BurstLoss {
    private final Faults faults;
    private final SplitMix random;
    private boolean inBurst;

    BurstLoss(final Faults faults, final long seed) {
        this.faults = faults;
        random = new SplitMix(seed);
    }

    /** True where the next frame is lost. */
    boolean takesNext() {
        final boolean turns = random.happens(inBurst ? faults.burstLeave() : faults.burstEnter());
        inBurst ^= turns;
        return random.happens(faults.lossInBurst()) && inBurst;
    }
}
