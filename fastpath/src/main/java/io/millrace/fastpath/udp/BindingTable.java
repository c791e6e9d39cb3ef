package io.millrace.fastpath.udp;

import io.millrace.fastpath.control.OwnPorts;
import io.millrace.fastpath.wire.AddressTest;
import io.millrace.fastpath.wire.IpAddress;
import java.net.BindException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Which endpoint of which engine is bound where: one table for all engines of a stack. A lookup takes no lock and
 * allocates nothing: it reads the bindings of one port, which are published whole.
 * <p>
 * Rules, as Linux has them: a port may be bound once for an address, and not both for an address and the wildcard,
 * unless every one that shares it sets {@code SO_REUSEADDR}, or every one {@code SO_REUSEPORT}. Of several that fit a unicast
 * datagram equally well the one bound last gets it, with {@code SO_REUSEPORT} the one that the flow belongs to; broadcasts and multicasts go to all that fit.
 * <p>
 * Thread: any; changes are serialised.
 */
public final class BindingTable {
    private static final int PAGE_SHIFT = 8;
    private static final int PAGE = 1 << PAGE_SHIFT;

    /** Which of those that share a port gets a flow follows from it. */
    private final int seed;
    private final OwnPorts ownPorts;
    private PortRange range;
    /** Ports by upper and lower byte: a stack with few bindings holds few pages. */
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable PortBindings>> pages = new AtomicReferenceArray<>(
            PAGE);

    /** @param range ports for endpoints that ask for none. */
    public BindingTable(final PortRange range) {
        this(range, OwnPorts.ALL);
    }

    /**
     * @param range    ports for endpoints that ask for none.
     * @param ownPorts which they may ask for.
     */
    public BindingTable(final PortRange range, final OwnPorts ownPorts) {
        this.range = range;
        this.ownPorts = ownPorts;
        seed = range.start().applyAsInt(Integer.MAX_VALUE);
    }

    /** Other ports, from now on, for endpoints that ask for none. */
    public synchronized void range(final int low, final int high) {
        range = new PortRange(low, high, range.start());
    }

    /** True where an endpoint is bound to such an address, or connected from it. */
    public boolean isBound(final AddressTest meant) {
        for (int port = 1; port < PAGE * PAGE; port++) {
            for (final Binding bound : at(port)) {
                if (meant.test(bound.localHi(), bound.localLo())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The binding that fits a unicast datagram best; null where none does. */
    @Nullable
    Binding find(final long hi, final long lo, final int port, final long fromHi, final long fromLo,
            final int fromPort) {
        return of(port).find(hi, lo, fromHi, fromLo, fromPort, seed);
    }

    /** All bindings of a port, in the order in which they were made. Never changes. */
    Binding[] at(final int port) {
        return of(port).all;
    }

    private PortBindings of(final int port) {
        final AtomicReferenceArray<@Nullable PortBindings> page = pages.get(port >>> PAGE_SHIFT);
        final PortBindings bound = page == null ? null : page.get(port & PAGE - 1);
        return bound == null ? PortBindings.NONE : bound;
    }

    /**
     * Binds an endpoint.
     *
     * @param port 0: a free one of the range.
     * @throws BindException where the address is in use, the port not for us, or no port is free.
     */
    synchronized Binding bind(final DatagramEndpoint endpoint, final long hi, final long lo, final int port,
            final boolean reuse, final boolean v6Only, final Memberships groups) throws BindException {
        final String refusal = port == 0 ? null : ownPorts.refusalOfUdp(port);
        if (refusal != null) {
            throw new BindException("Cannot assign requested address: " + refusal);
        }
        final int chosen = port == 0
                ? freePort(new Binding(endpoint, hi, lo, 0, 0, 0, 0, false, v6Only, groups))
                : port;
        final Binding binding = new Binding(endpoint, hi, lo, chosen, 0, 0, 0, reuse, v6Only, groups);
        if (port != 0 && !isFree(binding, port)) {
            throw new BindException("Address already in use: " + IpAddress.toString(hi, lo, port));
        }
        final Binding[] before = at(chosen);
        final Binding[] after = new Binding[before.length + 1];
        System.arraycopy(before, 0, after, 0, before.length);
        after[before.length] = binding;
        publish(chosen, after);
        return binding;
    }

    /** Puts another binding of the same endpoint and port in the place of one. */
    synchronized void replace(final Binding old, final Binding changed) {
        final Binding[] bound = at(old.localPort()).clone();
        for (int i = 0; i < bound.length; i++) {
            if (bound[i] == old) {
                bound[i] = changed;
            }
        }
        publish(old.localPort(), bound);
    }

    synchronized void unbind(final Binding binding) {
        final Binding[] before = at(binding.localPort());
        final Binding[] after = new Binding[before.length - 1];
        int length = 0;
        for (final Binding other : before) {
            if (other != binding) {
                after[length++] = other;
            }
        }
        publish(binding.localPort(), after);
    }

    private boolean isFree(final Binding binding, final int port) {
        for (final Binding other : at(port)) {
            if (other.conflicts(binding)) {
                return false;
            }
        }
        return true;
    }

    private int freePort(final Binding binding) throws BindException {
        final int start = range.start().applyAsInt(range.count());
        for (int i = 0; i < range.count(); i++) {
            final int port = range.low() + (start + i) % range.count();
            if (isFree(binding, port)) {
                return port;
            }
        }
        throw new BindException("No free port in " + range.low() + "-" + range.high());
    }

    private void publish(final int port, final Binding[] bound) {
        AtomicReferenceArray<@Nullable PortBindings> page = pages.get(port >>> PAGE_SHIFT);
        if (page == null) {
            page = new AtomicReferenceArray<>(PAGE);
            pages.set(port >>> PAGE_SHIFT, page);
        }
        page.set(port & PAGE - 1, bound.length == 0 ? null : new PortBindings(bound));
    }
}
