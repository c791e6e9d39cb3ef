package io.millrace.fastpath.ip;

import java.util.concurrent.TimeUnit;

/** Bounds how often something is done a second, with a burst of a tenth of it. Thread: the engine's. */
public final class TokenBucket {
    private int perSecond;
    private long intervalNs;
    private long depthNs;
    private long emptyUntilNs;
    private boolean started;

    /** @param perSecond how often at the most; 0: never. */
    public TokenBucket(final int perSecond) {
        rate(perSecond);
    }

    /** How often from now on; 0: never. */
    public final void rate(final int most) {
        perSecond = most;
        intervalNs = most == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / most;
        depthNs = intervalNs * Math.max(1, most / 10);
    }

    /** True where it may be done now; that uses up a token. */
    public boolean tryTake(final long nowNs) {
        if (perSecond == 0) {
            return false;
        }
        if (!started || emptyUntilNs - nowNs < -depthNs) {
            started = true;
            emptyUntilNs = nowNs - depthNs;
        }
        if (emptyUntilNs + intervalNs - nowNs > 0) {
            return false;
        }
        emptyUntilNs += intervalNs;
        return true;
    }
}
