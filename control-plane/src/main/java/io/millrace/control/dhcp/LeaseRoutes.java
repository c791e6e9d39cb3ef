package io.millrace.control.dhcp;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Routes of a lease: those of option 121, and only where that is absent the router of option 3 (RFC 3442). A gateway that
 * is not on the link of the lease cannot be used and is left out; so is everything behind a destination that is malformed.
 *
 * @param routes through gateways.
 * @param onLink networks that are reached without one.
 */
record LeaseRoutes(List<Route> routes, List<Cidr> onLink) {
    private static final Cidr EVERYWHERE = Cidr.parse("0.0.0.0/0");

    static LeaseRoutes of(final DhcpMessage message, final Cidr own) {
        final LeaseRoutes found = new LeaseRoutes(new ArrayList<>(), new ArrayList<>());
        final byte[] classless = message.option(DhcpOption.CLASSLESS_ROUTES);
        final int router = message.intOption(DhcpOption.ROUTERS, 0);
        if (classless != null) {
            found.read(ByteBuffer.wrap(classless));
        } else if (router != 0) {
            found.routes.add(new Route(EVERYWHERE, Lease.inet(router)));
        }
        found.routes.removeIf(route -> route.gateway().equals(own.address()) || !found.isNear(route.gateway(), own));
        return found;
    }

    /** Each: prefix length, the bytes of the destination that it covers, the router. */
    private void read(final ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            final int length = bytes.get() & 0xFF;
            final int significant = (length + Byte.SIZE - 1) / Byte.SIZE;
            if (length > Integer.SIZE || bytes.remaining() < significant + Integer.BYTES) {
                return;
            }
            int destination = 0;
            for (int i = 0; i < significant; i++) {
                destination |= (bytes.get() & 0xFF) << 24 - i * Byte.SIZE;
            }
            // RFC 3442: bits behind the prefix are to be ignored
            final int network = length == 0 ? 0 : destination & -1 << Integer.SIZE - length;
            add(new Cidr(Lease.inet(network), length), bytes.getInt());
        }
    }

    private void add(final Cidr destination, final int router) {
        if (router == 0) {
            onLink.add(destination);
        } else {
            routes.add(new Route(destination, Lease.inet(router)));
        }
    }

    private boolean isNear(final InetAddress gateway, final Cidr own) {
        return own.contains(gateway) || onLink.stream().anyMatch(network -> network.contains(gateway));
    }
}
