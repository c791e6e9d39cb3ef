package io.millrace.examples.reactor;

import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.ServerSocketChannel;
import reactor.netty.resources.LoopResources;

/**
 * What Reactor Netty runs on, for its servers and its clients alike.
 *
 * @param group a {@code MillraceEventLoopGroup}; who made it shuts it down.
 */
record MillraceLoopResources(EventLoopGroup group) implements LoopResources {
    @Override
    public EventLoopGroup onServer(final boolean useNative) {
        return group;
    }

    @Override
    public <C extends Channel> C onChannel(final Class<C> type, final EventLoopGroup loops) {
        return type.cast(type == ServerSocketChannel.class
                ? new MillraceServerSocketChannel()
                : new MillraceSocketChannel());
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(final Class<C> type, final EventLoopGroup loops) {
        return (type == ServerSocketChannel.class ? MillraceServerSocketChannel.class : MillraceSocketChannel.class)
                .asSubclass(type);
    }
}
