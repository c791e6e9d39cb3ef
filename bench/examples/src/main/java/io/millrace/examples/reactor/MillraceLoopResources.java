package io.millrace.examples.reactor;

import io.millrace.fastpath.netty.MillraceDatagramChannel;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.socket.DatagramChannel;
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
        return new ReflectiveChannelFactory<C>(onChannelClass(type, loops)).newChannel();
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(final Class<C> type, final EventLoopGroup loops) {
        final Class<? extends Channel> channel = type == ServerSocketChannel.class
                ? MillraceServerSocketChannel.class
                : type == DatagramChannel.class ? MillraceDatagramChannel.class : MillraceSocketChannel.class;
        return channel.asSubclass(type);
    }
}
