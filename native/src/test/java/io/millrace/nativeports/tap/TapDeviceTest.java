package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinkAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TapDeviceTest {
    @Test
    void shouldBeFoundByItsScheme() {
        final Stream<PacketDeviceProvider> providers = ServiceLoader.load(PacketDeviceProvider.class).stream()
                .map(ServiceLoader.Provider::get);
        assertThat(providers).filteredOn(provider -> provider.scheme().equals("tap")).singleElement()
                .satisfies(provider -> assertThat(provider.usage()).startsWith("tap:NAME"));
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldSetUpTheHostsSide() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            final PacketDevice device = open(namespace, request("tap0", 1, "10.9.8.1/20", 1_400));
            final String addresses = namespace.exec("ip", "-o", "-4", "addr", "show", "tap0").text();
            final String link = namespace.exec("ip", "-o", "link", "show", "tap0").text();
            assertThat(addresses).contains("inet 10.9.8.1/20");
            assertThat(link).contains("mtu 1400", "qlen 4096").containsPattern("<.*\\bUP\\b.*>");
            assertThat(device.name()).isEqualTo("tap:tap0");
            device.close();
            assertThat(namespace.exec("ip", "link", "show", "tap0").exitCode()).as("gone with us").isNotZero();
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldGiveTheHostAnAddressOfIpv6() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tap0", 1, "fd09::8:1/72", 1_400))) {
            assertThat(namespace.exec("ip", "-o", "-6", "addr", "show", "tap0").text())
                    .contains("inet6 fd09::8:1/72");
            assertThat(namespace.exec("ip", "-o", "link", "show", "tap0").text()).containsPattern("<.*\\bUP\\b.*>");
            assertThat(device.queues()).isEqualTo(1);
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldLiveInTheNamespaceThatIsNamed() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = new TapDeviceProvider()
                        .open(request("tap0@" + namespace.name(), 1, "10.9.8.1/20", 1_400))) {
            assertThat(namespace.exec("ip", "-o", "-4", "addr", "show", "tap0").text()).contains("inet 10.9.8.1/20");
            assertThat(device.name()).isEqualTo("tap:tap0@" + namespace.name());
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldSayThatTheNamespaceIsMissing() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new TapDeviceProvider().open(request("tap0@no-such", 1, null, 1_500)))
                .withMessage("cannot open the network namespace no-such: ENOENT (no such file or directory); make it"
                        + " with `ip netns add no-such`");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new TapDeviceProvider().open(request("tap0@", 1, null, 1_500)))
                .withMessageStartingWith("the network namespace has no name");
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldLeaveTheHostsSideAloneUnlessAsked() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tap0", 1, null, 1_500))) {
            assertThat(device.queues()).isEqualTo(1);
            assertThat(namespace.exec("ip", "-o", "link", "show", "tap0").text()).contains("state DOWN");
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldHaveAnAddressOfItsOwn() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tap0", 1, null, 1_500))) {
            final long ours = device.queue(0).capabilities().macAddress();
            final String link = namespace.exec("ip", "-o", "link", "show", "tap0").text().replace(":", "");
            assertThat(link).doesNotContain(String.format("%012x", ours));
            assertThat(ours).isEqualTo(LinkAddress.of("tap0"));
        }
    }

    @Test
    void shouldMakeStableLocalAddresses() {
        assertThat(LinkAddress.of("tap0", "a")).isEqualTo(LinkAddress.of("tap0", "a"))
                .isNotEqualTo(LinkAddress.of("tap1", "a")).isNotEqualTo(LinkAddress.of("tap0", "b"));
        assertThat(LinkAddress.of("tap0", "a") >>> 40).isEqualTo(0x02);
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldOpenSeveralQueues() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tap0", 3, "10.0.0.1/24", 1_500))) {
            assertThat(device.queues()).isEqualTo(3);
            assertThat(device.queue(0)).isNotSameAs(device.queue(2));
            final long[] frames = {device.queue(2).acquire()};
            Frame.length(frames[0], 60);
            assertThat(device.queue(2).transmit(frames, 0, 1, 0)).isEqualTo(1);
            assertThat(device.queue(2).dropped()).isZero();
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldAttachToAPersistentDevice() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            assertThat(namespace.exec("ip", "tuntap", "add", "tap7", "mode", "tap").exitCode()).isZero();
            open(namespace, request("tap7", 1, null, 1_500)).close();
            assertThat(namespace.exec("ip", "link", "show", "tap7").exitCode()).isZero();
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldSayThatADeviceIsBusyAndLeaveNothingBehind() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tap0", 1, null, 1_500))) {
            final long bytes = MemoryRegion.bytesInUse();
            final long descriptors = openDescriptors();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> open(namespace, request("tap0", 1, null, 1_500)))
                    .withMessage("cannot attach to TAP tap0: EBUSY (device or resource busy); another program has it"
                            + " open, so stop that or use another name");
            assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
            assertThat(openDescriptors()).isEqualTo(descriptors);
            assertThat(device.queues()).isEqualTo(1);
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldLeaveNothingBehindWhenItIsClosed() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            final long bytes = MemoryRegion.bytesInUse();
            final long descriptors = openDescriptors();
            final PacketDevice device = open(namespace, request("tap0", 1, null, 1_500));
            assertThat(openDescriptors()).isGreaterThan(descriptors);
            device.close();
            assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
            assertThat(openDescriptors()).isEqualTo(descriptors);
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldLeaveNothingBehindWhenTheHostCannotBeSetUp() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            final long bytes = MemoryRegion.bytesInUse();
            final long descriptors = openDescriptors();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> open(namespace, request("tap0", 1, "240.0.0.1/24", 70_000)))
                    .withMessage("cannot set the MTU 70000 of tap0: EINVAL (invalid argument)");
            assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
            assertThat(openDescriptors()).isEqualTo(descriptors);
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldBeAvailableWhereNamespacesAre() {
        assertThat(new TapDeviceProvider().unavailabilityCause()).isNull();
    }

    @Test
    void shouldRefuseANameThatIsTooLong() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> TapDevice.open(TunKind.TAP, request("sixteencharacter", 1, null, 1_500)))
                .withMessage("interface name \"sixteencharacter\" has 16 bytes; give it 1 to 15");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "tap%d", "a b", "..", "a:b"})
    void shouldRefuseNamesThatLinuxForbids(final String name) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> TapDevice.open(TunKind.TAP, request(name, 1, null, 1_500)))
                .withMessageContaining("forbids");
    }

    @Test
    void shouldRefuseAHostAddressThatIsNone() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> TapDevice.open(TunKind.TAP, request("tap0", 1, "10.0.0.1", 1_500)))
                .withMessage("host address of tap:tap0: \"10.0.0.1\" is no IPv4 address with prefix such as"
                        + " 10.0.0.1/24");
    }

    @Test
    void shouldSayWhatToDoAboutMissingRights() {
        assertThat(TapFailure.onAttach(TunKind.TAP, "tap0", Errno.EPERM)).contains("EPERM", "root", "unshare -Urn",
                "ip tuntap");
        assertThat(TapFailure.onOpen(Errno.ENOENT)).contains("/dev/net/tun", "modprobe tun");
        assertThat(TapFailure.onOpen(Errno.EACCES)).contains("EACCES", "root");
    }

    private static DeviceRequest request(final String name, final int queues, final @Nullable String hostAddress,
            final int mtu) {
        return new DeviceRequest(name, mtu, queues, 16, true, true, hostAddress);
    }

    private static PacketDevice open(final NetworkNamespace namespace, final DeviceRequest request) throws Exception {
        return namespace.call(() -> new TapDeviceProvider().open(request));
    }

    /** Descriptors of TAP devices, of sockets and of BPF programs and maps that this process has open. */
    private static long openDescriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(TapDeviceTest::isOfADevice).count();
        }
    }

    private static boolean isOfADevice(final Path descriptor) {
        try {
            final String target = Files.readSymbolicLink(descriptor).toString();
            return target.equals("/dev/net/tun") || target.startsWith("socket:")
                    || target.startsWith("anon_inode:bpf");
        } catch (final IOException e) {
            return false;
        }
    }
}
