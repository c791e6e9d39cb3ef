package io.millrace.control.listen;

import io.millrace.fastpath.control.SynCookies;

/**
 * Whether SYN cookies may still come back to listeners that share an address and port: to whichever of them the flow leads
 * then. Lock-free. Thread: any.
 */
final class RecentCookies {
    /** How exact the time is kept: a flood does not have every engine write to the same line all the time. */
    private static final long STEP_NS = 1_000_000_000L;

    private volatile long lastNs;
    private volatile boolean any;

    /** A cookie is sent. @param nowNs clock of the engine. */
    void sent(final long nowNs) {
        if (!any || nowNs - lastNs >= STEP_NS) {
            lastNs = nowNs;
            any = true;
        }
    }

    /** True where a valid one may come back. */
    boolean mayReturn(final long nowNs) {
        return any && nowNs - lastNs <= SynCookies.VALIDITY_NS + STEP_NS;
    }
}
