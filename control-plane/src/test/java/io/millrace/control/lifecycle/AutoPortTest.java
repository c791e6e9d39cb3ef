package io.millrace.control.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.RssKey;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code auto} on interfaces of the kernel. */
@RequiresNetworkNamespaces
@Timeout(60)
class AutoPortTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private NetworkNamespace namespace;

    @BeforeEach
    void makeNamespace() throws IOException {
        namespace = new NetworkNamespace();
    }

    @AfterEach
    void removeNamespace() {
        namespace.close();
    }

    private MillraceConfig config(final String name, final String more) {
        return MillraceConfig.parse("""
                millrace.port { device = "auto:%s@%s", frames = 64 }
                millrace.engine { max-connections = 64, slab = 4MiB, burst = 16 }
                millrace.tcp { receive-buffer = 64KiB, send-buffer = 64KiB }
                %s
                """.formatted(name, namespace.name(), more));
    }

    private String open(final MillraceConfig config) throws IOException {
        try (PacketDevice device = DeviceOpener.discover().open(config, 0, RssKey.EXAMPLE)) {
            return device.name();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.filter(Files::isSymbolicLink).map(AutoPortTest::target)
                    .filter(target -> target.startsWith("socket:") || target.startsWith("/dev/net/tun")).count();
        }
    }

    private static String target(final Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (final IOException e) {
            return "";
        }
    }

    @Test
    void shouldMakeATapWhereThereIsNoInterface() throws IOException {
        assertThat(open(config("mr0", ""))).isEqualTo("tap:mr0@" + namespace.name());
        final PortChoice choice = DeviceOpener.discover().choice(config("mr0", ""), 0);
        assertThat(choice).isNotNull();
        assertThat(choice.picked()).hasToString("tap:mr0@" + namespace.name());
    }

    @Test
    void shouldTakeAVethByAPacketSocket() throws IOException {
        namespace.run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1");
        final MillraceConfig config = config("v0", "millrace.port.af-packet.mac = interface");
        assertThat(open(config)).isEqualTo("af-packet:v0@" + namespace.name() + ",mac=interface");
        final PortChoice choice = DeviceOpener.discover().choice(config, 0);
        assertThat(choice).isNotNull();
        assertThat(choice.sentence()).startsWith("auto:v0@" + namespace.name() + " takes af-packet:v0@"
                + namespace.name())
                .contains("; not tap: v0 is there already, and is no TAP but of the driver veth; not");
    }

    @Test
    void shouldTakeAPersistentTapAsSuch() throws IOException {
        namespace.run("ip", "tuntap", "add", "mr0", "mode", "tap");
        assertThat(open(config("mr0", ""))).isEqualTo("tap:mr0@" + namespace.name());
        namespace.run("ip", "tuntap", "add", "mr1", "mode", "tun");
        assertThat(open(config("mr1", ""))).isEqualTo("tun:mr1@" + namespace.name());
    }

    @Test
    void shouldLeaveNothingOpenWhereNothingCanBe() throws IOException {
        final long memory = MemoryRegion.bytesInUse();
        final long descriptors = descriptors();
        namespace.run("ip", "link", "set", "lo", "mtu", "1500");
        assertThatThrownBy(() -> open(config("lo", ""))).isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "no port can be opened: auto:lo@" + namespace.name() + " takes nothing; not tap: ")
                .hasMessageContaining("; not af-packet: lo is no Ethernet interface");
        namespace.run("ip", "link", "add", "v0", "mtu", "1400", "type", "veth", "peer", "name", "v1");
        assertThatThrownBy(() -> open(config("v0", ""))).hasMessageContaining("the MTU of v0 is 1400");
        // known only to who opens: an address that the kernel refuses
        assertThatThrownBy(() -> open(config("mr0", "millrace.port.host-address = \"224.0.0.1/4\"")))
                .hasMessageContaining("not tap: cannot give the address").hasMessageContaining("not tun: cannot give");
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(memory);
        assertThat(descriptors()).isEqualTo(descriptors);
        assertThat(namespace.exec("ip", "link", "show", "mr0").exitCode()).as("no TAP is left").isNotZero();
    }

    @Test
    void shouldSayWhoHasATapOpen() throws IOException {
        final PacketDevice holder = open("tap:mr0");
        try {
            assertThatThrownBy(() -> open(config("mr0", "millrace.port.host-address = \"10.0.0.1/24\"")))
                    .hasMessageContaining("not tap: ").hasMessageContaining("has mr0 open");
        } finally {
            holder.close();
        }
    }

    private PacketDevice open(final String device) throws IOException {
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.port { device = "%s@%s", frames = 64, host-address = "10.0.0.1/24" }
                millrace.engine.burst = 16
                """.formatted(device, namespace.name()));
        return DeviceOpener.discover().open(config, 0, RssKey.EXAMPLE);
    }

    @Test
    void shouldGiveEachPortOfAStackOneOfItsOwn() throws IOException {
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.port { device = auto, frames = 64, tap.namespace = "%1$s" }
                millrace.engine { max-connections = 64, slab = 4MiB, burst = 16 }
                millrace.tcp { receive-buffer = 64KiB, send-buffer = 64KiB }
                millrace.ports = [
                  { device = "tap:mr0", tap.namespace = "%1$s", addresses = ["10.1.0.2/24"] }
                  { device = auto, tap.namespace = "%1$s", addresses = ["10.2.0.2/24"] }
                ]
                """.formatted(namespace.name()));
        final DeviceOpener opener = DeviceOpener.discover();
        assertThat(List.of(0, 2)).extracting(link -> String.valueOf(opener.choice(config, link)))
                .satisfiesExactly(first -> assertThat(first).contains("picked=tap:mr1"),
                        third -> assertThat(third).contains("picked=tap:mr2"));
        final List<String> told = new ArrayList<>();
        try (Millrace stack = Millrace.builder(config).onPortChoice(choice -> told.add(choice.sentence())).launch()) {
            assertThat(told).hasSize(2).allMatch(sentence -> sentence.matches("auto takes tap:mr[12]; not dpdk: .*"));
            assertThat(stack.toString()).contains("tap:mr1@").contains("tap:mr0@").contains("tap:mr2@");
        }
    }
}
