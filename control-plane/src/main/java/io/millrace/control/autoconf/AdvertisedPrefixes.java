package io.millrace.control.autoconf;

import io.millrace.config.Cidr;
import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.OnLink;
import io.millrace.control.address.OwnAddress.State;
import io.millrace.control.address.OwnAddress;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.NdMessage;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prefixes that routers advertise: those that are on the link (RFC 4861 §6.3.4, RFC 5942), and those that the stack
 * makes itself an address of (RFC 4862 §5.5.3), with their lifetimes. Both lists are bounded; what is too much is not
 * taken up. Thread: the agent's.
 */
final class AdvertisedPrefixes {
    private static final Logger LOG = LoggerFactory.getLogger(Autoconfiguration.class);
    private static final int MAX_ON_LINK = 32;
    private static final int ID_BITS = 64;
    private static final long FOR_EVER_SECONDS = 0xFFFF_FFFFL;
    /** RFC 4862 §5.5.3 (e): an advertisement that nobody has signed may not end an address sooner. */
    private static final long TWO_HOURS_NS = TimeUnit.HOURS.toNanos(2);

    private final Ipv6Settings settings;
    private final InterfaceIds ids;
    private final LinkRoutes routes;
    private final Map<Cidr, Long> onLinkUntilNs = new HashMap<>();
    /** Prefixes that overlap another link's, each of which is logged once. */
    private final Set<Cidr> refused = new HashSet<>();
    /** By the upper half of the prefix. */
    private final Map<Long, Lifetimes> addresses = new LinkedHashMap<>();

    private static final class Lifetimes {
        InetAddress address;
        int duplicates;
        long validUntilNs;
        long preferredUntilNs;

        Lifetimes(final InetAddress address) {
            this.address = address;
        }
    }

    AdvertisedPrefixes(final Ipv6Settings settings, final InterfaceIds ids, final LinkRoutes routes) {
        this.settings = settings;
        this.ids = ids;
        this.routes = routes;
    }

    /** Reads every prefix of a router advertisement. */
    void onAdvertisement(final NdMessage message, final long nowNs) {
        int option = message.option(NdMessage.PREFIX_INFORMATION, NdMessage.NONE);
        while (option != NdMessage.NONE) {
            final long hi = message.prefixHi(option);
            if (message.prefixBits(option) <= 128 && !IpAddress.isLinkLocal(hi)
                    && !IpAddress.isMulticast(hi, message.prefixLo(option)) && !isReserved(message, option)) {
                if ((message.prefixFlags(option) & NdMessage.ON_LINK) != 0) {
                    onLink(message, option, nowNs);
                }
                if (settings.autoconfigure() && (message.prefixFlags(option) & NdMessage.AUTONOMOUS) != 0) {
                    autonomous(message, option, nowNs);
                }
            }
            option = message.option(NdMessage.PREFIX_INFORMATION, option);
        }
    }

    /** Ends what is over; returns how many things. */
    int doWork(final long nowNs) {
        int done = 0;
        for (final Iterator<Map.Entry<Cidr, Long>> all = onLinkUntilNs.entrySet().iterator(); all.hasNext();) {
            final Map.Entry<Cidr, Long> next = all.next();
            if (nowNs >= next.getValue()) {
                all.remove();
                routes.update(routing -> routing.withoutOnLink(onThisLink(next.getKey())));
                done++;
            }
        }
        for (final Iterator<Lifetimes> all = addresses.values().iterator(); all.hasNext();) {
            final Lifetimes next = all.next();
            if (nowNs >= next.validUntilNs) {
                all.remove();
                routes.removeAddress(next.address);
                done++;
            } else if (age(next, nowNs)) {
                done++;
            }
        }
        return done;
    }

    long nextDeadlineNs(final long nowNs) {
        long next = onLinkUntilNs.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
        for (final Lifetimes lifetimes : addresses.values()) {
            next = Math.min(next, lifetimes.validUntilNs);
            if (lifetimes.preferredUntilNs > nowNs) {
                next = Math.min(next, lifetimes.preferredUntilNs);
            }
        }
        return next;
    }

    /** Tries another identifier where one can be made: RFC 7217 §6. */
    void onStates() {
        for (final Map.Entry<Long, Lifetimes> entry : addresses.entrySet()) {
            final Lifetimes lifetimes = entry.getValue();
            final OwnAddress own = routes.current().routing().find(lifetimes.address);
            if (own != null && own.state() == State.DUPLICATE && ids.hasOthers()
                    && lifetimes.duplicates < InterfaceIds.RETRIES) {
                lifetimes.duplicates++;
                routes.removeAddress(lifetimes.address);
                lifetimes.address = IpAddress.toInetAddress(entry.getKey(),
                        ids.of(entry.getKey(), lifetimes.duplicates));
                publish(lifetimes.address);
            }
        }
    }

    /** Everything, or among it what no host of a link has: ::, ::1, the addresses of IPv4 (RFC 4291 §2.4, §2.5.5). */
    private static boolean isReserved(final NdMessage message, final int option) {
        return (message.prefixHi(option) & mask(message.prefixBits(option))) == 0;
    }

    private void onLink(final NdMessage message, final int option, final long nowNs) {
        final int bits = message.prefixBits(option);
        final long hi = message.prefixHi(option) & mask(bits);
        final long lo = message.prefixLo(option) & mask(bits - 64);
        final Cidr prefix = new Cidr(IpAddress.toInetAddress(hi, lo), bits);
        final long seconds = message.validSeconds(option);
        if (seconds == 0) {
            onLinkUntilNs.remove(prefix);
            routes.update(routing -> routing.withoutOnLink(onThisLink(prefix)));
        } else if (onLinkUntilNs.containsKey(prefix) || onLinkUntilNs.size() < MAX_ON_LINK) {
            takeUp(prefix, until(nowNs, seconds));
        }
    }

    /** What is said here and belongs to another link is not believed. */
    private void takeUp(final Cidr prefix, final long untilNs) {
        try {
            routes.update(routing -> routing.withOnLink(onThisLink(prefix)));
            onLinkUntilNs.put(prefix, untilNs);
        } catch (final IllegalArgumentException e) {
            if (refused.size() < MAX_ON_LINK && refused.add(prefix)) {
                LOG.warn("a router's prefix is not taken up: {}", e.getMessage());
            }
        }
    }

    private OnLink onThisLink(final Cidr prefix) {
        return new OnLink(prefix, routes.link());
    }

    private void autonomous(final NdMessage message, final int option, final long nowNs) {
        final long valid = message.validSeconds(option);
        final long preferred = message.preferredSeconds(option);
        final long hi = message.prefixHi(option);
        if (preferred > valid || message.prefixBits(option) != ID_BITS || hi == 0) {
            return;
        }
        final Lifetimes known = addresses.get(hi);
        if (known != null) {
            known.validUntilNs = validUntil(known.validUntilNs, valid, nowNs);
            known.preferredUntilNs = Math.min(until(nowNs, preferred), known.validUntilNs);
            age(known, nowNs);
        } else if (valid > 0 && addresses.size() < settings.maxAddresses()) {
            final InetAddress address = IpAddress.toInetAddress(hi, ids.of(hi, 0));
            if (routes.whole().routing().find(address) == null) {
                final Lifetimes lifetimes = new Lifetimes(address);
                lifetimes.validUntilNs = until(nowNs, valid);
                lifetimes.preferredUntilNs = until(nowNs, preferred);
                addresses.put(hi, lifetimes);
                publish(address);
                age(lifetimes, nowNs);
            }
        }
    }

    private void publish(final InetAddress address) {
        routes.addAddress(new OwnAddress(new Cidr(address, ID_BITS),
                settings.detectDuplicates() ? State.TENTATIVE : State.PREFERRED, false, routes.link()));
    }

    /** RFC 4862 §5.5.3 (e), 1 to 3. */
    private static long validUntil(final long untilNs, final long seconds, final long nowNs) {
        final long saidNs = until(nowNs, seconds);
        if (saidNs - nowNs > TWO_HOURS_NS || saidNs > untilNs) {
            return saidNs;
        }
        return Math.min(untilNs, nowNs + TWO_HOURS_NS);
    }

    /** Preferred or deprecated, by the time; true where that changed. */
    private boolean age(final Lifetimes lifetimes, final long nowNs) {
        final OwnAddress own = routes.current().routing().find(lifetimes.address);
        final State due = nowNs >= lifetimes.preferredUntilNs ? State.DEPRECATED : State.PREFERRED;
        return own != null && own.state().isUsable() && own.state() != due && routes.state(lifetimes.address, due);
    }

    private static long until(final long nowNs, final long seconds) {
        return seconds == FOR_EVER_SECONDS ? Long.MAX_VALUE : nowNs + TimeUnit.SECONDS.toNanos(seconds);
    }

    private static long mask(final int bits) {
        return bits <= 0 ? 0 : bits >= Long.SIZE ? -1 : -1L << Long.SIZE - bits;
    }
}
