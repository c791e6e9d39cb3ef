package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.linux.Errno;
import java.io.IOException;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TunDeviceTest {
    private static final int IPV6 = 0x86DD;
    private static final int POLLS = 10_000;
    private static final int MTU = 1_500;

    @Test
    void shouldBeFoundByItsScheme() {
        assertThat(ServiceLoader.load(PacketDeviceProvider.class).stream().map(ServiceLoader.Provider::get))
                .filteredOn(provider -> provider.scheme().equals("tun")).singleElement()
                .satisfies(provider -> assertThat(provider.usage()).startsWith("tun:NAME"));
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldSetUpTheHostsSideInTheNamespaceThatIsNamed() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = new TunDeviceProvider()
                        .open(request("tun0@" + namespace.name(), 1, "10.9.8.1/20", 1_400))) {
            assertThat(namespace.exec("ip", "-o", "-4", "addr", "show", "tun0").text()).contains("inet 10.9.8.1/20");
            assertThat(namespace.exec("ip", "-4", "route", "show", "dev", "tun0").text()).contains("10.9.0.0/20");
            assertThat(namespace.exec("ip", "-d", "link", "show", "tun0").text()).contains("mtu 1400", "NOARP",
                    "tun type tun");
            assertThat(device.name()).isEqualTo("tun:tun0@" + namespace.name());
            final PortCapabilities capabilities = device.queue(0).capabilities();
            assertThat(capabilities.linkLayer()).isFalse();
            assertThat(capabilities.macAddress()).isZero();
            assertThat(capabilities.maxVirtualSegment()).isEqualTo(65_535);
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldGiveTheHostAnAddressOfIpv6() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tun0", 1, "fd09::8:1/72", MTU))) {
            assertThat(namespace.exec("ip", "-o", "-6", "addr", "show", "tun0").text()).contains("inet6 fd09::8:1/72");
            assertThat(device.queues()).isEqualTo(1);
        }
    }

    /** Linux looks at the first four bits of what is written. */
    @Test
    @RequiresNetworkNamespaces
    void shouldCarryPacketsOfBothFamiliesAndCountWhatIsOfNone() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tun0", 1, "10.9.8.1/24", MTU))) {
            final PacketPort port = device.queue(0);
            final PacketSocket kernel = namespace.call(() -> new PacketSocket("tun0", IPV6));
            assertThat(send(port, 0x60)).isEqualTo(1);
            assertThat(port.dropped()).isZero();
            byte[] received = kernel.receive();
            for (int poll = 0; received != null && received.length != 40 + 3 && poll < POLLS; poll++) {
                received = kernel.receive();
            }
            assertThat(received).hasSize(40 + 3).startsWith(0x60);
            assertThat(send(port, 0x30)).isEqualTo(1);
            assertThat(port.dropped()).isEqualTo(1);
            kernel.close();
        }
    }

    /** What follows an Ethernet header's addresses in a TAP lies within the IP header here. */
    @Test
    @RequiresNetworkNamespaces
    void shouldTakeNoBytesOfAPacketForAVlanTag() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tun0", 1, "10.9.8.1/24", MTU))) {
            final PacketPort port = device.queue(0);
            final long[] frames = {port.acquire()};
            Frame.dataOffset(frames[0], Frame.IP_OFFSET);
            final long data = Frame.data(frames[0]);
            Memory.zero(data, MTU + 4);
            Memory.putByte(data, 0x45);
            Memory.putShortBE(data + 12, 0x8100);
            Frame.length(frames[0], MTU + 4);
            assertThat(port.transmit(frames, 0, 1, 0)).isEqualTo(1);
            assertThat(port.dropped()).isEqualTo(1);
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldOpenSeveralQueues() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tun0", 3, "10.0.0.1/24", MTU))) {
            assertThat(device.queues()).isEqualTo(3);
            for (int queue = 0; queue < 3; queue++) {
                assertThat(send(device.queue(queue), 0x60)).isEqualTo(1);
                assertThat(device.queue(queue).dropped()).isZero();
            }
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldCountOnceAndGoOnWhenTheInterfaceIsGone() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace();
                PacketDevice device = open(namespace, request("tun0", 1, "10.0.0.1/24", MTU))) {
            assertThat(namespace.exec("ip", "link", "del", "tun0").exitCode()).isZero();
            final PacketPort port = device.queue(0);
            final long[] frames = new long[8];
            for (int turn = 0; turn < 100; turn++) {
                assertThat(port.receive(frames, 0, 8, 0)).isZero();
            }
            assertThat(port.dropped()).isEqualTo(1);
            assertThat(send(port, 0x60)).isEqualTo(1);
            assertThat(port.dropped()).isEqualTo(2);
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldSayThatTheNameBelongsToATapAndLeaveNothingBehind() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            assertThat(namespace.exec("ip", "tuntap", "add", "tap7", "mode", "tap").exitCode()).isZero();
            final long bytes = MemoryRegion.bytesInUse();
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> open(namespace, request("tap7", 1, null, MTU)))
                    .withMessageStartingWith("cannot attach to TUN tap7: EINVAL")
                    .withMessageContaining("another kind");
            assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
        }
    }

    @Test
    void shouldSayWhatToDo() {
        assertThat(TapFailure.onAttach(TunKind.TUN, "tun0", Errno.EPERM)).contains("TUN tun0", "unshare -Urn",
                "ip tuntap add NAME mode tun");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> TapDevice.open(TunKind.TUN, request("tun0", 1, "10.0.0.1", MTU)))
                .withMessageStartingWith("host address of tun:tun0: ");
    }

    /** A packet of one version or another, with three bytes of nothing known. */
    private static int send(final PacketPort port, final int firstByte) {
        final long[] frames = {port.acquire()};
        Frame.dataOffset(frames[0], Frame.IP_OFFSET);
        Memory.zero(Frame.data(frames[0]), 40 + 3);
        Memory.putByte(Frame.data(frames[0]), firstByte);
        Frame.length(frames[0], 40 + 3);
        return port.transmit(frames, 0, 1, 0);
    }

    private static DeviceRequest request(final String name, final int queues, final @Nullable String hostAddress,
            final int mtu) {
        return new DeviceRequest(name, mtu, queues, 16, true, true, hostAddress);
    }

    private static PacketDevice open(final NetworkNamespace namespace, final DeviceRequest request) throws Exception {
        return namespace.call(() -> new TunDeviceProvider().open(request));
    }
}
