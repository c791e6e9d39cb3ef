package io.millrace.control.neighbour;

import io.millrace.config.Cidr;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.wire.IpAddress;
import java.net.Inet4Address;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Announces the own IPv4 addresses when the stack starts (RFC 5227 §2.3) and defends them: where another host claims
 * one, we announce it again, at most once in a defend interval, and keep it (§2.4, choice c). The addresses of an own
 * prefix, which may be millions, share one such interval. Thread: the agent's.
 */
final class AddressDefence {
    /** RFC 5227 §1.1. */
    private static final long ANNOUNCE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long DEFEND_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);
    /** Whoever has no address has no interval of its own. */
    private static final int SHARED = 0;

    private final ArpSender sender;
    private final ConflictListener listener;
    private final ControlCounters counters;
    private final Map<Integer, Long> lastDefenceNs = new HashMap<>();
    private int announcementsLeft;
    private long nextAnnouncementNs = Long.MIN_VALUE;

    AddressDefence(final int announcements, final ArpSender sender, final ConflictListener listener,
            final ControlCounters counters) {
        this.sender = sender;
        this.listener = listener;
        this.counters = counters;
        announcementsLeft = announcements;
    }

    /** Announces where it is time; returns how many announcements went. */
    int doWork(final long nowNs) {
        if (announcementsLeft == 0 || nowNs < nextAnnouncementNs) {
            return 0;
        }
        announcementsLeft--;
        nextAnnouncementNs = nowNs + ANNOUNCE_INTERVAL_NS;
        int sent = 0;
        for (final Cidr address : sender.routes().addresses()) {
            if (address.address() instanceof Inet4Address) {
                sender.announce(IpAddress.toV4(IpAddress.lo(address.address())));
                sent++;
            }
        }
        return sent;
    }

    long nextDeadlineNs() {
        return announcementsLeft == 0 ? Long.MAX_VALUE : nextAnnouncementNs;
    }

    /** Another host sent an ARP packet with an own address as its own. */
    void onConflict(final int address, final long otherMac, final long nowNs) {
        counters.increment(ControlCounter.ADDRESS_CONFLICTS);
        final int interval = sender.routes().isAddress(0, IpAddress.v4(address)) ? address : SHARED;
        final Long last = lastDefenceNs.get(interval);
        if (last == null || nowNs - last >= DEFEND_INTERVAL_NS) {
            lastDefenceNs.put(interval, nowNs);
            sender.announce(address);
            listener.onAddressConflict(address, otherMac);
        }
    }
}
