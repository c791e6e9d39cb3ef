package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.fastpath.port.DeviceRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FurtherPortTest {
    private static final String PORTS = """
            millrace {
              port { device = "tap:mr0", mtu = 1400, vlan = 5, host-address = "10.0.0.1/24", capture = "a.pcapng" }
              ip { addresses = ["10.0.0.2/24"], gateway = 10.1.0.1, routes = ["::/0 via fe80::1%2"] }
              ports = [
                { device = "tap:mr1", addresses = ["10.1.0.2/24", "fd01::2/64"], mtu = 9000, frames = 256 }
                { device = "tap:mr2", dhcp = true, ipv6 = on, accept-ra = off, offloads = false }
              ]
            }
            """;

    @Test
    void shouldShowEachLinkWhatIsItsOwn() {
        final MillraceConfig config = MillraceConfig.parse(PORTS);
        assertThat(config.links()).isEqualTo(3);
        assertThat(config.link(0)).isSameAs(config);
        assertThat(config.isIpv6()).as("for its routes").isTrue();
        final MillraceConfig second = config.link(1);
        assertThat(second.deviceRequest()).isEqualTo(new DeviceRequest("mr1", 9_000, 1, 256, true, true, null));
        assertThat(second.addresses()).extracting(Cidr::toString).containsExactly("10.1.0.2/24", "fd01::2/64");
        assertThat(second.get(PortKeys.VLAN)).isZero();
        assertThat(second.get(PortKeys.CAPTURE)).isEmpty();
        assertThat(second.get(DhcpKeys.DHCP)).isFalse();
        assertThat(second.isIpv6()).isTrue();
        assertThat(second.get(Ipv6Keys.ACCEPT_RA)).isTrue();
        final MillraceConfig third = config.link(2);
        assertThat(third.deviceRequest()).as("MTU as the first").isEqualTo(
                new DeviceRequest("mr2", 1_400, 1, 1_024, false, true, null));
        assertThat(third.addresses()).isEmpty();
        assertThat(third.get(DhcpKeys.DHCP)).isTrue();
        assertThat(third.get(Ipv6Keys.ACCEPT_RA)).isFalse();
        assertThat(third.isIpv6()).isTrue();
        assertThat(third.get(IpKeys.GATEWAY)).as("the stack's, not the link's").isEqualTo(Optional.empty());
    }

    @Test
    void shouldBeReadAsItIsShown() {
        final MillraceConfig config = MillraceConfig.parse(PORTS);
        final String shown = config.text(PortKeys.FURTHER);
        assertThat(shown).isEqualTo("[{ device = \"tap:mr1\", addresses = [\"10.1.0.2/24\", \"fd01::2/64\"],"
                + " mtu = 9000, frames = 256 }, { device = \"tap:mr2\", offloads = false, dhcp = true,"
                + " accept-ra = false, ipv6 = on }]");
        assertThat(MillraceConfig.parse("millrace { ip.addresses = [\"10.9.0.2/24\"], ports = " + shown + " }")
                .get(PortKeys.FURTHER)).isEqualTo(config.get(PortKeys.FURTHER));
        assertThat(config.get(PortKeys.FURTHER).getFirst().withoutAddresses().addresses()).isEmpty();
    }

    @Test
    void shouldCountThePoolsOfEachPort() {
        final MemoryPlan plan = MemoryPlan.of(MillraceConfig.parse(PORTS));
        assertThat(plan.parts()).filteredOn(part -> part.key().equals("millrace.ports"))
                .extracting(MemoryPlan.Part::name).containsExactly("frames of tap:mr1", "frames of tap:mr2");
        assertThat(plan.parts()).filteredOn(part -> part.name().equals("frames of tap:mr1"))
                .allMatch(part -> part.bytes() > 256L * 65_535 && part.bytes() < 256L * 66_000 + 16_384);
    }

    @Test
    void shouldTellTheLineOfThePartThatIsWrong() {
        final ConfigException wrong = catchThrowableOfType(ConfigException.class, () -> MillraceConfig.parse("""
                millrace.ports = [
                  { device = "tap:mr1", addresses = ["10.1.0.2/24"] }
                  { device = "tap:mr2",
                    adresses = ["10.2.0.2/24"] }
                ]
                """));
        assertThat(wrong.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.origin()).hasToString("text:4");
            assertThat(problem.message()).endsWith("has an unknown key adresses, did you mean addresses?");
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "[{ addresses = [10.1.0.2/24] }]|must name a device",
            "[{ device = 'tap:mr1' }]|for tap:mr1: must name at least one address",
            "[{ device = 'tap:mr1', mtu = 70000, addresses = [10.1.0.2/24] }]|mtu must be 576 to 65535 bytes",
            "[{ device = 'tap:mr1', addresses = [10.0.0.3/24] }]|must have networks of their own: 10.0.0.3/24 of tap:mr1 overlaps 10.0.0.2/24 of memory",
            "[{ device = 'tap:mr1', addresses = [10.1.0.2/24] }, { device = 'tap:mr1', addresses = [10.2.0.2/24] }]|must not name tap:mr1 twice",
            "[{ device = 'tap:mr1', addresses = [10.1.0.2/24], host-address = 10.1.0.2/24 }]|for tap:mr1: must not be one of the stack's own addresses",
            "[{ device = 'tap:mr1', addresses = [10.1.0.0/24] }]|for tap:mr1: must be addresses of a host, which 10.1.0.0/24 is not",
            "[{ device = 'tap:mr1', mtu = 1000, addresses = ['fd01::2/64'] }]|for tap:mr1: millrace.port.mtu must be at least 1280 bytes for IPv6"})
    void shouldRefuseWhatIsNoFurtherPort(final String ports, final String message) {
        final String hocon = ports.replace("'", "\"").replaceAll("(?<!\")\\b([0-9.]+/[0-9]+)", "\"$1\"");
        final ConfigException wrong = catchThrowableOfType(ConfigException.class,
                () -> MillraceConfig.parse("millrace.ports = " + hocon));
        assertThat(wrong).as(hocon).isNotNull();
        assertThat(wrong.problems()).singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains(message));
    }

    @Test
    void shouldRefuseMoreThanSevenAndRoutesOverNoLink() {
        final StringBuilder ports = new StringBuilder("millrace.ports = [");
        for (int i = 1; i <= 8; i++) {
            ports.append("{ device = memory, addresses = [\"10.").append(i).append(".0.2/24\"] }\n");
        }
        assertThat(catchThrowableOfType(ConfigException.class, () -> MillraceConfig.parse(ports + "]")))
                .hasMessageContaining("must be a list of at most 7 items");
        assertThat(catchThrowableOfType(ConfigException.class,
                () -> MillraceConfig.parse("millrace.ip.routes = [\"::/0 via fe80::1%1\"]")))
                .hasMessageContaining(
                        "gateway of ::/0 must be on a link of the stack, and there is none with the number 1");
        assertThat(MillraceConfig.parse("""
                millrace { ports = [{ device = memory, addresses = ["10.1.0.2/24"] }], ip.gateway = 10.1.0.1 }
                """).get(IpKeys.GATEWAY)).as("on any of the networks").isPresent();
        assertThat(List.of(PortKeys.FURTHER.group())).containsExactly("millrace");
    }
}
