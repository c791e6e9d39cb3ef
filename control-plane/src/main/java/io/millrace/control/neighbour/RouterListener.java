package io.millrace.control.neighbour;

import io.millrace.fastpath.wire.NdMessage;

/** Told what routers say, and when one is none any more. Thread: the agent's. */
public interface RouterListener {
    /** Hears nothing. */
    RouterListener NONE = new RouterListener() {
        @Override
        public void onRouterAdvertisement(final long hi, final long lo, final NdMessage message, final long nowNs) {}

        @Override
        public boolean onRedirect(final long hi, final long lo, final NdMessage message, final long nowNs) {
            return false;
        }

        @Override
        public void onRouterUnreachable(final long hi, final long lo) {}

        @Override
        public void onRouterGone(final long hi, final long lo) {}
    };

    /**
     * A valid router advertisement (RFC 4861 §6.1.2).
     *
     * @param hi      upper half of the router's link-local address.
     * @param message until this returns.
     */
    void onRouterAdvertisement(long hi, long lo, NdMessage message, long nowNs);

    /**
     * A valid redirect (RFC 4861 §8.1), but for the last condition: that it comes from the router in use.
     *
     * @return false where it is refused.
     */
    boolean onRedirect(long hi, long lo, NdMessage message, long nowNs);

    /** A neighbour of IPv6, maybe a router, does not answer (RFC 4861 §7.3.3). */
    void onRouterUnreachable(long hi, long lo);

    /** A neighbour says that it is no router, which it may have been (RFC 4861 §7.2.5). */
    void onRouterGone(long hi, long lo);
}
