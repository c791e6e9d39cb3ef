package io.millrace.examples.grpc;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Path;

/** A gRPC server. */
public final class GreeterServer {
    private GreeterServer() {}

    /** @param args the stack's configuration file, and the port. */
    public static void main(final String... args) throws Exception {
        try (Millrace stack = Millrace.launch(MillraceConfig.load(Path.of(args[0])))) {
            final EventLoopGroup group = new MillraceEventLoopGroup(stack);
            start(group, Integer.parseInt(args[1])).awaitTermination();
        }
    }

    static Server start(final EventLoopGroup group, final int port) throws IOException {
        return NettyServerBuilder.forPort(port)
                .bossEventLoopGroup(group)
                .workerEventLoopGroup(group)
                .channelType(MillraceServerSocketChannel.class)
                .addService(new Greeter())
                .build()
                .start();
    }
}
