package io.millrace.nativeports.afxdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.nativeports.afpacket.VethPair;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.MacOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AfXdpDeviceTest {
    @Test
    void shouldBeFoundByItsScheme() {
        final Stream<PacketDeviceProvider> providers = ServiceLoader.load(PacketDeviceProvider.class).stream()
                .map(ServiceLoader.Provider::get);
        assertThat(providers).filteredOn(provider -> provider.scheme().equals("af-xdp")).singleElement()
                .satisfies(provider -> assertThat(provider.usage()).startsWith("af-xdp:IF"));
    }

    @Test
    void shouldReadItsOptionsInAnyOrder() throws IOException {
        assertThat(AfXdpSpec.parse("eth0")).isEqualTo(new AfXdpSpec("eth0", null, 0, MacOption.OWN,
                AfXdpSpec.Mode.AUTO, AfXdpSpec.Copy.AUTO, false, 0));
        assertThat(AfXdpSpec.parse("eth0@ns,copy=zero-copy,mac=interface,queue=3,busy-poll=20,mode=generic,groups=all"))
                .isEqualTo(new AfXdpSpec("eth0", "ns", 3, MacOption.OF_INTERFACE, AfXdpSpec.Mode.GENERIC,
                        AfXdpSpec.Copy.ZERO_COPY, true, 20));
        assertThat(AfXdpSpec.parse("eth0,mac=02:00:00:00:00:07").addressBeside(1)).isEqualTo(0x02_00_00_00_00_07L);
        assertThat(AfXdpSpec.parse("eth0").addressBeside(1) >>> 40).as("locally administered").isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "|interface name \"\" has 0 bytes; give one of `ip link` as IF[@NAMESPACE][,queue=N]",
            "sixteencharacter|interface name \"sixteencharacter\" has 16 bytes",
            "eth0,speed=1|\"speed=1\" is no option of an AF_XDP socket; the form is IF[@NAMESPACE][,queue=N][,mac=",
            "eth0,queue|\"queue\" is no option of an AF_XDP socket",
            "eth0,|\"\" is no option of an AF_XDP socket",
            "eth0,queue=1,queue=2|option queue is given twice",
            "eth0,queue=x|queue=x: give a whole number from 0 to 4095",
            "eth0,queue=4096|queue=4096: give a whole number from 0 to 4095",
            "eth0,mode=fast|mode=fast: give one of auto, driver, generic",
            "eth0,copy=|copy=: give one of auto, zero-copy, copy",
            "eth0,mac=01:00:5e:00:00:01|\"01:00:5e:00:00:01\" is no address of a host"})
    void shouldRefuseWhatItDoesNotUnderstand(final String argument, final String message) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> AfXdpDevice.open(request(argument == null ? "" : argument)))
                .withMessageStartingWith(message);
    }

    @Test
    @RequiresAfXdp
    void shouldLeaveTheInterfaceAsItWas() throws Exception {
        try (VethPair pair = new VethPair(1_500)) {
            final PacketDevice device = open(pair, request(VethPair.OURS));
            assertThat(link(pair)).contains("xdp").doesNotContain("promiscuity 0");
            device.close();
            device.close();
            assertThat(link(pair)).doesNotContain("xdp").contains("promiscuity 0", "allmulti 0");
        }
    }

    @Test
    @RequiresAfXdp
    void shouldLiveInTheNamespaceThatIsNamed() throws Exception {
        try (VethPair pair = new VethPair(1_500);
                PacketDevice device = new AfXdpDeviceProvider()
                        .open(request(VethPair.OURS + "@" + pair.ours.name()))) {
            assertThat(device.name()).startsWith("af-xdp:ours0@" + pair.ours.name());
            assertThat(device.queues()).isEqualTo(1);
        }
    }

    @Test
    @RequiresAfXdp
    void shouldSayWhyAnInterfaceCannotBeUsedAndLeaveNothingBehind() throws Exception {
        try (VethPair pair = new VethPair(1_400)) {
            final long bytes = MemoryRegion.bytesInUse();
            final long descriptors = descriptors();
            refused(pair, request("no-such"), "cannot find no-such: ENODEV (no such device)");
            refused(pair, request("lo"),
                    "lo is no Ethernet interface; use one that has a link-layer address (`ip link`)");
            refused(pair, request(VethPair.OURS), "the MTU of ours0 is 1400, less than the stack's 1500; set"
                    + " millrace.port.mtu = 1400, or `ip link set ours0 mtu 1500`");
            refused(pair, new DeviceRequest(VethPair.OURS + ",queue=1", 1_400, 1, 16, true, false, null),
                    "ours0 has 1 queue, counted from 0: no queue 1; change queue=, or `ethtool -L ours0 rx 2`");
            refused(pair, new DeviceRequest(VethPair.OURS + ",copy=zero-copy", 1_400, 1, 16, true, false, null),
                    "cannot bind to queue 0 of af-xdp:ours0,copy=zero-copy: EOPNOTSUPP (operation not supported); the"
                            + " driver does no zero-copy: leave copy=zero-copy out");
            refused(pair, new DeviceRequest(VethPair.OURS, 1_400, 1, 16, true, false, "10.0.0.1/24"),
                    "a host address is for a"
                            + " TAP: af-xdp:ours0 does not reach the kernel of its own interface; leave"
                            + " millrace.port.host-address out");
            assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
            assertThat(descriptors()).isEqualTo(descriptors);
            assertThat(link(pair)).doesNotContain("xdp");
        }
    }

    /** Memory of no bytes is refused: of the queue; of frames for what is no chunk, which are half as many, rounded down. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @RequiresAfXdp
    void shouldLeaveNothingBehindWhereMemoryLacks(final int frames) throws Exception {
        try (VethPair pair = new VethPair(9_000)) {
            final long bytes = MemoryRegion.bytesInUse();
            final long descriptors = descriptors();
            final DeviceRequest request = new DeviceRequest(VethPair.OURS, 9_000, 1, frames, true, false, null);
            assertThatIllegalArgumentException().isThrownBy(() -> open(pair, request))
                    .withMessageContaining(frames == 0 ? "queue 0" : "large frames");
            assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
            assertThat(descriptors()).isEqualTo(descriptors);
            assertThat(link(pair)).doesNotContain("xdp");
        }
    }

    @Test
    @RequiresAfXdp
    void shouldRefuseAnInterfaceThatHasAProgram() throws Exception {
        try (VethPair pair = new VethPair(1_500); PacketDevice first = open(pair, request(VethPair.OURS))) {
            assertThat(first.queues()).isEqualTo(1);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> open(pair, request(VethPair.OURS)))
                    .withMessageContaining("EBUSY").withMessageContaining("another program is there");
        }
    }

    @Test
    @RequiresAfXdp
    void shouldOpenTheQueuesThatThereAre() throws Exception {
        try (VethPair pair = new VethPair(1_500);
                PacketDevice device = open(pair, VethPair.request(VethPair.OURS, 1_500, 3, true, null))) {
            assertThat(device.queues()).isEqualTo(1);
        }
    }

    @Test
    void shouldSayWhatToDoAboutMissingRights() {
        assertThat(AfXdpFailure.onSocket(Errno.EPERM)).contains("EPERM", "root", "CAP_NET_RAW", "CAP_BPF");
        assertThat(AfXdpFailure.onMap(Errno.EPERM)).contains("EPERM", "root", "CAP_BPF");
        assertThat(AfXdpFailure.onSocket(Errno.EAFNOSUPPORT)).contains("CONFIG_XDP_SOCKETS", "af-packet");
        assertThat(AfXdpFailure.onUmem("af-xdp:eth0", Errno.ENOBUFS, 3 << 20)).contains("3 MiB", "ulimit -l");
    }

    private static PacketDevice open(final VethPair pair, final DeviceRequest request) throws Exception {
        return pair.ours.call(() -> AfXdpDevice.open(request));
    }

    private static void refused(final VethPair pair, final DeviceRequest request, final String message) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> open(pair, request)).withMessage(message);
    }

    private static String link(final VethPair pair) throws IOException {
        return pair.ours.run("ip", "-d", "link", "show", VethPair.OURS);
    }

    private static DeviceRequest request(final String argument) {
        return VethPair.request(argument, 1_500, 1, true, null);
    }

    /** Sockets, programs, maps and links that are open. */
    private static long descriptors() throws IOException {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(AfXdpDeviceTest::isOurs).count();
        }
    }

    private static boolean isOurs(final Path descriptor) {
        try {
            final String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("socket:") || target.contains("bpf");
        } catch (final IOException e) {
            return false;
        }
    }
}
