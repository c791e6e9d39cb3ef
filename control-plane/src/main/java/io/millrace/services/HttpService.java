package io.millrace.services;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.timeout.IdleStateHandler;

/** The pipeline of the HTTP service. Thread: the channel's event loop. */
public final class HttpService extends ChannelInitializer<Channel> {
    private static final int IDLE_SECONDS = 120;

    @Override
    protected void initChannel(final Channel channel) {
        channel.pipeline().addLast(new IdleStateHandler(0, 0, IDLE_SECONDS), new HttpServerCodec(), new HttpHandler());
    }
}
