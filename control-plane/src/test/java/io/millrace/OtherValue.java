package io.millrace;

import io.millrace.config.ConfigException;
import io.millrace.config.ConfigKey;
import io.millrace.config.MillraceConfig;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A legal value of a key that is not its default, for keys that need a restart. */
final class OtherValue {
    private static final Map<String, String> BY_PATH = Map.ofEntries(
            Map.entry("millrace.transport.order", "[nio]"),
            Map.entry("millrace.threading.engines", "2"),
            Map.entry("millrace.threading.control", "dedicated"),
            Map.entry("millrace.threading.idle", "spin"),
            Map.entry("millrace.threading.idle-spin", "1us"),
            Map.entry("millrace.threading.idle-max-sleep", "2ms"),
            Map.entry("millrace.threading.cpus", "[0]"),
            Map.entry("millrace.port.device", "\"tap:other\""),
            Map.entry("millrace.port.mtu", "1400"),
            Map.entry("millrace.port.vlan", "5"),
            Map.entry("millrace.observe.enabled", "false"),
            Map.entry("millrace.observe.directory", "\"elsewhere\""),
            Map.entry("millrace.port.frames", "2048"),
            Map.entry("millrace.port.offloads", "true"),
            Map.entry("millrace.port.host-address", "\"10.0.0.3/24\""),
            Map.entry("millrace.port.shared-ports", "[80]"),
            Map.entry("millrace.port.shared-ephemeral", "\"62000-62999\""),
            Map.entry("millrace.port.shared-guard", "rule"),
            Map.entry("millrace.port.capture", "\"frames.pcapng\""),
            Map.entry("millrace.ip.reassembly-memory", "1MiB"),
            Map.entry("millrace.ip.v6-only", "true"),
            Map.entry("millrace.ip.flow-labels", "false"),
            Map.entry("millrace.port.separate-syns", "false"),
            Map.entry("millrace.port.rss-key", "\"" + "6d".repeat(40) + "\""),
            Map.entry("millrace.ip.dhcp", "true"),
            Map.entry("millrace.ip.dhcp-release", "false"),
            Map.entry("millrace.ip.dhcp-probe", "false"),
            Map.entry("millrace.ip.dhcp-host-name", "mill"),
            Map.entry("millrace.ip.path-mtus", "64"),
            Map.entry("millrace.ip.path-mtu-expiry", "60s"),
            Map.entry("millrace.ip.min-path-mtu", "576"),
            Map.entry("millrace.neighbour.cache-size", "2048"),
            Map.entry("millrace.neighbour.announce", "false"),
            Map.entry("millrace.neighbour.static", "[\"10.0.0.9 = 02:00:00:00:00:0a\"]"),
            Map.entry("millrace.neighbour.probe", "true"),
            Map.entry("millrace.neighbour.on-conflict", "give-up"),
            Map.entry("millrace.ipv6.mode", "on"),
            Map.entry("millrace.ipv6.dad-transmits", "2"),
            Map.entry("millrace.ipv6.accept-ra", "false"),
            Map.entry("millrace.ipv6.autoconf", "false"),
            Map.entry("millrace.ipv6.max-addresses", "4"),
            Map.entry("millrace.ipv6.accept-redirects", "false"),
            Map.entry("millrace.ipv6.stable-secret", "\"a secret\""),
            Map.entry("millrace.engine.max-connections", "512"),
            Map.entry("millrace.engine.max-time-wait", "512"),
            Map.entry("millrace.engine.slab", "32MiB"),
            Map.entry("millrace.engine.datagrams", "2MiB"),
            Map.entry("millrace.engine.burst", "32"),
            Map.entry("millrace.engine.timer-tick", "131072ns"),
            Map.entry("millrace.engine.memory-limit", "8GiB"),
            Map.entry("millrace.engine.max-lent-frames", "16"));

    private static final List<String> OF_PORTS = List.of("1", "2", "64", "other", "interface", "2s", "\"6d5a\"",
            "generic", "copy", "all", "none", "queue", "direct", "true");

    private OtherValue() {}

    static String of(final ConfigKey<?> key) {
        final String value = BY_PATH.containsKey(key.path()) ? BY_PATH.get(key.path()) : ofPort(key);
        if (value == null) {
            throw new AssertionError(key + ": say in OtherValue what else it may be, or that it changes at run time");
        }
        return value;
    }

    /** Of a setting that a provider of ports declares: the first of some that is legal and another; null where none is. */
    private static @Nullable String ofPort(final ConfigKey<?> key) {
        return key.path().matches("millrace\\.port\\..*\\..*")
                ? OF_PORTS.stream().filter(value -> isOther(key, value)).findFirst().orElse(null)
                : null;
    }

    private static boolean isOther(final ConfigKey<?> key, final String value) {
        try {
            return !MillraceConfig.parse(key + " = " + value).text(key).equals(MillraceConfig.defaults().text(key));
        } catch (final ConfigException e) {
            return false;
        }
    }
}
