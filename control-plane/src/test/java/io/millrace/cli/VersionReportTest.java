package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VersionReportTest {
    private record Provider(String scheme, String usage, @Nullable String unavailabilityCause)
            implements
                PacketDeviceProvider {
        @Override
        public PacketDevice open(final DeviceRequest request) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void shouldTellWhichPortsThereAreAndWhyOthersAreNot() {
        final List<String> lines = PortList.lines(List.of(new Provider("tap", "tap:NAME  a TAP device", null),
                new Provider("af_xdp", "af_xdp:NAME", "needs root")));

        assertThat(lines).containsExactly("  af_xdp     not available  needs root",
                "  auto       available      auto[:IF]  the best of these, for an interface or without one;"
                        + " `millrace doctor --port auto` says which",
                "  memory     available      memory  within the JVM, for tests and simulation",
                "  tap        available      tap:NAME  a TAP device");
    }

    @Test
    void shouldListTheOthersWhereAProviderIsBroken() {
        final Iterator<PacketDeviceProvider> providers = List
                .<PacketDeviceProvider>of(new Provider("", "", null), new Provider("tap", "tap:NAME", null)).iterator();

        final List<String> lines = PortList.lines(() -> new Iterator<>() {
            @Override
            public boolean hasNext() {
                return providers.hasNext();
            }

            @Override
            public PacketDeviceProvider next() {
                final PacketDeviceProvider provider = providers.next();
                if (provider.scheme().isEmpty()) {
                    throw new ServiceConfigurationError("broken");
                }
                return provider;
            }
        });

        assertThat(lines).hasSize(4).contains("  ?          not available  broken")
                .contains("  tap        available      tap:NAME");
    }

    @Test
    void shouldTellTheCommitWhereItIsKnown() {
        assertThat(VersionReport.describe(build("abc1234+"))).isEqualTo("1.0 (commit abc1234+)");
        assertThat(VersionReport.describe(build("${millrace.commit}"))).isEqualTo("1.0 (commit unknown)");
        assertThat(VersionReport.describe(build(""))).isEqualTo("1.0 (commit unknown)");
        assertThat(VersionReport.describe(new Properties())).isEqualTo("unknown (commit unknown)");
    }

    private static Properties build(final String commit) {
        final Properties properties = new Properties();
        properties.setProperty("version", "1.0");
        properties.setProperty("commit", commit);
        return properties;
    }
}
