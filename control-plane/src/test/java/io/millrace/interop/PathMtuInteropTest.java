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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Through a router, which is the kernel, to a host behind a link that takes less than the stack's own (RFC 1191, RFC 8201, RFC 4821). */
class PathMtuInteropTest extends KernelInteropBothFamilies {
    private static final int NARROW = 1_400;

    private NetworkNamespace far;

    @BeforeEach
    void makeFarHost() throws IOException {
        far = passing(new NetworkNamespace());
    }

    /**
     * Stack, router and far host in a row.
     *
     * @param routerMtu of the router's end of the link: what is longer it refuses by ICMP.
     * @param farMtu    of the far host's end: what is longer vanishes.
     */
    private void launch(final boolean offloads, final int routerMtu, final int farMtu) throws Exception {
        final boolean v6 = family == Family.V6;
        launch(offloads, "millrace.ip.routes = [\"" + (v6 ? "::/0" : "0.0.0.0/0") + " via " + kernelIp() + "\"]",
                device -> device);
        run("sh", "-c", "echo 1 > /proc/sys/net/" + (v6 ? "ipv6/conf/all/forwarding" : "ipv4/ip_forward"));
        run("ip", "link", "add", "pm0", "mtu", "" + routerMtu, "type", "veth", "peer", "name", "pm1", "netns",
                far.name());
        run(address(routerIp(), "pm0"));
        run("ip", "link", "set", "pm0", "up");
        far.run("ip", "link", "set", "pm1", "mtu", "" + farMtu);
        far.run(address(farIp(), "pm1"));
        far.run("ip", "link", "set", "pm1", "up");
        // it promises to take what its link does not
        far.run("ip", "route", "add", family.network, "via", routerIp(), "advmss", "" + (v6 ? 1_440 : 1_460));
        // a SYN that is lost while the router does not know its neighbour yet makes every timeout last 3 s (RFC 6298 §5.7)
        run("ping", "-c", "1", "-w", "20", farIp());
    }

    private String routerIp() {
        return family == Family.V6 ? "fd88::1" : "10.88.0.1";
    }

    private String farIp() {
        return family == Family.V6 ? "fd88::2" : "10.88.0.2";
    }

    private String[] address(final String address, final String device) {
        return family == Family.V6
                ? new String[]{"ip", "address", "add", address + "/64", "dev", device, "nodad"}
                : new String[]{"ip", "address", "add", address + "/24", "dev", device};
    }

    /** Sends so many bytes to the far host on a connection of their own; how many arrived there. */
    private long send(final int bytes) throws Exception {
        try (ServerSocket server = far.call(() -> new ServerSocket(0, 50, InetAddress.getByName(farIp())))) {
            final Callable<Long> count = () -> {
                try (Socket socket = server.accept(); InputStream stream = socket.getInputStream()) {
                    return stream.transferTo(OutputStream.nullOutputStream());
                }
            };
            final CompletableFuture<Long> arrived = far.submit(count);
            final Channel channel = connectFromStack(farIp(), server.getLocalPort(), new ChannelInboundHandlerAdapter())
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

    /** The other way round, the narrow link is the one to us: the kernel must believe what it is told of our connection. */
    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {false, true})
    void shouldTakeWhatTheKernelSendsOnceItKnowsThePath(final boolean offloads) throws Exception {
        launch(offloads, 1_500, 1_500);
        run("ip", "link", "set", "mr0", "mtu", "" + NARROW);
        final ChannelProbe probe = serveProbe(80);
        try (Socket socket = far.call(() -> new Socket(InetAddress.getByName(stackIp()), 80))) {
            HexText.write(socket.getOutputStream(), MIB);
            socket.shutdownOutput();
            probe.inputEnded.get(20, TimeUnit.SECONDS);
            assertThat(probe.received).isEqualTo(MIB);
            assertThat(probe.corrupt).isFalse();
            assertThat(far.run("ip", "route", "get", stackIp())).contains("mtu " + NARROW);
        } finally {
            probe.channel().close();
        }
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
