package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.services.EchoHandler;
import io.millrace.services.HttpService;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One stack with two ports, and a kernel of its own behind each: mr0 and 10.77.0.0/24, mr1 and 10.78.0.0/24. */
class PortsInteropTest extends KernelInterop {
    private static final String SECOND = "10.78.0.2";
    private static final String OTHER_KERNEL = "10.78.0.1";
    private static final String STATIC = "addresses = [\"10.78.0.2/24\", \"fd78::2/64\"]";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private NetworkNamespace other;

    @BeforeEach
    void makeTheOtherNamespace() throws Exception {
        other = new NetworkNamespace();
    }

    @AfterEach
    void removeTheOtherNamespace() {
        if (group != null) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
            group = null;
        }
        if (stack != null) {
            stack.close();
        }
        other.close();
    }

    @Test
    void shouldServeBothKernelsOverBothFamiliesAtOnce() throws Exception {
        requireTool("curl");
        launchBoth("", STATIC);
        serve(80, HttpService::new);
        final List<Process> clients = new ArrayList<>();
        for (final String address : List.of("10.77.0.2", "[fd77::2]")) {
            clients.add(kernel.start(fetch(address)));
        }
        for (final String address : List.of(SECOND, "[fd78::2]")) {
            clients.add(other.start(fetch(address)));
        }
        final String expected = HexText.sha256(20_000_000) + "  -\n";
        for (final Process client : clients) {
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(expected);
        }
    }

    @Test
    void shouldConnectToBothKernels() throws Exception {
        launchBoth("", STATIC);
        for (final String address : List.of("10.77.0.1", "fd77::1")) {
            connectsTo(kernel, address, address.startsWith("fd") ? "fd77::2" : STACK);
        }
        for (final String address : List.of(OTHER_KERNEL, "fd78::1")) {
            connectsTo(other, address, address.startsWith("fd") ? "fd78::2" : SECOND);
        }
        assertThat(stack.neighbours()).extracting(neighbour -> neighbour.link() + " "
                + neighbour.address().getHostAddress()).contains("0 10.77.0.1", "1 10.78.0.1", "1 fd78:0:0:0:0:0:0:1");
        assertThat(stack.observer().neighbours()).anyMatch(
                row -> row.address().equals("fd78::1") && row.device().equals("tap:mr1"));
        assertThat(stack.observer().routes()).anyMatch(
                row -> row.destination().equals("10.78.0.2/24") && row.device().equals("tap:mr1"));
    }

    @Test
    void shouldReachWhatIsBehindAGatewayOfTheSecondLink() throws Exception {
        launchBoth("millrace.ip.routes = [\"10.99.0.0/16 via 10.78.0.1\", \"fd99::/16 via fd78::1\"]", STATIC);
        runOther("ip", "address", "add", "10.99.1.1/32", "dev", "lo");
        runOther("ip", "-6", "address", "add", "fd99::1/128", "dev", "lo", "nodad");
        connectsTo(other, "10.99.1.1", SECOND);
        connectsTo(other, "fd99::1", "fd78::2");
    }

    @Test
    void shouldLeaseAnAddressOnOneLinkAndHaveOneSetOnTheOther(@TempDir final Path folder) throws Exception {
        final PacketDevice[] devices = open("", "dhcp = true, dhcp-probe = off");
        try (Dnsmasq server = Dnsmasq.start(other, folder, "mr1", "10.78.0.50,10.78.0.51,255.255.255.0,10m",
                "--dhcp-option=3")) {
            launch("", "dhcp = true, dhcp-probe = off", devices);
            Await.until("an address is leased", () -> stack.localAddresses().stream()
                    .anyMatch(address -> address.getHostAddress().startsWith("10.78.0.5")));
            assertThat(stack.awaitAddress(PATIENCE)).isTrue();
            serve(80, HttpService::new);
            final String leased = stack.localAddresses().stream().map(InetAddress::getHostAddress)
                    .filter(address -> address.startsWith("10.78")).findFirst().orElseThrow();
            assertThat(runOther("curl", "-sS", "--max-time", "20", "http://" + leased + "/")).startsWith("Hello");
            assertThat(run("curl", "-sS", "--max-time", "20", "http://10.77.0.2/")).startsWith("Hello");
            assertThat(server.log()).doesNotContain("DHCPDECLINE", "DHCPNAK");
        }
    }

    @Test
    void shouldAnswerArpForAnAddressOnItsLinkAlone() throws Exception {
        launchBoth("", STATIC);
        run("ip", "route", "add", SECOND + "/32", "dev", "mr0");
        assertThat(kernel.exec("ping", "-n", "-c", "1", "-W", "1", SECOND).exitCode()).as("nobody answers").isOne();
        assertThat(run("ip", "neigh", "show", SECOND)).containsAnyOf("FAILED", "INCOMPLETE");
        run("ip", "neigh", "replace", SECOND, "lladdr", mac, "dev", "mr0", "nud", "permanent");
        run("ping", "-n", "-c", "1", "-W", "20", SECOND);
    }

    @Test
    void shouldGoOnOverOneLinkWhereTheOtherIsDown() throws Exception {
        launchBoth("", STATIC);
        serve(7, EchoHandler::new);
        final Socket first = connectFromKernel(7);
        try (Socket second = other.call(() -> {
            final Socket socket = new Socket();
            socket.connect(new InetSocketAddress(SECOND, 7), 20_000);
            return socket;
        })) {
            second.setSoTimeout(20_000);
            run("ip", "link", "set", "mr0", "down");
            first.getOutputStream().write(new byte[1_000]);
            HexText.write(second.getOutputStream(), MIB / 4);
            HexText.read(second.getInputStream(), MIB / 4);
            run("ip", "link", "set", "mr0", "up");
            assertThat(first.getInputStream().readNBytes(1_000)).hasSize(1_000);
        }
        assertThat(counter("Exceptions")).isZero();
    }

    /** Link-local addresses are a link's own, so each kernel pings with its interface as the zone. */
    @Test
    void shouldAnswerPingsToTheLinkLocalAddressOfEachLink() throws Exception {
        launchBoth("", STATIC);
        for (final OwnAddress own : stack.routes().current().routing().addresses()) {
            if (own.address().isLinkLocalAddress()) {
                final String[] ping = {"ping", "-6", "-n", "-c", "1", "-W", "20",
                        IpAddress.toString(own.address()) + "%mr" + own.link()};
                Await.until("the kernel's own link-local address can be used",
                        () -> (own.link() == 0 ? kernel : other).exec(ping).exitCode() == 0);
            }
        }
        assertThat(stack.routes().current().routing().addresses()).filteredOn(
                own -> own.address().isLinkLocalAddress()).extracting(OwnAddress::link).containsExactly(0, 1);
    }

    @Test
    void shouldServeByTheCommandLineWithADeviceInAnotherNamespace(@TempDir final Path folder) throws Exception {
        requireTool("curl");
        final Path file = Files.writeString(folder.resolve("two.conf"), """
                millrace.port { device = "tap:mr0", host-address = "10.77.0.1/24" }
                millrace.ip.addresses = ["10.77.0.2/24"]
                millrace.ports = [
                  { device = "tap:mr1@%s", host-address = "10.78.0.1/24", addresses = ["10.78.0.2/24"] }
                ]
                millrace.observe.directory = "%s"
                """.formatted(other.name(), folder.resolve("seen")));
        try (CommandLine serve = CommandLine.start(kernel, folder, "serve", "--config", file.toString(), "--http",
                "80")) {
            serve.awaitOutput("on tap:mr0, tap:mr1@" + other.name() + " is ready");
            assertThat(run("curl", "-sS", "--max-time", "20", "http://10.77.0.2/")).startsWith("Hello");
            assertThat(runOther("curl", "-sS", "--max-time", "20", "http://10.78.0.2/")).startsWith("Hello");
            final Path observed;
            try (var files = Files.list(folder.resolve("seen"))) {
                observed = files.filter(each -> each.toString().endsWith(".stack")).findFirst().orElseThrow();
            }
            try (CommandLine routes = CommandLine.startHere(folder, "routes", "--file", observed.toString())) {
                assertThat(routes.exitCode(30)).isZero();
                assertThat(routes.output().lines()).anyMatch(
                        line -> line.contains("10.78.0.2/24") && line.endsWith("tap:mr1@" + other.name()));
            }
            serve.process.destroy();
            assertThat(serve.exitCode(20)).isEqualTo(143);
        }
    }

    @Test
    void shouldShowWhichLinkLeadsToThePeerOfAConnection(@TempDir final Path folder) throws Exception {
        launchBoth("millrace.observe.directory = \"" + folder.resolve("seen") + '"', STATIC);
        serve(7, EchoHandler::new);
        final Socket first = connectFromKernel(7);
        try (Socket second = other.call(() -> new Socket(SECOND, 7))) {
            assertThat(stack.connections()).hasSize(2);
            final String[] command = {"connections", "--file", folder.resolve("seen").toString(), "--port"};
            assertThat(printed(folder, command, first.getLocalPort(), "--json"))
                    .contains("\"remote-address\":\"10.77.0.1\"", "\"link\":0,");
            assertThat(printed(folder, command, first.getLocalPort())).contains("ESTABLISHED").doesNotContain(" link:");
            assertThat(printed(folder, command, second.getLocalPort(), "--json"))
                    .contains("\"remote-address\":\"10.78.0.1\"", "\"link\":1,");
            assertThat(printed(folder, command, second.getLocalPort())).contains("ESTABLISHED", " link:1 ");
        }
    }

    private static String printed(final Path folder, final String[] command, final int port, final String... options)
            throws Exception {
        final List<String> arguments = new ArrayList<>(List.of(command));
        arguments.add(Integer.toString(port));
        arguments.addAll(List.of(options));
        try (CommandLine asked = CommandLine.startHere(folder, arguments.toArray(new String[0]))) {
            assertThat(asked.exitCode(30)).as(asked.errors()).isZero();
            return asked.output();
        }
    }

    private void connectsTo(final NetworkNamespace namespace, final String address, final String from)
            throws Exception {
        try (ServerSocket server = namespace.call(() -> new ServerSocket(0, 5, InetAddress.ofLiteral(address)))) {
            server.setSoTimeout(20_000);
            final ChannelProbe probe = new ChannelProbe();
            connectFromStack(address, server.getLocalPort(), probe).syncUninterruptibly();
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getInetAddress()).isEqualTo(InetAddress.ofLiteral(from));
            }
            probe.channel().close();
        }
    }

    private static String[] fetch(final String address) {
        return new String[]{"sh", "-c",
                "curl -gsS --max-time 50 'http://" + address + "/bytes/20000000' | sha256sum"};
    }

    private void launchBoth(final String settings, final String second) throws Exception {
        launch(settings, second, open(settings, second));
    }

    private void launch(final String settings, final String second, final PacketDevice[] devices) throws Exception {
        mac = "%012x".formatted(devices[0].queue(0).capabilities().macAddress()).replaceAll("(..)(?=.)", "$1:");
        stack = Millrace.builder(config(settings, second)).device(devices[0]).device(1, devices[1]).launch();
        group = new MillraceEventLoopGroup(stack, new DefaultThreadFactory("millrace-loop"));
    }

    private PacketDevice[] open(final String settings, final String second) throws Exception {
        final MillraceConfig config = config(settings, second);
        final PacketDevice[] devices = {kernel.call(() -> open(config)), other.call(() -> open(config.link(1)))};
        run("ip", "-6", "address", "add", "fd77::1/64", "dev", "mr0", "nodad");
        runOther("ip", "-6", "address", "add", "fd78::1/64", "dev", "mr1", "nodad");
        return devices;
    }

    private static PacketDevice open(final MillraceConfig port) throws Exception {
        return DeviceOpener.discover().open(port.get(PortKeys.DEVICE), port.deviceRequest());
    }

    private static MillraceConfig config(final String settings, final String second) {
        return MillraceConfig.parse("""
                millrace.port { device = "tap:mr0", host-address = "10.77.0.1/24" }
                millrace.ip.addresses = ["10.77.0.2/24", "fd77::2/64"]
                millrace.ports = [{ device = "tap:mr1", host-address = "10.78.0.1/24", mtu = 1400, %s }]
                millrace.ipv6.dad-transmits = 0
                %s
                """.formatted(second, settings));
    }

    private String runOther(final String... command) throws Exception {
        requireTool(command[0]);
        final NetworkNamespace.Output output = other.exec(command);
        assertThat(output.exitCode()).as(String.join(" ", command) + ": " + output.text()).isZero();
        return output.text();
    }
}
