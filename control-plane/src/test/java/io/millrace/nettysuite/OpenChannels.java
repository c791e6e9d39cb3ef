package io.millrace.nettysuite;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The channels that a test has made, of which not every test closes each. Thread: any. */
final class OpenChannels {
    private static final long TIMEOUT_S = 20;

    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    <T extends Channel> ChannelFactory<T> noting(final ChannelFactory<T> factory) {
        return () -> {
            final T channel = factory.newChannel();
            note(channel);
            if (channel instanceof ServerChannel) {
                channel.pipeline().addLast(new Accepted());
            }
            return channel;
        };
    }

    private void note(final Channel channel) {
        channels.add(channel);
        if (closing) {
            close(channel);
        }
    }

    /** Closes what is open; what a listener still accepts is closed too. */
    void close() {
        closing = true;
        channels.forEach(OpenChannels::close);
        for (final Channel channel : channels) {
            if (channel.isRegistered() && !channel.closeFuture().awaitUninterruptibly(TIMEOUT_S, TimeUnit.SECONDS)) {
                throw new AssertionError("this channel does not close: " + channel);
            }
        }
    }

    private static void close(final Channel channel) {
        try {
            channel.close();
        } catch (final IllegalStateException e) {
            // never registered
            channel.unsafe().closeForcibly();
        }
    }

    /** Notes what was accepted once Netty's own handler, behind this one, has registered it: then it can be closed. */
    private final class Accepted extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ctx.fireChannelRead(message);
            note((Channel) message);
        }
    }
}
