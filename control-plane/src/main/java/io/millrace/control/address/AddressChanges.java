package io.millrace.control.address;

import io.millrace.config.Cidr;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.wire.IpAddress;
import java.util.concurrent.TimeUnit;

/**
 * Addresses that come and go while the stack runs: engines learn when one is gone, so that nothing goes on using it, and
 * threads may wait for the first. Thread: any.
 */
public final class AddressChanges {
    private final PublishedRoutes routes;
    private final EngineCommands[] engines;
    private RouteTable last;

    /** @param engines told of addresses that are gone. */
    public AddressChanges(final PublishedRoutes routes, final EngineCommands[] engines) {
        this.routes = routes;
        this.engines = engines.clone();
        last = routes.current();
        routes.onChange(this::onChange);
    }

    private synchronized void onChange() {
        final RouteTable before = last;
        last = routes.current();
        if (isAnyGone(before, last)) {
            for (final EngineCommands engine : engines) {
                engine.addressesRemoved();
            }
        }
        notifyAll();
    }

    private static boolean isAnyGone(final RouteTable before, final RouteTable now) {
        for (final Cidr cidr : before.addresses()) {
            if (!now.isOwn(IpAddress.hi(cidr.address()), IpAddress.lo(cidr.address()))) {
                return true;
            }
        }
        return !now.ownPrefixes().containsAll(before.ownPrefixes());
    }

    /**
     * Waits until the stack has an address that reaches further than its link.
     *
     * @param timeoutNs how long at the most.
     * @return false where it still has none.
     */
    public synchronized boolean await(final long timeoutNs) throws InterruptedException {
        final long startNs = System.nanoTime();
        while (!hasAddress()) {
            final long leftNs = timeoutNs - (System.nanoTime() - startNs);
            if (leftNs <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(leftNs, TimeUnit.MILLISECONDS.toNanos(1)));
        }
        return true;
    }

    private boolean hasAddress() {
        return routes.current().addresses().stream().anyMatch(cidr -> !cidr.address().isLinkLocalAddress());
    }
}
