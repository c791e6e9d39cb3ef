package io.millrace.examples.http;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import java.nio.file.Path;

/** An HTTP/1.1 server. */
public final class HttpServer {
    private HttpServer() {}

    /** @param args the stack's configuration file, and the port. */
    public static void main(final String... args) throws Exception {
        try (Millrace stack = Millrace.launch(MillraceConfig.load(Path.of(args[0])))) {
            final EventLoopGroup group = new MillraceEventLoopGroup(stack);
            start(group, Integer.parseInt(args[1])).closeFuture().sync();
        }
    }

    static Channel start(final EventLoopGroup group, final int port) throws InterruptedException {
        return new ServerBootstrap()
                .group(group)
                .channel(MillraceServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(final Channel channel) {
                        channel.pipeline().addLast(
                                new HttpServerCodec(),
                                new HttpServerKeepAliveHandler(),
                                new HttpObjectAggregator(PageHandler.MAX_BODY_LENGTH),
                                new PageHandler());
                    }
                })
                .bind(port).sync().channel();
    }
}
