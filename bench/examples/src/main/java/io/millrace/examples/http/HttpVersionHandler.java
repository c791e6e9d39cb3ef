package io.millrace.examples.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;

/** Gives a connection the pipeline of the version that its client and TLS have agreed on. */
final class HttpVersionHandler extends ApplicationProtocolNegotiationHandler {
    HttpVersionHandler() {
        super(ApplicationProtocolNames.HTTP_1_1);
    }

    @Override
    protected void configurePipeline(final ChannelHandlerContext context, final String protocol) {
        final ChannelPipeline pipeline = context.pipeline();
        switch (protocol) {
            case ApplicationProtocolNames.HTTP_2 -> pipeline.addLast(
                    Http2FrameCodecBuilder.forServer().build(),
                    new Http2MultiplexHandler(new StreamInitializer()));
            case ApplicationProtocolNames.HTTP_1_1 -> pipeline.addLast(
                    new HttpServerCodec(),
                    new HttpServerKeepAliveHandler(),
                    new HttpObjectAggregator(PageHandler.MAX_BODY_LENGTH),
                    new PageHandler());
            default -> throw new IllegalStateException("no such protocol here: " + protocol);
        }
    }

    /** Each stream of HTTP/2 is a channel of its own. */
    private static final class StreamInitializer extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(final Channel stream) {
            stream.pipeline().addLast(
                    new Http2StreamFrameToHttpObjectCodec(true),
                    new HttpObjectAggregator(PageHandler.MAX_BODY_LENGTH),
                    new PageHandler());
        }
    }
}
