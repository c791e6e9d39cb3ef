package io.millrace.examples.grpc;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.netty.channel.EventLoopGroup;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A gRPC client. */
public final class GreeterClient {
    private GreeterClient() {}

    /** @param args the stack's configuration file, the server's address and port, and a name to be greeted by. */
    public static void main(final String... args) throws Exception {
        try (Millrace stack = Millrace.launch(MillraceConfig.load(Path.of(args[0])))) {
            final EventLoopGroup group = new MillraceEventLoopGroup(stack);
            final ManagedChannel channel = connect(group, args[1], Integer.parseInt(args[2]));
            System.out.println(new GreeterStub(channel).greet(args[3]));
            channel.shutdown().awaitTermination(5, TimeUnit.SECONDS);
            group.shutdownGracefully().sync();
        }
    }

    static ManagedChannel connect(final EventLoopGroup group, final String host, final int port) {
        return NettyChannelBuilder.forAddress(host, port)
                .eventLoopGroup(group)
                .channelType(MillraceSocketChannel.class)
                .usePlaintext()
                .build();
    }
}
