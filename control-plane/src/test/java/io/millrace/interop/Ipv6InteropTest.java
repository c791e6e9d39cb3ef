package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Cidr;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.neighbour.NeighbourInfo;
import io.millrace.control.neighbour.NeighbourState;
import io.millrace.services.EchoHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Neighbour Discovery, duplicate address detection and autoconfiguration against the kernel's. */
class Ipv6InteropTest extends KernelInterop {
    private static final String ADDRESS = "fd77::2";
    private static final String KERNEL_V6 = "fd77::1";
    private static final String PREFIX = "2001:db8:77::/64";
    /** Sends one router advertisement from the kernel's link-local address; the kernel fills in the checksum. */
    private static final String ADVERTISE = """
            import socket, struct, sys
            s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("mr0"))
            life = int(sys.argv[1])
            ra = struct.pack("!BBHBBHII", 134, 0, 0, 99, 0, life, 0, 0)
            prefix = struct.pack("!BBBBIII16s", 3, 4, 64, 0xc0, 3600, 3600, 0, socket.inet_pton(socket.AF_INET6, sys.argv[2]))
            s.sendto(ra + prefix, ("ff02::1", 0, 0, socket.if_nametoindex("mr0")))
            """;

    @Test
    void shouldAnswerPingAndTheKernelsSolicitations() throws Exception {
        launchV6("");
        run("ping", "-6", "-n", "-c", "3", "-i", "0.2", "-W", "5", ADDRESS);
        assertThat(run("ip", "-6", "neigh", "show", ADDRESS)).contains("lladdr " + mac).contains("REACHABLE");
        assertThat(counter("NdAdvertisementsSent")).isPositive();
        assertThat(neighbourState(KERNEL_V6)).isNotNull();
    }

    @Test
    void shouldPingInFragments() throws Exception {
        launchV6("");
        run("ping", "-6", "-n", "-c", "1", "-W", "5", "-s", "8000", ADDRESS);
        assertThat(counter("IpReassembled")).isEqualTo(1);
    }

    @Test
    void shouldConnectBothWays() throws Exception {
        launchV6("");
        serve(7, EchoHandler::new);
        final Socket client = kernel.call(() -> new Socket());
        try (client) {
            kernel.call(() -> {
                client.connect(new InetSocketAddress(ADDRESS, 7), 20_000);
                return null;
            });
            client.getOutputStream().write(new byte[]{1, 2, 3});
            assertThat(client.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
        }
        final ServerSocket server = kernel.call(() -> new ServerSocket(0, 50, InetAddress.ofLiteral(KERNEL_V6)));
        try (server) {
            server.setSoTimeout(20_000);
            final ChannelProbe probe = new ChannelProbe();
            connectFromStack(KERNEL_V6, server.getLocalPort(), probe).syncUninterruptibly();
            try (Socket accepted = accept(server)) {
                assertThat(accepted.getInetAddress()).isEqualTo(InetAddress.ofLiteral(ADDRESS));
            }
            probe.channel().close();
        }
        assertThat(neighbourState(KERNEL_V6)).isEqualTo(NeighbourState.REACHABLE);
    }

    @Test
    void shouldAskTheKernelAndNotItsOwnEntry() throws Exception {
        launchV6("millrace.neighbour.announce = off");
        final ServerSocket server = kernel.call(() -> new ServerSocket(0, 50, InetAddress.ofLiteral(KERNEL_V6)));
        try (server) {
            server.setSoTimeout(20_000);
            final ChannelProbe probe = new ChannelProbe();
            connectFromStack(KERNEL_V6, server.getLocalPort(), probe).syncUninterruptibly();
            accept(server).close();
            probe.channel().close();
        }
        assertThat(counter("TcpSynRetransmits")).as("the first SYN waited for the answer").isZero();
    }

    @Test
    void shouldNotUseAnAddressThatTheKernelHas() throws Exception {
        launch(true, "millrace.ipv6 { mode = on, dad-transmits = 1 }", device -> device);
        run("ip", "-6", "addr", "add", ADDRESS + "/64", "dev", "mr0", "nodad");
        final InetAddress wanted = InetAddress.ofLiteral(ADDRESS);
        stack.routes().addAddress(OwnAddress.of(Cidr.parse(ADDRESS + "/64"))
                .in(OwnAddress.State.TENTATIVE));
        Await.until("the kernel has said that it has the address",
                () -> stack.routes().current().routing().find(wanted).state() == OwnAddress.State.DUPLICATE);
        assertThat(counter("DuplicateAddresses")).isEqualTo(1);
    }

    @Test
    void shouldKeepTheKernelFromAnAddressThatIsOurs() throws Exception {
        launchV6("");
        run("ip", "-6", "addr", "add", ADDRESS + "/64", "dev", "mr0");
        Await.until("the kernel has given up", () -> run("ip", "-6", "addr", "show", "dev", "mr0")
                .contains("dadfailed"));
    }

    @Test
    void shouldMakeItselfAnAddressOfWhatARouterAdvertises(@TempDir final Path folder) throws Exception {
        requireTool("python3");
        launchV6("");
        final String routed = PREFIX.replace("/64", "");
        run("ip", "-6", "addr", "add", "2001:db8:77::1/64", "dev", "mr0", "nodad");
        final Path script = Files.writeString(folder.resolve("advertise.py"), ADVERTISE);
        Await.until("the kernel has a link-local address",
                () -> !run("ip", "-6", "addr", "show", "dev", "mr0").contains("tentative"));
        run("python3", script.toString(), "1800", routed);
        Await.until("there is an address of the prefix", () -> stack.localAddresses().stream()
                .anyMatch(own -> own.getHostAddress().startsWith("2001:db8:77:")));
        final String address = stack.localAddresses().stream().map(InetAddress::getHostAddress)
                .filter(own -> own.startsWith("2001:db8:77:")).findFirst().orElseThrow();
        assertThat(run("ping", "-6", "-n", "-c", "1", "-W", "5", "-I", "2001:db8:77::1", address)).as("hop limit")
                .contains("ttl=99");
        assertThat(stack.routes().current().toString()).contains("::/0 via fe80:");
        run("python3", script.toString(), "0", routed);
        Await.until("the router is none any more", () -> !stack.routes().current().toString().contains("via fe80:"));
    }

    private void launchV6(final String settings) throws Exception {
        launch(true, "millrace.ipv6 { mode = on, dad-transmits = 1 }\n" + settings, device -> device);
        run("ip", "-6", "addr", "add", KERNEL_V6 + "/64", "dev", "mr0", "nodad");
        stack.routes().addAddress(OwnAddress.of(Cidr.parse(ADDRESS + "/64"))
                .in(OwnAddress.State.TENTATIVE));
        final InetAddress own = InetAddress.ofLiteral(ADDRESS);
        Await.until("duplicate address detection is over", () -> stack.localAddresses().contains(own));
    }

    private NeighbourState neighbourState(final String address) {
        return stack.neighbours().stream().filter(entry -> entry.address().equals(InetAddress.ofLiteral(address)))
                .map(NeighbourInfo::state).findFirst().orElse(null);
    }
}
