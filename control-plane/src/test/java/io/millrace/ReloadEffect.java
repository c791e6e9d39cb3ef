package io.millrace;

import io.millrace.config.AtRunTime;
import io.millrace.config.ConfigKey;
import io.millrace.config.ConfigKeys;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.TcpHeader;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How a change of one key shows in a running stack.
 *
 * @param before  what is configured at the start beside the key's default, HOCON.
 * @param after   the key's line that is loaded then, HOCON.
 * @param observe looks at the running stack; each item must be another after the change.
 */
record ReloadEffect(String before, String after, Observation observe) {
    /** What there is to see now, in items that differ where the key does. */
    @FunctionalInterface
    interface Observation {
        List<?> look(StackPair pair, TcpListener listener) throws IOException;
    }

    /** What is done to see something. */
    @FunctionalInterface
    private interface Deed {
        void run(StackPair pair, TcpListener listener) throws IOException;
    }

    private static final String PREFIX = "millrace.";
    private static final String NOBODY = "10.0.0.77";
    private static final Map<String, ReloadEffect> ALL = new LinkedHashMap<>();

    static {
        tcpBuffers();
        tcpPolicies();
        tcpTimes();
        tcpOptions();
        tcpRecovery();
        addresses();
        neighbours();
        limits();
        listeners();
        overflows();
        rules();
    }

    /** How the key's change shows; fails for one that nobody described. */
    static ReloadEffect of(final ConfigKey<?> key) {
        final ReloadEffect effect = ALL.get(key.path());
        if (effect == null) {
            throw new AssertionError(key + " is said to change at run time, but ReloadEffect shows no effect of it");
        }
        return effect;
    }

    /** Every key that is said to change at run time. */
    static List<ConfigKey<?>> keys() {
        return ConfigKeys.ALL.stream().filter(key -> key.atRunTime() != AtRunTime.RESTART).toList();
    }

    private static void add(final String path, final String after, final Observation observe) {
        add("", path, after, observe);
    }

    private static void add(final String before, final String path, final String after, final Observation observe) {
        ALL.put(PREFIX + path, new ReloadEffect(before, PREFIX + path + " = " + after, observe));
    }

    /** Connections opened from here, and accepted by a listener that was open before. */
    private static void tcp(final String name, final String after, final Function<TcpSettings, Object> part) {
        add("tcp." + name, after, (pair, listener) -> {
            final long active = StackPair.open(pair.stack, "10.0.0.1", 80);
            final long passive = pair.accept(listener);
            return List.of(part.apply(pair.engine().tcp().settings(active)),
                    part.apply(pair.engine().tcp().settings(passive)));
        });
    }

    private static void tcpBuffers() {
        tcp("mss", "1000", TcpSettings::mss);
        tcp("receive-buffer", "2MiB", TcpSettings::receiveBuffer);
        tcp("send-buffer", "2MiB", TcpSettings::sendBuffer);
        tcp("autotune", "false", TcpSettings::autotune);
        tcp("initial-receive-buffer", "64KiB", TcpSettings::initialReceiveBuffer);
        tcp("initial-send-buffer", "64KiB", TcpSettings::initialSendBuffer);
        tcp("zero-copy-send", "0", TcpSettings::zeroCopySend);
        tcp("zero-copy-receive", "0", TcpSettings::zeroCopyReceive);
        tcp("not-sent-low-water", "4KiB", TcpSettings::notSentLowWater);
        tcp("out-of-order-ranges", "17", TcpSettings::outOfOrderRanges);
    }

    private static void tcpPolicies() {
        tcp("traffic-class", "184", TcpSettings::trafficClass);
        tcp("no-delay", "true", TcpSettings::noDelay);
        tcp("delayed-ack", "10ms", TcpSettings::delayedAckNs);
        tcp("ack-policy", "every", TcpSettings::ackPolicy);
        tcp("push-policy", "last", TcpSettings::pushPolicy);
        tcp("fin-in-closing", "every-ack", TcpSettings::finInClosing);
    }

    private static void tcpTimes() {
        tcp("rto-initial", "3s", TcpSettings::rtoInitialNs);
        tcp("rto-min", "50ms", TcpSettings::rtoMinNs);
        tcp("rto-max", "60s", TcpSettings::rtoMaxNs);
        tcp("retries", "8", TcpSettings::retries);
        tcp("user-timeout", "30s", TcpSettings::userTimeoutNs);
        tcp("syn-retries", "2", TcpSettings::synRetries);
        tcp("syn-ack-retries", "2", TcpSettings::synAckRetries);
        tcp("msl", "5s", TcpSettings::mslNs);
        tcp("time-wait-reuse", "false", TcpSettings::timeWaitReuse);
        tcp("fin-wait-2-timeout", "5s", TcpSettings::finWait2TimeoutNs);
        tcp("keep-alive", "true", TcpSettings::keepAlive);
        tcp("keep-alive-idle", "60s", TcpSettings::keepAliveIdleNs);
        tcp("keep-alive-interval", "5s", TcpSettings::keepAliveIntervalNs);
        tcp("keep-alive-probes", "3", TcpSettings::keepAliveProbes);
        tcp("idle-timeout", "60s", TcpSettings::idleTimeoutNs);
    }

    private static void tcpOptions() {
        tcp("window-scaling", "false", TcpSettings::windowScaling);
        tcp("window-scale", "14", TcpSettings::windowScale);
        tcp("sack", "false", TcpSettings::sack);
        tcp("timestamps", "false", TcpSettings::timestamps);
        tcp("option-order", "bsd", TcpSettings::optionOrder);
        tcp("ecn", "on", TcpSettings::ecn);
        tcp("fast-open", "true", TcpSettings::fastOpen);
        tcp("fast-open-queue", "7", TcpSettings::fastOpenQueue);
    }

    private static void tcpRecovery() {
        tcp("congestion-control", "bbr", TcpSettings::congestionControl);
        tcp("initial-window", "20", TcpSettings::initialWindow);
        tcp("slow-start-after-idle", "false", TcpSettings::slowStartAfterIdle);
        tcp("pacing", "true", TcpSettings::pacing);
        tcp("max-pacing-rate", "1MiB", TcpSettings::maxPacingRate);
        tcp("rack", "false", TcpSettings::rack);
        tcp("tail-loss-probe", "false", TcpSettings::tailLossProbe);
        tcp("forward-rto-recovery", "false", TcpSettings::forwardRtoRecovery);
        tcp("mtu-probing", "always", TcpSettings::mtuProbing);
    }

    private static void addresses() {
        add("ip.addresses", "[\"10.0.0.2/24\", \"10.0.0.9/24\"]", (pair, listener) -> connects(pair, "10.0.0.9"));
        add("ip.own-prefixes", "[\"10.0.0.128/25\"]", (pair, listener) -> connects(pair, "10.0.0.130"));
        add("ip.gateway", "10.0.0.1", (pair, listener) -> List.of(StackPair.open(pair.stack, "192.0.2.1", 80) != 0));
        add("ip.routes", "[\"192.0.2.0/24 via 10.0.0.1\"]",
                (pair, listener) -> List.of(StackPair.open(pair.stack, "192.0.2.1", 80) != 0));
        add("ip.ttl", "9", (pair, listener) -> {
            final List<Integer> seen = new ArrayList<>();
            pair.lostOfStack = packet -> seen.isEmpty() && !seen.add(packet.ttl());
            StackPair.open(pair.stack, "10.0.0.1", 80);
            pair.until(() -> !seen.isEmpty());
            return seen;
        });
        add("millrace.ports = [{ device = memory, addresses = [\"10.1.0.2/24\"] }]", "ports",
                "[{ device = memory, addresses = [\"10.1.0.3/24\"] }]",
                (pair, listener) -> List.of(pair.stack.localAddresses()));
        counts("ip.reassembly-timeout", "2s", "IpReassemblyTimedOut", 10_000, (pair, listener) -> {
            pair.lostOfPeer = packet -> packet.fragmentOffset() > 0;
            send(pair.peer, "10.0.0.2", 9, 3_000, 1);
        });
        add("ip.max-groups", "2", (pair, listener) -> {
            final DatagramEndpoint endpoint = pair.engine().udp().open(events -> {});
            endpoint.bind(0, IpAddress.v4(0), 0, false);
            final List<Boolean> joined = new ArrayList<>();
            try {
                for (int group = 1; group <= 3; group++) {
                    endpoint.join(0, IpAddress.v4(0xEF00_0000 + group));
                }
                joined.add(true);
            } catch (final IllegalStateException e) {
                joined.add(false);
            }
            endpoint.close();
            return joined;
        });
    }

    private static void neighbours() {
        counts("neighbour.reachable-time", "100ms", "ArpRequestsSent", 5_000, (pair, listener) -> {
            StackPair.open(pair.stack, "10.0.0.1", 9);
            pair.run(100);
            pair.accept(listener);
        });
        counts("neighbour.retransmit-interval", "100ms", "ArpRequestsSent", 1_500, (pair, listener) -> {
            StackPair.open(pair.stack, NOBODY, 80);
        });
        counts("neighbour.probes", "5", "ArpRequestsSent", 4_800, (pair, listener) -> {
            StackPair.open(pair.stack, NOBODY, 80);
        });
        counts("neighbour.queue", "2", "NeighbourQueueFull", 500, (pair, listener) -> {
            send(pair.stack, NOBODY, 9, 10, 12);
        });
    }

    private static void limits() {
        counts("icmp.rate", "20", "IcmpErrorsSent", 20, (pair, listener) -> {
            pair.run(1_000);
            send(pair.peer, "10.0.0.2", 9, 10, 30);
        });
        counts("engine.max-orphans", "0", "TcpTooManyOrphans", 10, (pair, listener) -> {
            final long connection = pair.accept(listener);
            pair.engine().tcp().close(connection);
        });
        range("low", "40990");
        range("high", "40010");
    }

    private static void range(final String end, final String port) {
        final int bound = Integer.parseInt(port);
        add("millrace.ephemeral-ports { low = 40000, high = 40999 }", "ephemeral-ports." + end, port,
                (pair, listener) -> {
                    final int active = pair.engine().tcp()
                            .localAddress(StackPair.open(pair.stack, "10.0.0.1", 80)).getPort();
                    final DatagramEndpoint endpoint = pair.engine().udp().open(events -> {});
                    endpoint.bind(0, IpAddress.v4(0), 0, false);
                    final int datagrams = endpoint.localAddress().getPort();
                    endpoint.close();
                    final int chosen;
                    try (TcpListener free = StackPair.listen(pair.stack, 0, 1)) {
                        chosen = free.localAddress().getPort();
                    }
                    return List.of(active, datagrams, chosen).stream()
                            .map(of -> end.equals("low") ? of >= bound : of <= bound).toList();
                });
    }

    private static void listeners() {
        add("millrace.listen.backlog = 1", "listen.backlog", "3", (pair, listener) -> {
            for (int i = 0; i < 5; i++) {
                StackPair.open(pair.peer, "10.0.0.2", 80);
            }
            pair.run(500);
            return List.of(listener.acceptQueueDepth());
        });
        add("millrace.listen { backlog = 1, max-backlog = 1 }", "listen.max-backlog", "2", (pair, listener) -> {
            for (int i = 0; i < 5; i++) {
                StackPair.open(pair.peer, "10.0.0.2", 81);
            }
            pair.run(500);
            return List.of(pair.stack.listeners().getLast().acceptQueueDepth());
        });
        add("listen.syn-queue", "2", (pair, listener) -> {
            pair.lostOfPeer = packet -> new TcpHeader().wrapUnchecked(packet.payloadAddress()).has(TcpHeader.ACK);
            for (int i = 0; i < 5; i++) {
                StackPair.open(pair.peer, "10.0.0.2", 80);
            }
            pair.run(500);
            return List.of(listener.synQueueDepth());
        });
    }

    private static void overflows() {
        add("listen.rules", "[{ port = 80, backlog = 2, mss = 700 }]", (pair, listener) -> {
            final long passive = pair.accept(listener);
            for (int i = 0; i < 5; i++) {
                StackPair.open(pair.peer, "10.0.0.2", 80);
            }
            pair.run(500);
            return List.of(pair.engine().tcp().settings(passive).mss(), listener.acceptQueueDepth());
        });
        add("millrace.listen.syn-queue = 2", "listen.syn-cookies", "off", (pair, listener) -> {
            pair.lostOfPeer = packet -> new TcpHeader().wrapUnchecked(packet.payloadAddress()).has(TcpHeader.ACK);
            for (int i = 0; i < 5; i++) {
                StackPair.open(pair.peer, "10.0.0.2", 80);
            }
            pair.run(500);
            return List.of(listener.cookiesSent());
        });
        add("millrace.listen.backlog = 1", "listen.abort-on-overflow", "true", (pair, listener) -> {
            for (int i = 0; i < 3; i++) {
                StackPair.open(pair.peer, "10.0.0.2", 80);
            }
            pair.run(100);
            return List.of(pair.peerEngine().connections());
        });
    }

    private static void rules() {
        add("listen.rules", "[{ port = 80, backlog = 3, mss = 700 }, { port = 81, sources = [\"192.0.2.0/24\"] }]",
                (pair, listener) -> {
                    final long passive = pair.accept(listener);
                    final long refused = StackPair.open(pair.peer, "10.0.0.2", 81);
                    pair.run(500);
                    return List.of(listener.backlog(), pair.engine().tcp().settings(passive).mss(),
                            pair.peerEngine().tcp().state(refused));
                });
    }

    /** Whether the peer reaches the stack at an address. */
    private static List<Boolean> connects(final StackPair pair, final String address) {
        final long connection = StackPair.open(pair.peer, address, 80);
        pair.run(10_000);
        return List.of(pair.peerEngine().tcp().state(connection) == TcpState.ESTABLISHED);
    }

    private static void send(final Millrace from, final String to, final int port, final int length, final int count)
            throws BindException {
        final DatagramEndpoint endpoint = from.engine(0).udp().open(events -> {});
        endpoint.bind(0, IpAddress.v4(0), 0, false);
        try (MemoryRegion text = MemoryRegion.allocate("datagram", length)) {
            for (int i = 0; i < count; i++) {
                endpoint.send(0, StackPair.v4(to), port, text.address(), length);
            }
        }
        endpoint.close();
    }

    /** Something is done, and the stack counts it within so many milliseconds of virtual time: how often. */
    private static void counts(final String path, final String after, final String counter, final long milliseconds,
            final Deed deed) {
        add(path, after, (pair, listener) -> {
            final long before = pair.stack.counters().get(counter);
            deed.run(pair, listener);
            pair.run(milliseconds);
            return List.of(pair.stack.counters().get(counter) - before);
        });
    }
}
