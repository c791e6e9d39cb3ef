package io.millrace.control.autoconf;

import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.Routing;
import io.millrace.control.lifecycle.ControlTask;
import io.millrace.control.multicast.GroupMembership;
import io.millrace.fastpath.wire.IpAddress;
import java.net.Inet6Address;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Joins the solicited-node group of every IPv6 address, tentative ones among them, so that switches that listen to MLD let
 * solicitations through (RFC 4861 §7.2.1, RFC 4862 §5.4.2). Those of an own prefix, which may be millions, are taken in,
 * but not reported. Thread: the agent's.
 */
public final class SolicitedNodeGroups implements ControlTask {
    private static final long LINK_SCOPE_HI = 0xff02L << 48;
    private static final long SOLICITED_NODE_LO = 0x1_ff00_0000L;
    private static final long SOLICITED_NODE_MASK = 0xFF_FFFFL;

    private final LinkRoutes routes;
    private final GroupMembership groups;
    private Set<Long> joined = new HashSet<>();
    private @Nullable Routing seen;

    public SolicitedNodeGroups(final LinkRoutes routes, final GroupMembership groups) {
        this.routes = routes;
        this.groups = groups;
    }

    @Override
    public int doWork(final long nowNs) {
        final Routing routing = routes.current().routing();
        if (routing == seen) {
            return 0;
        }
        seen = routing;
        final Set<Long> wanted = new HashSet<>();
        for (final OwnAddress own : routing.addresses()) {
            if (own.address() instanceof Inet6Address && own.state() != OwnAddress.State.DUPLICATE) {
                wanted.add(SOLICITED_NODE_LO | IpAddress.lo(own.address()) & SOLICITED_NODE_MASK);
            }
        }
        int changes = 0;
        for (final Long group : wanted) {
            if (!joined.remove(group)) {
                groups.need(this, LINK_SCOPE_HI, group, true);
                changes++;
            }
        }
        for (final Long group : joined) {
            groups.need(this, LINK_SCOPE_HI, group, false);
            changes++;
        }
        joined = wanted;
        return changes;
    }

    @Override
    public long nextDeadlineNs() {
        return routes.current().routing() == seen ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
}
