package io.millrace.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Every setting there is, in the order of the reference. To add one: a constant in its group's class, a line here, its
 * use in a converter of {@link MillraceConfig} or {@link TcpValues}; then {@code millrace config reference > config/millrace.conf}.
 * One that changes at run time says so, and {@code ReloadEffect} of the tests how that shows; another has a second value in
 * {@code OtherValue}. Settings of one kind of port are declared by its provider:
 * {@link io.millrace.fastpath.port.PacketDeviceProvider#options}.
 */
public final class ConfigKeys {
    /** What is declared here; providers of ports declare more. */
    private static final List<ConfigKey<?>> OWN = List.of(
    // @formatter:off
            TransportKeys.ORDER,
            ThreadingKeys.ENGINES, ThreadingKeys.CONTROL, ThreadingKeys.IDLE, ThreadingKeys.IDLE_SPIN,
            ThreadingKeys.IDLE_MAX_SLEEP, ThreadingKeys.CPUS,
            PortKeys.DEVICE, PortKeys.MTU, PortKeys.FRAMES, PortKeys.OFFLOADS, PortKeys.SEPARATE_SYNS, PortKeys.RSS_KEY, PortKeys.VLAN,
            PortKeys.HOST_ADDRESS, PortKeys.SHARED_PORTS, PortKeys.SHARED_EPHEMERAL, PortKeys.SHARED_GUARD,
            PortKeys.CAPTURE, PortKeys.FURTHER,
            IpKeys.ADDRESSES, IpKeys.OWN_PREFIXES, IpKeys.GATEWAY, IpKeys.ROUTES, IpKeys.TTL, IpKeys.V6_ONLY, IpKeys.FLOW_LABELS,
            DhcpKeys.DHCP, DhcpKeys.RELEASE, DhcpKeys.PROBE, DhcpKeys.HOST_NAME,
            IpKeys.REASSEMBLY_MEMORY, IpKeys.REASSEMBLY_TIMEOUT, IpKeys.MAX_GROUPS,
            IpKeys.PATH_MTUS, IpKeys.PATH_MTU_EXPIRY, IpKeys.MIN_PATH_MTU,
            Ipv6Keys.MODE, Ipv6Keys.DAD_TRANSMITS, Ipv6Keys.ACCEPT_RA, Ipv6Keys.AUTOCONF, Ipv6Keys.MAX_ADDRESSES,
            Ipv6Keys.ACCEPT_REDIRECTS, Ipv6Keys.STABLE_SECRET,
            NeighbourKeys.REACHABLE_TIME, NeighbourKeys.RETRANSMIT_INTERVAL, NeighbourKeys.PROBES,
            NeighbourKeys.CACHE_SIZE, NeighbourKeys.QUEUE, NeighbourKeys.STATIC, NeighbourKeys.ANNOUNCE,
            NeighbourKeys.PROBE, NeighbourKeys.ON_CONFLICT,
            IcmpKeys.RATE,
            EngineKeys.MAX_CONNECTIONS, EngineKeys.MAX_TIME_WAIT, EngineKeys.MAX_ORPHANS, EngineKeys.SLAB,
            EngineKeys.DATAGRAMS, EngineKeys.BURST,
            EngineKeys.TIMER_TICK, EngineKeys.MAX_LENT_FRAMES, EngineKeys.MEMORY_LIMIT,
            TcpKeys.MSS, TcpKeys.RECEIVE_BUFFER, TcpKeys.SEND_BUFFER, TcpKeys.AUTOTUNE,
            TcpKeys.INITIAL_RECEIVE_BUFFER, TcpKeys.INITIAL_SEND_BUFFER, TcpKeys.ZERO_COPY_SEND,
            TcpKeys.ZERO_COPY_RECEIVE, TcpKeys.NOT_SENT_LOW_WATER, TcpKeys.TRAFFIC_CLASS, TcpKeys.NO_DELAY, TcpKeys.DELAYED_ACK,
            TcpKeys.ACK_POLICY,
            TcpKeys.PUSH_POLICY, TcpKeys.FIN_IN_CLOSING,
            TcpOptionKeys.WINDOW_SCALING, TcpOptionKeys.WINDOW_SCALE, TcpOptionKeys.SACK, TcpOptionKeys.TIMESTAMPS,
            TcpOptionKeys.OPTION_ORDER, TcpOptionKeys.ECN, TcpOptionKeys.FAST_OPEN, TcpOptionKeys.FAST_OPEN_QUEUE,
            TcpRecoveryKeys.CONGESTION_CONTROL, TcpRecoveryKeys.INITIAL_WINDOW,
            TcpRecoveryKeys.SLOW_START_AFTER_IDLE, TcpRecoveryKeys.PACING, TcpRecoveryKeys.MAX_PACING_RATE,
            TcpRecoveryKeys.RACK, TcpRecoveryKeys.TAIL_LOSS_PROBE, TcpRecoveryKeys.FORWARD_RTO_RECOVERY,
            TcpRecoveryKeys.MTU_PROBING,
            TcpKeys.RTO_INITIAL, TcpKeys.RTO_MIN, TcpKeys.RTO_MAX, TcpKeys.RETRIES, TcpKeys.USER_TIMEOUT,
            TcpKeys.SYN_RETRIES, TcpKeys.SYN_ACK_RETRIES, TcpKeys.MSL, TcpKeys.TIME_WAIT_REUSE,
            TcpKeys.FIN_WAIT_2_TIMEOUT, TcpKeys.KEEP_ALIVE, TcpKeys.KEEP_ALIVE_IDLE,
            TcpKeys.KEEP_ALIVE_INTERVAL, TcpKeys.KEEP_ALIVE_PROBES, TcpKeys.IDLE_TIMEOUT, TcpKeys.OUT_OF_ORDER_RANGES,
            ListenKeys.BACKLOG, ListenKeys.MAX_BACKLOG, ListenKeys.SYN_QUEUE,
            ListenKeys.SYN_COOKIES, ListenKeys.ABORT_ON_OVERFLOW, ListenKeys.RULES,
            EphemeralPortKeys.LOW, EphemeralPortKeys.HIGH,
            ObserveKeys.ENABLED, ObserveKeys.DIRECTORY
    // @formatter:on
    );

    /** All keys, those of the kinds of port that there are among them. */
    public static final List<ConfigKey<?>> ALL = all();

    /** What each group is about, in the order of the reference. */
    static final SequencedMap<String, String> GROUPS = groups();
    private static final Map<String, ConfigKey<?>> BY_PATH = byPath();

    private ConfigKeys() {}

    /** The key with this path; null where there is none. */
    public static @Nullable ConfigKey<?> find(final String path) {
        return BY_PATH.get(path);
    }

    private static List<ConfigKey<?>> all() {
        final List<ConfigKey<?>> all = new ArrayList<>(OWN);
        all.addAll(all.indexOf(PortKeys.FURTHER), PortOptionKey.ALL.stream().map(PortOptionKey::key).toList());
        return List.copyOf(all);
    }

    private static SequencedMap<String, String> groups() {
        final SequencedMap<String, String> groups = new LinkedHashMap<>();
        groups.put(TransportKeys.GROUP, "Which transport of Netty a program takes that leaves the choice open.");
        groups.put(ThreadingKeys.GROUP, "Which threads there are, where they run, and what they do when idle.");
        groups.put(PortKeys.GROUP, "The packet device.");
        groups.putAll(PortOptionKey.GROUPS);
        groups.put(PortKeys.FURTHER.group(), "Further packet devices.");
        groups.put(IpKeys.GROUP, "Addresses and routes of the stack.");
        groups.put(Ipv6Keys.GROUP, "IPv6, and what the stack believes of what routers say.");
        groups.put(NeighbourKeys.GROUP, "Link-layer addresses of others (ARP, Neighbour Discovery).");
        groups.put(IcmpKeys.GROUP, "ICMP errors that the stack sends.");
        groups.put(EngineKeys.GROUP, "Sizes of each engine; memory for them is taken at start.");
        groups.put(TcpKeys.GROUP, "What TCP connections start from; listeners and channel options may differ.");
        groups.put(ListenKeys.GROUP, "Queues of a listener.");
        groups.put(EphemeralPortKeys.GROUP, "Local ports of active opens (RFC 6056).");
        groups.put(ObserveKeys.GROUP, "How others may look into the running stack.");
        return groups;
    }

    private static Map<String, ConfigKey<?>> byPath() {
        final Map<String, ConfigKey<?>> map = new LinkedHashMap<>();
        for (final ConfigKey<?> key : ALL) {
            map.put(key.path(), key);
        }
        return map;
    }
}
