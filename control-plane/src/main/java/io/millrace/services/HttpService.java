package io.millrace.services;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpServerCodec;

/** The pipeline of the HTTP service. Thread: the channel's event loop. */
public final class HttpService extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(final Channel channel) {
        channel.pipeline().addLast(new HttpServerCodec(), new HttpHandler());
    }
}
