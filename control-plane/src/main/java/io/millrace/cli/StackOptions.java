package io.millrace.cli;

import io.millrace.config.ConfigKey;
import io.millrace.config.DhcpKeys;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that runs a stack; each wins over the configuration file. Thread: one. */
final class StackOptions {
    @Option(names = "--config", paramLabel = "FILE", description = "Configuration file, HOCON.")
    private @Nullable Path file;

    @Option(names = "--port", paramLabel = "PORT", description = "Packet port, e.g. tap:mr0, af-packet:eth0, dpdk:EAL-ARGS or auto (millrace.port.device).")
    private @Nullable String port;

    @Option(names = "--address", paramLabel = "CIDR", description = "The stack's address and prefix (millrace.ip.addresses).")
    private @Nullable String address;

    @Option(names = "--host-address", paramLabel = "CIDR", description = "Address and prefix for the host's side of a TAP (millrace.port.host-address).")
    private @Nullable String hostAddress;

    @Option(names = "--gateway", paramLabel = "IP", description = "Default gateway (millrace.ip.gateway).")
    private @Nullable String gateway;

    @Option(names = "--dhcp", description = "Lease an address by DHCP (millrace.ip.dhcp).")
    private boolean dhcp;

    @Option(names = "--shared-ports", paramLabel = "PORTS", description = "Take these ports of the host's own addresses, e.g. 80,443,53/udp (millrace.port.shared-ports).")
    private @Nullable String sharedPorts;

    @Option(names = "--vlan", paramLabel = "N", description = "The VLAN that the stack lives in, 0 for none (millrace.port.vlan).")
    private @Nullable String vlan;

    @Option(names = "--capture", paramLabel = "FILE.pcapng", description = "Write every frame there; Wireshark opens it (millrace.port.capture).")
    private @Nullable String capture;

    /** The configuration in effect. */
    MillraceConfig config() {
        final MillraceConfig.Builder builder = MillraceConfig.builder().systemProperties();
        if (file != null) {
            builder.file(file);
        }
        option(builder, "--port", PortKeys.DEVICE, port);
        option(builder, "--address", IpKeys.ADDRESSES, address);
        option(builder, "--host-address", PortKeys.HOST_ADDRESS, hostAddress);
        option(builder, "--gateway", IpKeys.GATEWAY, gateway);
        option(builder, "--dhcp", DhcpKeys.DHCP, dhcp ? "true" : null);
        option(builder, "--shared-ports", PortKeys.SHARED_PORTS, sharedPorts);
        option(builder, "--vlan", PortKeys.VLAN, vlan);
        option(builder, "--capture", PortKeys.CAPTURE, capture);
        return builder.build();
    }

    private static void option(final MillraceConfig.Builder builder, final String name, final ConfigKey<?> key,
            final @Nullable String value) {
        if (value != null) {
            builder.option(name, key, value);
        }
    }
}
