package io.millrace.examples.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.millrace.examples.FrameworkTest;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against gRPC on the kernel's TCP. */
class GreeterTest extends FrameworkTest {
    private static final int PORT = 50_051;
    /** More than the windows of a stream and of a connection, of HTTP/2 and of TCP. */
    private static final List<String> MESSAGES = IntStream.range(0, 2_000).mapToObj(i -> i + "x".repeat(5_000))
            .toList();
    private static final List<String> REPLIES = MESSAGES.stream().map(message -> "You said: " + message).toList();

    private EventLoopGroup kernelGroup;

    GreeterTest() {
        super(1);
    }

    @BeforeEach
    void startKernelGroup() {
        kernelGroup = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    @AfterEach
    void stopKernelGroup() {
        kernelGroup.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void shouldServeAClientOfTheKernel() throws Exception {
        final Server server = GreeterServer.start(group, PORT);
        converse(NettyChannelBuilder.forAddress(STACK, PORT).eventLoopGroup(kernelGroup)
                .channelFactory(inKernel(NioSocketChannel::new)).usePlaintext().build());
        end(server);
    }

    @Test
    void shouldCallAServerOfTheKernel() throws Exception {
        final Server server = NettyServerBuilder.forAddress(new InetSocketAddress(KERNEL, PORT))
                .bossEventLoopGroup(kernelGroup).workerEventLoopGroup(kernelGroup)
                .channelFactory(inKernel(NioServerSocketChannel::new)).addService(new Greeter()).build().start();
        converse(GreeterClient.connect(group, KERNEL, PORT));
        end(server);
    }

    @Test
    void shouldTellTheClientThatNobodyListens() throws Exception {
        final ManagedChannel channel = GreeterClient.connect(group, KERNEL, PORT);
        assertThatExceptionOfType(StatusRuntimeException.class)
                .isThrownBy(() -> new GreeterStub(channel).greet("nobody"))
                .satisfies(e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE))
                .havingRootCause().withMessageContaining("refused");
        end(channel);
    }

    private static void converse(final ManagedChannel channel) throws Exception {
        final GreeterStub greeter = new GreeterStub(channel);
        assertThat(greeter.greet("Millrace")).isEqualTo("Hello, Millrace!");
        assertThat(greeter.chat(MESSAGES).get(40, TimeUnit.SECONDS)).isEqualTo(REPLIES);
        end(channel);
    }

    private static void end(final ManagedChannel channel) throws InterruptedException {
        assertThat(channel.shutdown().awaitTermination(20, TimeUnit.SECONDS)).as("the channel has ended").isTrue();
    }

    private static void end(final Server server) throws InterruptedException {
        assertThat(server.shutdown().awaitTermination(20, TimeUnit.SECONDS)).as("the server has ended").isTrue();
    }
}
