package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.PacketDevice;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.observe.ObservedConnection;
import io.millrace.services.HttpService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stack that leases its address from dnsmasq. */
class DhcpInteropTest extends KernelInterop {
    private static final String DHCP = "millrace.ip { addresses = [], dhcp = true }\n";
    private static final String AT_ONCE = DHCP + "millrace.ip.dhcp-probe = off\n";
    private static final String RANGE = "10.77.0.50,10.77.0.51,255.255.255.0,10m";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    private Path folder;
    private @Nullable Dnsmasq server;

    @AfterEach
    void endTheServer() {
        CloseHelper.close(server);
    }

    @Test
    void shouldLeaseProbeUseAndGiveBackAnAddress() throws Exception {
        // it outlives the stack: dnsmasq ignores what came over an interface that is gone when it looks
        run("ip", "tuntap", "add", "mr0", "mode", "tap");
        launch(true, DHCP + "millrace.ip.dhcp-host-name = mill", withServer("--dhcp-option=3,10.77.0.1"));
        assertThat(stack.awaitAddress(PATIENCE)).isTrue();
        assertThat(stack.localAddresses()).hasSize(1);
        final String address = stack.localAddresses().getFirst().getHostAddress();
        assertThat(address).isIn("10.77.0.50", "10.77.0.51");
        assertThat(stack.toString()).contains(address + "/24, 0.0.0.0/0 via 10.77.0.1");
        assertThat(run("ping", "-n", "-c", "1", "-W", "20", address)).contains("1 received");
        serve(80, HttpService::new);
        assertThat(run("curl", "-sS", "--max-time", "20", "http://" + address + "/")).startsWith("Hello from Millrace");
        server().awaitLog("DHCPACK(mr0) " + address + " " + mac + " mill");
        assertThat(server().log()).doesNotContain("DHCPDECLINE", "DHCPNAK");
        assertThat(counter("DhcpIgnored")).isZero();
        awaitNoConnections();
        stack.close();
        server().awaitLog("DHCPRELEASE(mr0) " + address + " " + mac);
    }

    /** Both ends' segments are as short as the server says that the link wants them. */
    @Test
    void shouldSendAndTakeNothingLongerThanTheServerSays() throws Exception {
        launch(false, AT_ONCE, withServer("--dhcp-option=26,1300"));
        assertThat(stack.awaitAddress(PATIENCE)).isTrue();
        Await.until("the engine knows", () -> stack.observer().readings().stream()
                .anyMatch(reading -> reading.label().equals("LinkMtuV4") && reading.value() == 1_300));
        final ServerSocket listener = listenInKernel();
        final ChannelProbe probe = new ChannelProbe();
        connectFromStack(KERNEL, listener.getLocalPort(), probe).syncUninterruptibly();
        accept(listener);
        probe.channel();
        assertThat(run("ss", "-tinH", "sport", "=", ":" + listener.getLocalPort())).as("MSS 1260, less timestamps")
                .contains(" mss:1248 ");
        assertThat(stack.connections()).singleElement().extracting(ObservedConnection::sendMss)
                .isEqualTo(1_248);
        probe.channel().close();
    }

    @Test
    void shouldReachWhatClasslessRoutesLeadTo() throws Exception {
        launch(false, AT_ONCE, withServer("--dhcp-option=3,10.77.0.9", "--dhcp-option=121,10.99.0.0/16,10.77.0.1"));
        run("ip", "address", "add", "10.99.1.1/32", "dev", "lo");
        assertThat(stack.awaitAddress(PATIENCE)).isTrue();
        assertThat(stack.toString()).contains("10.99.0.0/16 via 10.77.0.1").doesNotContain("10.77.0.9");
        final ServerSocket listener = kernel.call(() -> new ServerSocket(0, 5, InetAddress.getByName("10.99.1.1")));
        try (listener) {
            final ChannelProbe probe = new ChannelProbe();
            connectFromStack("10.99.1.1", listener.getLocalPort(), probe).syncUninterruptibly();
            accept(listener);
            assertThat(((InetSocketAddress) probe.channel().localAddress()).getAddress())
                    .isEqualTo(stack.localAddresses().getFirst());
            probe.channel().close();
        }
    }

    /** T1 is 3 s, the shortest that dnsmasq takes. */
    @Test
    void shouldRenewTheLeaseInTime() throws Exception {
        launch(true, AT_ONCE, withServer("--dhcp-option=58,3"));
        assertThat(stack.awaitAddress(PATIENCE)).isTrue();
        Await.until("two renewals", () -> counter("DhcpLeases") >= 3);
        assertThat(counter("DhcpSent")).as("DISCOVER, REQUEST, and a REQUEST each time").isLessThanOrEqualTo(5);
        assertThat(counter("DhcpRefused")).isZero();
        assertThat(counter("DhcpExpired")).isZero();
    }

    @Test
    void shouldEndConnectionsOfAnAddressThatTheServerTakesAway() throws Exception {
        launch(true, AT_ONCE, withServer("--dhcp-option=58,3"));
        assertThat(stack.awaitAddress(PATIENCE)).isTrue();
        final InetAddress before = stack.localAddresses().getFirst();
        final ServerSocket listener = listenInKernel();
        final ChannelProbe probe = new ChannelProbe();
        connectFromStack(KERNEL, listener.getLocalPort(), probe).syncUninterruptibly();
        accept(listener);
        server().close();
        server = Dnsmasq.start(kernel, folder, "mr0", "10.77.0.60,10.77.0.61,255.255.255.0,10m");
        probe.inactive.get(20, TimeUnit.SECONDS);
        assertThat(probe.exceptions).singleElement().isInstanceOf(SocketException.class).asString()
                .contains("Local address was removed from the stack");
        Await.until("a lease of the new range", () -> stack.localAddresses().stream()
                .anyMatch(address -> address.getHostAddress().startsWith("10.77.0.6")));
        assertThat(stack.localAddresses()).doesNotContain(before);
        assertThat(counter("DhcpRefused")).isEqualTo(1);
    }

    @Test
    void shouldDeclineAnAddressThatAnotherHostHas() throws Exception {
        try (NetworkNamespace squatter = new NetworkNamespace()) {
            launch(true, DHCP, tap -> {
                try {
                    bridgeTo(squatter, "10.77.0.50");
                    server = Dnsmasq.start(kernel, folder, "br0", RANGE, "--dhcp-sequential-ip");
                } catch (final Exception e) {
                    throw new AssertionError(e);
                }
                return tap;
            });
            assertThat(stack.awaitAddress(PATIENCE)).isTrue();
            assertThat(stack.localAddresses()).containsExactly(InetAddress.getByName("10.77.0.51"));
            assertThat(server().log()).contains("DHCPDECLINE(br0) 10.77.0.50 " + mac);
            assertThat(counter("DhcpDeclined")).isEqualTo(1);
        }
    }

    /** A host on the same link as the stack and the server. */
    private void bridgeTo(final NetworkNamespace squatter, final String address) throws IOException {
        run("ip", "link", "add", "br0", "type", "bridge");
        run("ip", "link", "add", "toother", "type", "veth", "peer", "name", "eth0", "netns", squatter.name());
        run("ip", "address", "flush", "dev", "mr0");
        run("ip", "address", "add", KERNEL + "/24", "dev", "br0");
        for (final String port : new String[]{"mr0", "toother"}) {
            run("ip", "link", "set", port, "master", "br0");
            run("ip", "link", "set", port, "up");
        }
        run("ip", "link", "set", "br0", "up");
        assertThat(squatter.exec("ip", "address", "add", address + "/24", "dev", "eth0").exitCode()).isZero();
        assertThat(squatter.exec("ip", "link", "set", "eth0", "up").exitCode()).isZero();
    }

    private Dnsmasq server() {
        assertThat(server).isNotNull();
        return server;
    }

    /** The server runs before the stack asks for the first time. */
    private UnaryOperator<PacketDevice> withServer(final String... options) {
        return tap -> {
            try {
                server = Dnsmasq.start(kernel, folder, "mr0", RANGE, options);
            } catch (final Exception e) {
                throw new AssertionError(e);
            }
            return tap;
        };
    }
}
