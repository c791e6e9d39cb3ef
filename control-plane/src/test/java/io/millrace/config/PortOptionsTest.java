package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.control.lifecycle.DeviceOpener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of one kind of port: as keys, as short hand, as both. */
class PortOptionsTest {
    private static String device(final String text) {
        return MillraceConfig.parse("millrace.port { " + text + " }").device().toString();
    }

    private static ConfigProblem problem(final String text) {
        return catchThrowableOfType(ConfigException.class, () -> DeviceOpener.discover()
                .check(MillraceConfig.parse("millrace.port {\n" + text + "\n}"))).problems().getFirst();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            device = "tap:mr0"                                                     | tap:mr0
            device = "tap:mr0", tap.namespace = mill                               | tap:mr0@mill
            device = "tap:mr0", tun.namespace = mill, af-packet.mac = interface    | tap:mr0
            device = "af-packet:eth0", af-packet { mac = interface }               | af-packet:eth0,mac=interface
            device = "af-packet:eth0", af-packet { mac = own }                     | af-packet:eth0,mac=own
            device = "af-packet:e0,mac=interface", af-packet.namespace = mill      | af-packet:e0@mill,mac=interface
            device = "pcap:a.pcap", pcap { speed = 2.5, after = 1500ms }           | pcap:a.pcap,speed=2.5,after=1.5
            device = "pcap:a.pcap", pcap { speed = max, after = 0s }               | pcap:a.pcap,speed=max,after=0
            device = dpdk, dpdk.eal = "--no-huge  --no-pci"                        | dpdk:--no-huge  --no-pci
            device = dpdk, dpdk { port = 1, tx-descriptors = 64 }                  | dpdk:-- port=1 tx-descriptors=64
            device = "dpdk:-- port=1", dpdk { eal = "--no-pci", rx-descriptors = 64 } | dpdk:--no-pci -- port=1 rx-descriptors=64
            device = "dpdk:-- rss-key=6d5a", dpdk { eal = "--no-pci", port = 1 }   | dpdk:--no-pci -- rss-key=6d5a port=1
            """)
    void shouldPutWhatIsSetIntoTheArgument(final String text, final String device) {
        assertThat(device(text)).isEqualTo(device);
        assertThat(DeviceOpener.discover().problem(DeviceSpec.parse(device))).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            af-packet.mac = interfac | text:2: millrace.port.af-packet.mac = interfac: must be own, interface, or an Ethernet address such as 02:00:00:00:00:01
            af-packet { mak = own }  | text:2: millrace.port.af-packet.mak: unknown key, did you mean millrace.port.af-packet.mac?
            af-paket { mac = own, namespace = x } | text:2: millrace.port.af-paket: unknown group, did you mean millrace.port.af-packet?
            pcap.after = 2           | text:2: millrace.port.pcap.after = 2: must be 0 to 1 d, with its unit
            pcap.speed = fast        | text:2: millrace.port.pcap.speed = fast: must be max, or a number, 0.000001 to 1000000
            dpdk.rx-descriptors = 0  | text:2: millrace.port.dpdk.rx-descriptors = 0: must be 1 to 32768
            dpdk.port = "0 1"        | text:2: millrace.port.dpdk.port = 0 1: must be a name or number of a port of DPDK, or ""
            dpdk.rss-key = 6d5a      | text:2: millrace.port.dpdk.rss-key: unknown key
            dpdk.eal = "-- port=1"   | text:2: millrace.port.dpdk.eal = -- port=1: must be options of EAL, without the word --
            device = "af-packet:e0,mac=x" | text:2: millrace.port.device = "af-packet:e0,mac=x": "x" is no address of a host
            """)
    void shouldTellTheKeyAndTheLineOfWhatIsWrong(final String text, final String problem) {
        assertThat(problem(text).toString()).startsWith(problem);
    }

    @Test
    void shouldRefuseWhatTheArgumentContradicts() {
        assertThat(problem("""
                device = "af-packet:eth0,mac=02:00:00:00:00:01"
                af-packet.mac = interface""")).hasToString(
                "text:3: millrace.port.af-packet.mac = \"interface\": and millrace.port.device ="
                        + " \"af-packet:eth0,mac=02:00:00:00:00:01\" (text:2) says 02:00:00:00:00:01: leave out one of"
                        + " both");
        assertThatCode(() -> device("device = \"af-packet:e0,mac=interface\", af-packet.mac = interface"))
                .doesNotThrowAnyException();
        final ConfigException option = catchThrowableOfType(ConfigException.class, () -> MillraceConfig.builder()
                .text("millrace.port.tap.namespace = mill").option("--port", PortKeys.DEVICE, "tap:mr0@other").build());
        assertThat(option.problems()).singleElement().asString().startsWith("text:1: millrace.port.tap.namespace")
                .contains("(--port) says other");
    }

    @Test
    void shouldGiveEachFurtherPortSettingsOfItsOwn() {
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.port { device = "af-packet:eth0", af-packet.mac = interface }
                millrace.ports = [
                  { device = "af-packet:eth1", addresses = ["10.1.0.2/24"] }
                  { device = "af-packet:eth2", addresses = ["10.2.0.2/24"], af-packet { mac = "02:00:00:00:00:01" } }
                ]
                """);
        assertThat(config.link(0).device()).hasToString("af-packet:eth0,mac=interface");
        assertThat(config.link(1).device()).hasToString("af-packet:eth1");
        assertThat(config.link(2).deviceRequest().argument()).isEqualTo("eth2,mac=02:00:00:00:00:01");
        final String shown = config.text(PortKeys.FURTHER);
        assertThat(shown).contains("af-packet.mac = \"02:00:00:00:00:01\"");
        assertThat(MillraceConfig.parse("millrace.ports = " + shown).get(PortKeys.FURTHER))
                .isEqualTo(config.get(PortKeys.FURTHER));
    }

    @Test
    void shouldTellTheLineOfAWrongSettingOfAFurtherPort() {
        final String ports = """
                millrace.ports = [
                  { device = "af-packet:eth1", addresses = ["10.1.0.2/24"]
                    af-packet { %s } }
                ]
                """;
        assertThat(catchThrowableOfType(ConfigException.class,
                () -> MillraceConfig.parse(ports.formatted("mak = own"))).getMessage()).startsWith("text:3: ")
                .contains("has an unknown key af-packet.mak, did you mean af-packet.mac?");
        assertThat(catchThrowableOfType(ConfigException.class,
                () -> MillraceConfig.parse(ports.formatted("mac = none"))).getMessage()).startsWith("text:3: ")
                .contains(" af-packet.mac must be own, interface, or");
    }

    @Test
    void shouldTakeThemFromSystemPropertiesAndShowWhereTheyComeFrom() {
        System.setProperty("millrace.port.pcap.speed", "10");
        try {
            final MillraceConfig config = MillraceConfig.builder().systemProperties()
                    .option("--port", PortKeys.DEVICE, "pcap:a.pcap").build();
            assertThat(config.device()).hasToString("pcap:a.pcap,speed=10");
            assertThat(config.origin(ConfigKeys.find("millrace.port.pcap.speed"))).hasToString("system property");
        } finally {
            System.clearProperty("millrace.port.pcap.speed");
        }
    }
}
