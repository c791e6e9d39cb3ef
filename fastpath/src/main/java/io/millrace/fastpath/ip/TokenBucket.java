package io.millrace.fastpath.ip;

import java.util.concurrent.TimeUnit;

/** Bounds how often something is done a second, with a burst of a tenth of it. Thread: the engine's. */
public final class TokenBucket {
    private final int perSecond;
    private final long intervalNs;
    private final long depthNs;
    private long emptyUntilNs;
    private boolean started;

    /** @param perSecond how often at the most; 0: never. */
    public TokenBucket(final int perSecond) {
        this.perSecond = perSecond;
        this.intervalNs = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
        this.depthNs = intervalNs * Math.max(1, perSecond / 10);
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
