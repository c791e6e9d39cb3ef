package io.millrace.nettysuite;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Some tests name the loopback or the wildcard address and mean the side that serves: they connect to its address. Names
 * are not looked up: tests use none but addresses.
 */
final class HereIsTheServer extends AddressResolverGroup<InetSocketAddress> {
    private final InetAddress server;

    HereIsTheServer(final InetAddress server) {
        this.server = server;
    }

    /** The address that a test means. */
    InetSocketAddress meant(final InetSocketAddress address) {
        return isHere(address) ? new InetSocketAddress(server, address.getPort()) : address;
    }

    private static boolean isHere(final InetSocketAddress address) {
        final InetAddress named = address.getAddress();
        return named != null && (named.isLoopbackAddress() || named.isAnyLocalAddress());
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(final EventExecutor executor) {
        return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {
            @Override
            protected boolean doIsResolved(final InetSocketAddress address) {
                return !address.isUnresolved() && !isHere(address);
            }

            @Override
            protected void doResolve(final InetSocketAddress address, final Promise<InetSocketAddress> promise)
                    throws UnknownHostException {
                promise.setSuccess(meant(address.isUnresolved()
                        ? new InetSocketAddress(InetAddress.ofLiteral(address.getHostString()), address.getPort())
                        : address));
            }

            @Override
            protected void doResolveAll(final InetSocketAddress address,
                    final Promise<java.util.List<InetSocketAddress>> promise) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
