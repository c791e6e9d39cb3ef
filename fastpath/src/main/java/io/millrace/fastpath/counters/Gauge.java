package io.millrace.fastpath.counters;

import java.util.Locale;

/** What an engine is like now, where a {@link Counter} tells what happened. Label and documentation are one text. */
public enum Gauge {
    LOOK_NS("ns", "the engine's clock when these values were read"),
    CONNECTIONS("connections", "connections now, TIME_WAIT not included"),
    CONNECTIONS_LIMIT("connections", "connections at the most (millrace.engine.max-connections)"),
    TIME_WAITS("connections", "connections in TIME_WAIT now"),
    TIME_WAITS_LIMIT("connections", "connections in TIME_WAIT at the most (millrace.engine.max-time-wait)"),
    SLAB_BYTES("bytes", "memory for send and receive buffers in use now"),
    SLAB_BYTES_LIMIT("bytes", "memory for send and receive buffers at the most (millrace.engine.slab)"),
    DATAGRAM_ENDPOINTS("endpoints", "UDP endpoints now"),
    DATAGRAM_BYTES("bytes", "memory for datagrams that wait to be received in use now"),
    DATAGRAM_BYTES_LIMIT("bytes", "memory for datagrams at the most (millrace.engine.datagrams)"),
    FRAMES_LENT("frames", "received frames that applications have now"),
    PORT_DROPPED("frames", "frames that the port lost on its own since it was opened: queue full, truncated, errors"),
    PORT_SYNS_DROPPED("frames", "SYNs that found no room in the queues of the device for them alone, at least so many"),
    PORT_BULK_FRAMES("frames", "frames that a TAP's host received on another CPU than the loop's (bulk=steered)"),
    PORT_BULK_BEGUN("times", "bulk transfers that a TAP's host began to receive on another CPU"),
    PORT_BULK_ENDED("times", "of those, how many have ended"),
    PORT_BULK_REFUSED("bursts", "bursts that a TAP's host received on the loop's CPU: Linux refused the other ones"),
    PORT_BULK_WITHOUT_CPU("bursts", "bursts that a TAP's host received on the loop's CPU: loops have all CPUs"),
    PORT_MTU("bytes", "largest IP packet of a frame (millrace.port.mtu)"),
    LINK_MTU_V4("bytes", "largest IPv4 packet of the link: as a server of DHCP says, at most that of the port"),
    LINK_MTU_V6("bytes", "largest IPv6 packet of the link: as routers say, at most that of the port"),
    LINK_HOP_LIMIT_V6("hops",
            "hop limit of IPv6 packets that a router said; 0 where none did: as configured (millrace.ip.ttl)"),
    LONGEST_GAP_NS("ns", "longest time between the beginnings of two turns");

    /** How many gauges there are. */
    public static final int COUNT = values().length;

    private final String unit;
    private final String text;

    Gauge(final String unit, final String text) {
        this.unit = unit;
        this.text = text;
    }

    /** True where several engines have the highest of their values together, not the sum. */
    public boolean isMaximum() {
        return this == LOOK_NS || this == LONGEST_GAP_NS || this == PORT_MTU
                || this == LINK_MTU_V4 || this == LINK_MTU_V6 || this == LINK_HOP_LIMIT_V6;
    }

    /** What is counted: {@code ns}, {@code bytes}, {@code frames}... */
    public String unit() {
        return unit;
    }

    /** One line of documentation. */
    public String text() {
        return text;
    }

    /** The name as shown to users, e.g. {@code TimeWaits}. */
    public String label() {
        final StringBuilder label = new StringBuilder();
        for (final String word : name().split("_")) {
            label.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return label.toString();
    }
}
