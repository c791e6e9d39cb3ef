package io.millrace.nettysuite;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.TimeUnit;

/** The channels that a test has made, of which not every test closes each. Thread: any. */
final class OpenChannels {
    private static final long TIMEOUT_S = 20;

    private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

    <T extends Channel> ChannelFactory<T> noting(final ChannelFactory<T> factory) {
        return () -> {
            final T channel = factory.newChannel();
            channels.add(channel);
            if (channel instanceof ServerChannel) {
                channel.pipeline().addLast(new Accepted());
            }
            return channel;
        };
    }

    /** Closes what is open; what a listener still accepts is closed too. */
    void close() {
        for (final Channel channel : channels) {
            if (!channel.isRegistered()) {
                channel.unsafe().closeForcibly();
            }
        }
        if (!channels.close().awaitUninterruptibly(TIMEOUT_S, TimeUnit.SECONDS)) {
            throw new AssertionError("these channels do not close: " + channels);
        }
    }

    /** Notes what was accepted once Netty's own handler, behind this one, has registered it: then it can be closed. */
    private final class Accepted extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ctx.fireChannelRead(message);
            channels.add((Channel) message);
        }
    }
}
