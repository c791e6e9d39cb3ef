package io.millrace.control.dhcp;

import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * When to probe for an address, to take it, and to announce it (RFC 5227 §2.1.1, §2.3). Thread: who holds the client's
 * lock.
 */
final class AddressProbe {
    /** RFC 5227 §1.1: PROBE_WAIT, PROBE_MIN, PROBE_MAX, ANNOUNCE_WAIT, ANNOUNCE_INTERVAL, ANNOUNCE_NUM. */
    private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MIN_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long ANNOUNCE_NS = TimeUnit.SECONDS.toNanos(2);
    private static final int ANNOUNCEMENTS = 2;

    private final DhcpSettings settings;
    private final DhcpSender sender;
    private final RandomGenerator random;
    private int probesLeft;
    private int announcementsLeft;

    AddressProbe(final DhcpSettings settings, final DhcpSender sender, final RandomGenerator random) {
        this.settings = settings;
        this.sender = sender;
        this.random = random;
    }

    /** Begins; returns when to call {@link #next}, in nanoseconds from now. */
    long begin() {
        probesLeft = settings.probes();
        announcementsLeft = settings.announce() ? ANNOUNCEMENTS : 0;
        return probesLeft == 0 ? 0 : random.nextLong(WAIT_NS);
    }

    /** Sends the next probe and returns when to come again; -1 where nobody answered any: the address may be used. */
    long next(final int address) {
        if (probesLeft == 0) {
            return -1;
        }
        sender.probe(settings.mac(), address);
        probesLeft--;
        return probesLeft == 0 ? ANNOUNCE_NS : random.nextLong(MIN_NS, MAX_NS);
    }

    /** Sends the next announcement and returns when to come again; -1 where there is none any more. */
    long announce(final int address) {
        if (announcementsLeft == 0) {
            return -1;
        }
        sender.announce(settings.mac(), address);
        announcementsLeft--;
        return announcementsLeft == 0 ? -1 : ANNOUNCE_NS;
    }
}
