package io.millrace;

import io.millrace.config.ConfigKey;
import java.util.Map;

/** A legal value of a key that is not its default, for keys that need a restart. */
final class OtherValue {
    private static final Map<String, String> BY_PATH = Map.ofEntries(
            Map.entry("millrace.transport.order", "[nio]"),
            Map.entry("millrace.threading.engines", "2"),
            Map.entry("millrace.threading.control", "dedicated"),
            Map.entry("millrace.threading.idle", "spin"),
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
            Map.entry("millrace.port.tap.namespace", "mill"),
            Map.entry("millrace.port.tun.namespace", "mill"),
            Map.entry("millrace.port.dpdk.eal", "\"--no-huge\""),
            Map.entry("millrace.port.dpdk.port", "\"1\""),
            Map.entry("millrace.port.dpdk.rx-descriptors", "1024"),
            Map.entry("millrace.port.dpdk.tx-descriptors", "1024"),
            Map.entry("millrace.port.dpdk.rss-key", "\"6d5a\""),
            Map.entry("millrace.port.af-packet.namespace", "mill"),
            Map.entry("millrace.port.af-packet.mac", "interface"),
            Map.entry("millrace.port.pcap.speed", "max"),
            Map.entry("millrace.port.pcap.after", "2s"),
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

    private OtherValue() {}

    static String of(final ConfigKey<?> key) {
        final String value = BY_PATH.get(key.path());
        if (value == null) {
            throw new AssertionError(key + ": say in OtherValue what else it may be, or that it changes at run time");
        }
        return value;
    }
}
