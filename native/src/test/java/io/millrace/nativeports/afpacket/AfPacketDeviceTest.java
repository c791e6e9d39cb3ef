package io.millrace.nativeports.afpacket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinkAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AfPacketDeviceTest {
    @Test
    void shouldBeFoundByItsScheme() {
        final Stream<PacketDeviceProvider> providers = ServiceLoader.load(PacketDeviceProvider.class).stream()
                .map(ServiceLoader.Provider::get);
        assertThat(providers).filteredOn(provider -> provider.scheme().equals("af-packet")).singleElement()
                .satisfies(provider -> assertThat(provider.usage()).startsWith("af-packet:IF"));
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldBeAvailableWhereNamespacesAre() {
        assertThat(new AfPacketDeviceProvider().unavailabilityCause()).isNull();
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldLeaveTheInterfaceAsItWas() throws Exception {
        try (VethPair pair = new VethPair(1_500)) {
            final String before = link(pair);
            final PacketDevice device = pair.open(request(VethPair.OURS));
            assertThat(device.name()).isEqualTo("af-packet:ours0");
            assertThat(pair.ours.run("ip", "-d", "link", "show", VethPair.OURS))
                    .as("lets in another address").doesNotContain("promiscuity 0");
            device.close();
            device.close();
            assertThat(link(pair)).isEqualTo(before).contains("promiscuity 0", "allmulti 0");
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldLiveInTheNamespaceThatIsNamed() throws Exception {
        try (VethPair pair = new VethPair(1_500);
                PacketDevice device = new AfPacketDeviceProvider()
                        .open(request(VethPair.OURS + "@" + pair.ours.name()))) {
            assertThat(device.name()).isEqualTo("af-packet:ours0@" + pair.ours.name());
            assertThat(device.queues()).isEqualTo(1);
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldHaveTheAddressThatIsAskedFor() throws Exception {
        try (VethPair pair = new VethPair(1_500)) {
            final long theirs = LinkAddress.parse(
                    pair.ours.run("cat", "/sys/class/net/" + VethPair.OURS + "/address").strip());
            final long own = addressOf(pair, VethPair.OURS);
            assertThat(own).isNotEqualTo(theirs).isEqualTo(addressOf(pair, VethPair.OURS));
            assertThat(own >>> 40).as("locally administered").isEqualTo(0x02);
            assertThat(addressOf(pair, VethPair.OURS + ",mac=interface")).isEqualTo(theirs);
            assertThat(addressOf(pair, VethPair.OURS + ",mac=02:00:00:00:00:07")).isEqualTo(0x02_00_00_00_00_07L);
        }
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldLetInEverythingWhereItIsToldTo() throws Exception {
        try (VethPair pair = new VethPair(1_500)) {
            try (PacketDevice device = pair.open(request(VethPair.OURS + ",mac=own,filter=none"))) {
                assertThat(device.queues()).isEqualTo(1);
                assertThat(pair.ours.run("ip", "-d", "link", "show", VethPair.OURS))
                        .contains("promiscuity 1");
            }
            assertThat(link(pair)).contains("promiscuity 0");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "ours0,filter=all|\"filter=all\" of a packet socket must be filter=none or filter=address",
            "|interface name \"\" has 0 bytes",
            "sixteencharacter|interface name \"sixteencharacter\" has 16 bytes",
            "eth0,queue=1|\"queue=1\" is no option of a packet socket; the form is IF[@NAMESPACE][,mac=",
            "eth0,mac=x|\"x\" is no address of a host such as 02:00:00:00:00:07, nor \"interface\"",
            "eth0,mac=01:00:5e:00:00:01|\"01:00:5e:00:00:01\" is no address of a host"})
    void shouldRefuseWhatIsNoInterface(final String argument, final String message) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AfPacketDevice.open(request(argument == null ? "" : argument)))
                .withMessageStartingWith(message);
    }

    @Test
    @RequiresNetworkNamespaces
    void shouldSayWhyAnInterfaceCannotBeUsedAndLeaveNothingBehind() throws Exception {
        try (VethPair pair = new VethPair(1_400)) {
            final long bytes = MemoryRegion.bytesInUse();
            final long descriptors = openSockets();
            refused(pair, request("no-such"), "cannot find no-such: ENODEV (no such device)");
            refused(pair, request("lo"),
                    "lo is no Ethernet interface; use one that has a link-layer address (`ip link`)");
            refused(pair, request(VethPair.OURS), "the MTU of ours0 is 1400, less than the stack's 1500; set"
                    + " millrace.port.mtu = 1400, or `ip link set ours0 mtu 1500`");
            refused(pair, new DeviceRequest(VethPair.OURS, 1_400, 1, 16, true, false, "10.0.0.1/24"),
                    "a host address is for a"
                            + " TAP: af-packet:ours0 does not reach the kernel of its own interface; leave"
                            + " millrace.port.host-address out");
            assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
            assertThat(openSockets()).isLessThanOrEqualTo(descriptors);
        }
    }

    /** A group has 256 sockets at the most: the last queue cannot join, so all are given back. Linux takes its time. */
    @Test
    @RequiresNetworkNamespaces
    void shouldLeaveNothingBehindWhereAQueueCannotBeOpened() throws Exception {
        try (VethPair pair = new VethPair(1_500)) {
            final long bytes = MemoryRegion.bytesInUse();
            final long descriptors = openSockets();
            final Future<?> opening = pair.ours.submit(() -> AfPacketDevice
                    .open(new DeviceRequest(VethPair.OURS, 1_500, 257, 16, true, false, null)));
            assertThatThrownBy(opening::get).hasCauseInstanceOf(IOException.class);
            assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
            assertThat(openSockets()).isLessThanOrEqualTo(descriptors);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    @RequiresNetworkNamespaces
    void shouldOpenAndCloseQueues(final int queues) throws Exception {
        try (VethPair pair = new VethPair(1_500)) {
            final long descriptors = openSockets();
            for (int i = 0; i < 3; i++) {
                final PacketDevice device = pair
                        .open(new DeviceRequest(VethPair.OURS, 1_500, queues, 16, true, false, null));
                assertThat(device.queues()).isEqualTo(queues);
                device.close();
            }
            assertThat(openSockets()).isLessThanOrEqualTo(descriptors);
        }
    }

    @Test
    void shouldSayWhatToDoAboutMissingRights() {
        assertThat(AfPacketFailure.onSocket(Errno.EPERM)).contains("EPERM", "root", "CAP_NET_RAW", "unshare -Urn");
        assertThat(AfPacketFailure.onSocket(Errno.EAFNOSUPPORT)).contains("modprobe af_packet");
        assertThat(AfPacketFailure.onRing("af-packet:eth0", Errno.ENOMEM, 3 << 20)).isEqualTo(
                "cannot make a ring of 3 MiB for af-packet:eth0: ENOMEM (out of memory); lower millrace.port.frames");
    }

    private static void refused(final VethPair pair, final DeviceRequest request, final String message) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> pair.open(request)).withMessage(message);
    }

    private static long addressOf(final VethPair pair, final String argument) throws Exception {
        try (PacketDevice device = pair.open(request(argument))) {
            return device.queue(0).capabilities().macAddress();
        }
    }

    private static String link(final VethPair pair) throws IOException {
        return pair.ours.run("ip", "-d", "link", "show", VethPair.OURS);
    }

    private static DeviceRequest request(final String argument) {
        return VethPair.request(argument, 1_500, 1, true, null);
    }

    private static long openSockets() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(AfPacketDeviceTest::isSocket).count();
        }
    }

    private static boolean isSocket(final Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (final IOException e) {
            return false;
        }
    }
}
