package io.millrace.nativeports;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.nativeports.afpacket.AfPacketDeviceProvider;
import io.millrace.nativeports.tap.TapDeviceProvider;
import io.millrace.nativeports.tap.TunDeviceProvider;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is known of ports on interfaces of the kernel before they are opened. */
@RequiresNetworkNamespaces
@Timeout(60)
class ExaminationTest {
    private static final long POLL_NS = 1_000_000;

    private final TapDeviceProvider taps = new TapDeviceProvider();
    private final TunDeviceProvider tuns = new TunDeviceProvider();
    private final AfPacketDeviceProvider sockets = new AfPacketDeviceProvider();
    private NetworkNamespace namespace;

    @BeforeEach
    void makeNamespace() throws IOException {
        namespace = new NetworkNamespace();
    }

    @AfterEach
    void removeNamespace() {
        namespace.close();
    }

    private DeviceRequest request(final String name, final String options) {
        return new DeviceRequest(name + '@' + namespace.name() + options, 1_500, 1, 16, true, false, null);
    }

    private List<String> examine(final PacketDeviceProvider provider, final String name, final String options)
            throws IOException {
        return provider.examine(request(name, options)).stream()
                .map(finding -> finding.weight() + ": " + finding.what()).toList();
    }

    /** The kernel tells of a carrier a moment later: waits, within the timeout of the test, until it has. */
    private void awaitExamination(final PacketDeviceProvider provider, final String name, final String... expected)
            throws IOException {
        while (!examine(provider, name, "").equals(List.of(expected))) {
            LockSupport.parkNanos(POLL_NS);
        }
    }

    @Test
    void shouldFindNothingAgainstATapThatIsToBeMadeOrIsFree() throws IOException {
        assertThat(examine(taps, "t0", "")).isEmpty();
        namespace.run("ip", "tuntap", "add", "t0", "mode", "tap");
        assertThat(examine(taps, "t0", "")).isEmpty();
        namespace.run("ip", "link", "set", "t0", "up");
        awaitExamination(taps, "t0");
    }

    @Test
    void shouldFindAnInterfaceOfAnotherKind() throws IOException {
        namespace.run("ip", "tuntap", "add", "t0", "mode", "tap");
        namespace.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        assertThat(examine(tuns, "t0", ""))
                .containsExactly("FATAL: t0 is there already, and is no TUN but of the driver"
                        + " tun tap");
        assertThat(tuns.examine(request("t0", ""))).extracting(PortFinding::remedy)
                .containsExactly("Use another name, or tap:t0");
        assertThat(examine(taps, "v0", ""))
                .containsExactly("FATAL: v0 is there already, and is no TAP but of the driver"
                        + " veth");
        assertThat(examine(taps, "lo", "")).hasSize(1);
    }

    @Test
    void shouldFindWhoHasATapOpen() throws Exception {
        final DeviceRequest own = new DeviceRequest("t0", 1_500, 1, 16, true, false, null);
        try (PacketDevice held = taps.open(request("t0", ""))) {
            namespace.run("ip", "link", "set", "t0", "up");
            assertThat(held.queues()).isEqualTo(1);
            awaitExamination(taps, "t0", "FATAL: another process has t0 open");
        }
        namespace.run("ip", "tuntap", "add", "t0", "mode", "tap");
        try (PacketDevice held = taps.open(request("t0", ""))) {
            namespace.run("ip", "link", "set", "t0", "up");
            assertThat(held.queues()).isEqualTo(1);
        }
        assertThat(examine(taps, "t0", "")).as("at once after its holder has left").isEmpty();
        namespace.run("ip", "link", "set", "t0", "down");
        final Process other = namespace.start("python3", "-c", """
                import fcntl, struct, sys
                tun = open("/dev/net/tun", "r+b", buffering=0)
                fcntl.ioctl(tun, 0x400454ca, struct.pack("16sH22x", b"t0", 0x5002))
                print("open", flush=True)
                sys.stdin.read()
                """);
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("open");
            assertThat(namespace.call(() -> taps.examine(own))).as("while it is down").extracting(PortFinding::what)
                    .singleElement().asString().matches("process [0-9]+ \\(python3[0-9.]*\\) has t0 open");
        } finally {
            other.destroyForcibly();
            other.waitFor();
        }
    }

    @Test
    void shouldFindWhatAPacketSocketCannotUse() throws IOException {
        namespace.run("ip", "link", "add", "v0", "mtu", "1400", "type", "veth", "peer", "name", "v1");
        assertThat(examine(sockets, "nix", "")).containsExactly("FATAL: there is no interface nix");
        assertThat(examine(sockets, "lo", "")).containsExactly("FATAL: lo is no Ethernet interface");
        assertThat(examine(sockets, "v0", "")).contains("FATAL: the MTU of v0 is 1400, less than the stack's 1500",
                "HINDERING: v0 is down");
    }

    @Test
    void shouldFindAnInterfaceThatIsDownOrWithoutCarrier() throws IOException {
        namespace.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        assertThat(examine(sockets, "v0", "")).containsExactly("HINDERING: v0 is down");
        namespace.run("ip", "link", "set", "v0", "up");
        awaitExamination(sockets, "v0", "HINDERING: v0 has no carrier");
        namespace.run("ip", "link", "set", "v1", "up");
        awaitExamination(sockets, "v0");
    }

    @Test
    void shouldFindWhatTheKernelDoesWithTheSameAddress() throws IOException {
        namespace.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        namespace.run("ip", "link", "set", "v0", "up");
        namespace.run("ip", "link", "set", "v1", "up");
        namespace.run("sysctl", "-qw", "net.ipv6.conf.v0.disable_ipv6=0", "net.ipv4.conf.v0.forwarding=1");
        awaitExamination(sockets, "v0");
        assertThat(sockets.examine(request("v0", ",mac=interface"))).extracting(PortFinding::weight)
                .containsExactly(Weight.ADVICE, Weight.HINDERING);
        namespace.run("sysctl", "-qw", "net.ipv6.conf.v0.disable_ipv6=1", "net.ipv4.conf.v0.forwarding=0");
        assertThat(examine(sockets, "v0", ",mac=interface")).isEmpty();
    }
}
