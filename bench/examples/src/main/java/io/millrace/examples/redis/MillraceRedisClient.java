package io.millrace.examples.redis;

import io.lettuce.core.ConnectionBuilder;
import io.lettuce.core.ConnectionEvents;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.resource.ClientResources;
import io.millrace.fastpath.netty.MillraceChannelOption;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/**
 * Lettuce's client. Lettuce takes an event loop group from its resources, but knows the channel classes and the options
 * of the kernel's transports only: so the bootstrap, where they stand, is made anew here.
 */
final class MillraceRedisClient extends RedisClient {
    private final MillraceEventLoopGroup group;

    /** The resources are the client's own, {@link #close} gives them back; the group is the caller's. */
    MillraceRedisClient(final MillraceEventLoopGroup group, final RedisURI server) {
        super(ClientResources.builder().eventLoopGroupProvider(new SharedEventLoopGroup(group)).build(), server);
        this.group = group;
    }

    @Override
    protected void connectionBuilder(final Mono<SocketAddress> server, final ConnectionBuilder builder,
            final ConnectionEvents events, final RedisURI uri) {
        super.connectionBuilder(server, builder, events, uri);
        builder.bootstrap(bootstrap(builder.clientOptions().getSocketOptions()));
    }

    private Bootstrap bootstrap(final SocketOptions options) {
        final KeepAliveOptions keepAlive = options.getKeepAlive();
        return new Bootstrap()
                .group(group)
                .channel(MillraceSocketChannel.class)
                // Names are resolved by the JDK: Netty's own resolver would want a datagram channel of the group.
                .resolver(DefaultAddressResolverGroup.INSTANCE)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) options.getConnectTimeout().toMillis())
                .option(ChannelOption.TCP_NODELAY, options.isTcpNoDelay())
                .option(ChannelOption.SO_KEEPALIVE, options.isKeepAlive())
                .option(MillraceChannelOption.TCP_KEEPIDLE, (int) keepAlive.getIdle().toSeconds())
                .option(MillraceChannelOption.TCP_KEEPINTVL, (int) keepAlive.getInterval().toSeconds())
                .option(MillraceChannelOption.TCP_KEEPCNT, keepAlive.getCount());
    }

    @Override
    public void close() {
        super.close();
        getResources().shutdown(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
