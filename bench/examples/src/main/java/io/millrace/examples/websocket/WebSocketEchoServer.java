package io.millrace.examples.websocket;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.nio.file.Path;

/** Sends every message back, at {@code ws://ADDRESS:PORT/echo}. */
public final class WebSocketEchoServer {
    private static final int MAX_HANDSHAKE_LENGTH = 64 << 10;
    private static final int MAX_FRAME_LENGTH = 1 << 20;

    private WebSocketEchoServer() {}

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
                                new HttpObjectAggregator(MAX_HANDSHAKE_LENGTH),
                                new WebSocketServerProtocolHandler("/echo", null, false, MAX_FRAME_LENGTH),
                                new EchoHandler());
                    }
                })
                .bind(port).sync().channel();
    }

    /** Frame by frame: a message in fragments goes back in the same fragments. Pings and closes do not come here. */
    private static final class EchoHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        protected void channelRead0(final ChannelHandlerContext context, final WebSocketFrame frame) {
            context.write(frame.retain());
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext context) {
            context.flush();
        }
    }
}
