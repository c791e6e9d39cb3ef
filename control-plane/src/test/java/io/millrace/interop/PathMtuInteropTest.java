package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.nativeports.NetworkNamespace;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through a router, which is the kernel, to a host behind a link that takes less than the stack's own (RFC 1191, RFC 4821). */
class PathMtuInteropTest extends KernelInterop {
    private static final String ROUTER = "10.88.0.1";
    private static final String FAR = "10.88.0.2";
    private static final int NARROW = 1_400;

    private NetworkNamespace far;

    @BeforeEach
    void makeFarHost() throws IOException {
        far = new NetworkNamespace();
    }

    @AfterEach
    void removeFarHost() {
        far.close();
    }

    /**
     * Stack, router and far host in a row.
     *
     * @param routerMtu of the router's end of the link: what is longer it refuses by ICMP.
     * @param farMtu    of the far host's end: what is longer vanishes.
     */
    private void launch(final boolean offloads, final int routerMtu, final int farMtu) throws Exception {
        launch(offloads, "millrace.ip.gateway = \"" + KERNEL + "\"", device -> device);
        run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
        run("ip", "link", "add", "pm0", "mtu", "" + routerMtu, "type", "veth", "peer", "name", "pm1", "netns",
                far.name());
        run("ip", "address", "add", ROUTER + "/24", "dev", "pm0");
        run("ip", "link", "set", "pm0", "up");
        inFar("ip", "link", "set", "pm1", "mtu", "" + farMtu);
        inFar("ip", "address", "add", FAR + "/24", "dev", "pm1");
        inFar("ip", "link", "set", "pm1", "up");
        // it promises to take what its link does not
        inFar("ip", "route", "add", "10.77.0.0/24", "via", ROUTER, "advmss", "1460");
    }

    private void inFar(final String... command) throws IOException {
        final NetworkNamespace.Output output = far.exec(command);
        assertThat(output.exitCode()).as(String.join(" ", command) + ": " + output.text()).isZero();
    }

    /** Sends so many bytes to the far host on a connection of their own; how many arrived there. */
    private long send(final int bytes) throws Exception {
        try (ServerSocket server = far.call(() -> new ServerSocket(0, 50, InetAddress.getByName(FAR)))) {
            final Callable<Long> count = () -> {
                try (Socket socket = server.accept(); InputStream stream = socket.getInputStream()) {
                    return stream.transferTo(OutputStream.nullOutputStream());
                }
            };
            final CompletableFuture<Long> arrived = far.submit(count);
            final Channel channel = connectFromStack(FAR, server.getLocalPort(), new ChannelInboundHandlerAdapter())
                    .sync().channel();
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[bytes])).sync();
            channel.close().sync();
            return arrived.get(50, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {false, true})
    void shouldFollowWhatTheRouterTellsAndRememberIt(final boolean offloads) throws Exception {
        launch(offloads, NARROW, 1_500);
        assertThat(send(MIB)).isEqualTo(MIB);
        final long told = counter("IcmpErrorsReceived");
        assertThat(told).isPositive();
        assertThat(counter("TcpPathMtuReduced")).isPositive();
        assertThat(counter("PathMtuReduced")).isEqualTo(1);
        assertThat(send(MIB)).isEqualTo(MIB);
        assertThat(counter("IcmpErrorsReceived")).as("the second connection knew").isEqualTo(told);
    }

    @Test
    void shouldFindItsWayWhereNobodyTells() throws Exception {
        launch(false, 1_500, NARROW);
        assertThat(send(4 * MIB)).isEqualTo(4 * MIB);
        assertThat(counter("IcmpErrorsReceived")).isZero();
        assertThat(counter("TcpMtuBlackHoles")).isPositive();
        assertThat(counter("TcpMtuProbesArrived")).isPositive();
        final long holes = counter("TcpMtuBlackHoles");
        assertThat(send(MIB)).isEqualTo(MIB);
        assertThat(counter("TcpMtuBlackHoles")).as("the second connection knew").isEqualTo(holes);
    }
}
