package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;
import org.jspecify.annotations.Nullable;

/**
 * Walks the extension headers of an IPv6 packet (RFC 8200 §4) up to the header of the upper layer, or to a fragment
 * header. Bounded: at most {@value #MAX_HEADERS} headers, {@value #MAX_OPTIONS} options in each and seven bytes of
 * padding in a row (RFC 8504 §5.3). Offsets count from the beginning of the packet. Thread: the owner's.
 */
public final class Ipv6Extensions {
    /** Extension headers of one packet. */
    public static final int MAX_HEADERS = 8;
    /** Options of one header, padding aside. */
    public static final int MAX_OPTIONS = 8;

    /** Bytes of the header that {@link #writeRouterAlert} writes. */
    public static final int ROUTER_ALERT_LENGTH = 8;

    /** Where a walk ends. */
    public enum End {
        /** At the header of the upper layer: {@link Ipv6Extensions#protocol}, {@link Ipv6Extensions#offset}. */
        UPPER_LAYER,
        /** At a fragment header: {@link Ipv6Extensions#offset}. */
        FRAGMENT,
        /** Nothing follows (RFC 8200 §4.7). */
        NOTHING,
        /** A header does not end where the packet does, or there are more headers, options or padding than allowed. */
        MALFORMED,
        /** An option asks that the packet be dropped without a word. */
        DISCARD,
        /** The sender is to be told: {@link Ipv6Extensions#problem}, {@link Ipv6Extensions#pointer}. */
        PROBLEM,
        /** The same, unless the packet is for a multicast group. */
        PROBLEM_UNLESS_MULTICAST
    }

    private static final int UNIT = 8;
    private static final int MAX_PADDING = 7;
    private static final int OPTION_PAD_1 = 0;
    private static final int OPTION_PAD_N = 1;
    private static final int OPTION_ROUTER_ALERT = 5;
    private static final int ROUTER_ALERT_VALUE_LENGTH = 2;
    private static final int ROUTING_TYPE = 2;
    private static final int SEGMENTS_LEFT = 3;

    private long packet;
    private int end;
    private int protocol;
    private int named;
    private int offset;
    private int headers;
    private int problem;
    private int pointer;
    private boolean routerAlert;
    private boolean asReceiver;

    /**
     * Walks from the first header behind the fixed one.
     *
     * @param address where the packet begins.
     * @param length  bytes of the packet: its own length, or as much of it as is there.
     */
    public End walk(final long address, final int length) {
        asReceiver = true;
        return begin(address, length);
    }

    /** The same past whatever a receiver would complain of: of a packet that is only looked at. */
    public End skip(final long address, final int length) {
        asReceiver = false;
        return begin(address, length);
    }

    private End begin(final long address, final int length) {
        packet = address;
        end = length;
        protocol = Memory.getUnsignedByte(address + Ipv6Header.NEXT_HEADER_OFFSET);
        named = Ipv6Header.NEXT_HEADER_OFFSET;
        offset = Ipv6Header.LENGTH;
        headers = 0;
        routerAlert = false;
        return walk();
    }

    /** Goes on behind the fragment header at which a walk ended. */
    public End walkOn() {
        protocol = FragmentHeader.nextHeader(packet + offset);
        named = offset;
        offset += FragmentHeader.LENGTH;
        headers++;
        return walk();
    }

    /** Writes a hop-by-hop header with the Router Alert option for MLD (RFC 2711 §2.1), and padding. */
    public static void writeRouterAlert(final long address, final int nextHeader) {
        Memory.putIntBE(address, (nextHeader & 0xFF) << 24 | OPTION_ROUTER_ALERT << 8 | ROUTER_ALERT_VALUE_LENGTH);
        Memory.putIntBE(address + 4, OPTION_PAD_N << 8);
    }

    private End walk() {
        while (true) {
            switch (protocol) {
                case IpProtocol.IPV6_NO_NEXT_HEADER -> {
                    return End.NOTHING;
                }
                case IpProtocol.IPV6_FRAGMENT -> {
                    return headers < MAX_HEADERS && offset + FragmentHeader.LENGTH <= end
                            ? End.FRAGMENT
                            : End.MALFORMED;
                }
                case IpProtocol.HOP_BY_HOP, IpProtocol.IPV6_DESTINATION_OPTIONS, IpProtocol.IPV6_ROUTE -> {
                    final End stopped = extension();
                    if (stopped != null) {
                        return stopped;
                    }
                }
                default -> {
                    return offset <= end ? End.UPPER_LAYER : End.MALFORMED;
                }
            }
        }
    }

    /** Takes one header; null where the walk goes on behind it. */
    private @Nullable End extension() {
        if (asReceiver && protocol == IpProtocol.HOP_BY_HOP && named != Ipv6Header.NEXT_HEADER_OFFSET) {
            // RFC 8200 §4.1: directly behind the fixed header, and nowhere else
            return problem(Icmpv6Header.UNKNOWN_NEXT_HEADER, named);
        }
        if (headers++ == MAX_HEADERS || offset + UNIT > end) {
            return End.MALFORMED;
        }
        final int length = (Memory.getUnsignedByte(packet + offset + 1) + 1) * UNIT;
        if (offset + length > end) {
            return End.MALFORMED;
        }
        final End stopped = asReceiver ? content(length) : null;
        protocol = Memory.getUnsignedByte(packet + offset);
        named = offset;
        offset += length;
        return stopped;
    }

    private @Nullable End content(final int length) {
        return protocol == IpProtocol.IPV6_ROUTE ? routing() : options(offset + 2, offset + length);
    }

    /** No type of routing header is known here, type 0 least of all (RFC 5095 §3): one that is used up says nothing. */
    private @Nullable End routing() {
        return Memory.getUnsignedByte(packet + offset + SEGMENTS_LEFT) == 0
                ? null
                : problem(Icmpv6Header.ERRONEOUS_HEADER, offset + ROUTING_TYPE);
    }

    private @Nullable End options(final int from, final int to) {
        int padding = 0;
        int options = 0;
        for (int option = from; option < to;) {
            final int type = Memory.getUnsignedByte(packet + option);
            final int length = type == OPTION_PAD_1
                    ? 1
                    : option + 1 < to ? 2 + Memory.getUnsignedByte(packet + option + 1) : to;
            padding = type == OPTION_PAD_1 || type == OPTION_PAD_N ? padding + length : 0;
            if (option + length > to || padding > MAX_PADDING || padding == 0 && options++ == MAX_OPTIONS) {
                return End.MALFORMED;
            }
            if (padding == 0) {
                final End stopped = option(type, option, length);
                if (stopped != null) {
                    return stopped;
                }
            }
            option += length;
        }
        return null;
    }

    /** RFC 8200 §4.2: the two highest bits say what to do with an option that is not known. */
    private @Nullable End option(final int type, final int at, final int length) {
        if (type == OPTION_ROUTER_ALERT && protocol == IpProtocol.HOP_BY_HOP) {
            routerAlert |= length == 2 + ROUTER_ALERT_VALUE_LENGTH;
            return null;
        }
        return switch (type >>> 6) {
            case 0 -> null;
            case 1 -> End.DISCARD;
            case 2 -> problem(Icmpv6Header.UNKNOWN_OPTION, at);
            default -> {
                problem(Icmpv6Header.UNKNOWN_OPTION, at);
                yield End.PROBLEM_UNLESS_MULTICAST;
            }
        };
    }

    private End problem(final int code, final int at) {
        problem = code;
        pointer = at;
        return End.PROBLEM;
    }

    /** The upper layer, where a walk ended there: any number that names no extension header known here. */
    public int protocol() {
        return protocol;
    }

    /** Where the header lies at which the walk ended. */
    public int offset() {
        return offset;
    }

    /** Where the byte lies that names that header. */
    public int named() {
        return named;
    }

    /** Code of the parameter problem to tell. */
    public int problem() {
        return problem;
    }

    /** Where it lies. */
    public int pointer() {
        return pointer;
    }

    /** A Router Alert option was there (RFC 2711). */
    public boolean routerAlert() {
        return routerAlert;
    }
}
