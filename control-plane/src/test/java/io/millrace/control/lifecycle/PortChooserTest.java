package io.millrace.control.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.DeviceSpec;
import io.millrace.control.lifecycle.PortChooser.Wishes;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code auto} takes, on hosts made of files. */
class PortChooserTest {
    @TempDir
    private Path root;

    private final List<PacketDeviceProvider> providers = new ArrayList<>();
    private final List<DeviceSpec> tried = new ArrayList<>();
    private boolean linkLayer;
    private Set<String> taken = Set.of();
    private String eal = "";

    @BeforeEach
    void makeHost() throws IOException {
        write("thread/net/dev", "Inter-|   Receive\n face |bytes\n    lo: 1 2\n  eth0: 1 2\n");
        write("thread/status", "Name:\tjava\nUid:\t1000\t1000\t1000\t1000\n");
        write("sys/class/net/eth0/device/vendor", "0x8086");
        List.of("tap", "tun", "dpdk", "af-packet", "af-xdp", "pcap").forEach(scheme -> provide(scheme, null));
    }

    private void write(final String file, final String text) throws IOException {
        final Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    /** One that objects, or not; instead of what there was. */
    private void provide(final String scheme, final @Nullable String cause, final String... fatal) {
        providers.removeIf(provider -> provider.scheme().equals(scheme));
        providers.add(new Provider(scheme, cause, List.of(fatal)));
    }

    private PortChoice choose(final String asked, final String... failing) {
        final Wishes wishes = new Wishes(
                device -> new DeviceRequest(device.scheme().equals("dpdk") && device.argument().isEmpty()
                        ? eal
                        : device.argument(), 1_500, 1, 64, true, true, null),
                linkLayer, taken);
        return new PortChooser(providers, new HostPorts(root.resolve("thread"), root.resolve("sys")), wishes)
                .choose(DeviceSpec.parse(asked), device -> {
                    tried.add(device);
                    if (List.of(failing).contains(device.scheme())) {
                        throw new IOException(device + " says no");
                    }
                });
    }

    private static String reason(final PortChoice choice, final String name) {
        return choice.others().stream().filter(other -> other.name().equals(name)).findFirst().orElseThrow().reason();
    }

    @Test
    void shouldTakeATapOfTheNameOfAnInterfaceThatIsNone() {
        final PortChoice choice = choose("auto:mr7");

        assertThat(choice.picked()).hasToString("tap:mr7");
        assertThat(tried).hasSize(1);
        assertThat(choice.others()).extracting(PortChoice.Other::name).containsExactly("tun", "af-packet", "af-xdp",
                "dpdk", "pcap", "memory");
        assertThat(reason(choice, "tun")).isEqualTo("tap:mr7 comes first");
    }

    @Test
    void shouldTakeAnInterfaceThatIsThereByAfXdpWhereHardwareIsBehindIt() throws IOException {
        provide("tap", null, "eth0 is no TAP");
        provide("tun", null, "eth0 is no TUN");

        assertThat(choose("auto:eth0").picked()).hasToString("af-xdp:eth0");
        Files.delete(root.resolve("sys/class/net/eth0/device/vendor"));
        Files.delete(root.resolve("sys/class/net/eth0/device"));
        final PortChoice virtual = choose("auto:eth0");
        assertThat(virtual.picked()).hasToString("af-packet:eth0");
        assertThat(virtual.sentence())
                .startsWith("auto:eth0 takes af-packet:eth0; not tap: eth0 is no TAP; not tun: eth0 is"
                        + " no TUN; not af-xdp: af-packet:eth0 comes first; not dpdk: ");
    }

    @Test
    void shouldTryTheNextWhereOneCannotBeOpened() {
        provide("tap", "no /dev/net/tun");
        provide("tun", null, "eth0 is no TUN");

        final PortChoice choice = choose("auto:eth0", "af-xdp");

        assertThat(choice.picked()).hasToString("af-packet:eth0");
        assertThat(tried).extracting(DeviceSpec::toString).as("only what nothing is known against")
                .containsExactly("af-xdp:eth0", "af-packet:eth0");
        assertThat(reason(choice, "tap")).isEqualTo("no /dev/net/tun");
        assertThat(reason(choice, "af-xdp")).isEqualTo("af-xdp:eth0 says no");
        assertThat(choice.listing().lines()).first().asString().matches(" +af-packet +picked +af-packet:eth0");
    }

    @Test
    void shouldTakeNothingWhereNoneCanBeOpenedOnAnInterface() {
        final PortChoice choice = choose("auto:eth0", "tap", "tun", "af-xdp", "af-packet");

        assertThat(choice.picked()).isNull();
        assertThat(choice.sentence()).startsWith("auto:eth0 takes nothing; not tap: tap:eth0 says no; not tun: ");
        assertThat(reason(choice, "memory")).isEqualTo("nobody would be at its other end");
    }

    @Test
    void shouldTakeANicThatWasGivenToDpdk() throws IOException {
        write("sys/bus/pci/drivers/vfio-pci/0000:03:00.0/class", "0x020000");
        write("sys/bus/pci/drivers/vfio-pci/0000:01:00.0/class", "0x030000");

        assertThat(choose("auto").picked()).hasToString("dpdk:--allow=0000:03:00.0");
        assertThat(choose("auto", "dpdk").picked()).hasToString("tap:mr0");
    }

    @Test
    void shouldTakeDpdkAsItIsConfigured() {
        eal = "--no-huge --vdev=net_tap0";
        assertThat(choose("auto").picked()).hasToString("dpdk");
    }

    @Test
    void shouldTakeATapWithoutAName() throws IOException {
        final PortChoice choice = choose("auto");
        assertThat(choice.picked()).hasToString("tap:mr0");
        assertThat(reason(choice, "dpdk")).isEqualTo("no NIC is bound to vfio-pci");
        write("thread/net/dev", "\n\n mr0: 1\n mr1: 1\n");
        taken = Set.of("mr2");
        assertThat(choose("auto").picked()).hasToString("tap:mr3");
    }

    @ParameterizedTest
    @CsvSource({"0x1002, 1000, 0, tap:mine", "0x1002, 1000, 1, tap:mr0", "0x1001, 1000, 0, tap:mr0",
            "0x1002, 0, 0, tap:mr0"})
    void shouldTakeAPersistentTapOfTheUser(final String flags, final String owner, final String carrier,
            final String picked) throws IOException {
        write("thread/net/dev", "\n\n mine: 1\n");
        write("sys/class/net/mine/tun_flags", flags);
        write("sys/class/net/mine/owner", owner);
        write("sys/class/net/mine/carrier", carrier);

        assertThat(choose("auto").picked()).hasToString(picked);
    }

    @Test
    void shouldTakeATunOnlyWhereNoEthernetIsNeeded() {
        assertThat(choose("auto", "tap").picked()).hasToString("tun:mr0");
        linkLayer = true;
        final PortChoice choice = choose("auto", "tap");
        assertThat(choice.picked()).hasToString("memory");
        assertThat(reason(choice, "tun")).isEqualTo("it has no Ethernet, which DHCP and VLANs need");
    }

    @Test
    void shouldLeaveToAnotherPortOfTheStackWhatIsItsOwn() {
        taken = Set.of("eth0");
        final PortChoice choice = choose("auto:eth0");
        assertThat(choice.picked()).isNull();
        assertThat(reason(choice, "tap")).isEqualTo("eth0 is another port's of this stack");
    }

    @Test
    void shouldTakeMemoryLast() {
        providers.clear();
        final PortChoice choice = choose("auto");
        assertThat(choice.picked()).hasToString("memory");
        assertThat(choice.others()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth0,mac=interface", "@mill", "a b", "0123456789abcdef", "eth0@"})
    void shouldRefuseWhatIsNoName(final String argument) {
        assertThat(PortChooser.problem(argument)).startsWith("auto takes the name of an interface");
        assertThat(PortChooser.problem("eth0@mill")).isNull();
        assertThat(PortChooser.problem("")).isNull();
    }

    private record Provider(String scheme, @Nullable String unavailabilityCause, List<String> fatal)
            implements
                PacketDeviceProvider {
        @Override
        public String usage() {
            return scheme + ":NAME";
        }

        @Override
        public List<PortFinding> examine(final DeviceRequest request) {
            return fatal.stream().map(what -> new PortFinding(Weight.FATAL, what, "Do not.")).toList();
        }

        @Override
        public PacketDevice open(final DeviceRequest request) {
            throw new AssertionError("the chooser opens nothing by itself");
        }
    }
}
