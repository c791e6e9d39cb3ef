package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Token.Kind;
import java.util.Map;

/** {@code icmp unreachable frag_needed mtu 1400}: the names are those of packetdrill. Thread: one. */
final class IcmpParser {
    private static final int MAX_MTU = 65_535;
    private static final Map<String, Integer> TYPES = Map.of("unreachable", 3, "source_quench", 4, "time_exceeded", 11,
            "parameter_problem", 12);
    private static final Map<String, Integer> CODES = Map.ofEntries(Map.entry("net_unreachable", 0),
            Map.entry("host_unreachable", 1), Map.entry("protocol_unreachable", 2), Map.entry("port_unreachable", 3),
            Map.entry("frag_needed", 4), Map.entry("source_route_failed", 5), Map.entry("net_unknown", 6),
            Map.entry("host_unknown", 7), Map.entry("source_host_isolated", 8), Map.entry("net_prohibited", 9),
            Map.entry("host_prohibited", 10), Map.entry("net_unreachable_for_tos", 11),
            Map.entry("host_unreachable_for_tos", 12), Map.entry("packet_filtered", 13),
            Map.entry("precedence_violation", 14), Map.entry("precedence_cutoff", 15),
            Map.entry("exceeded_transit", 0), Map.entry("exceeded_frag_reassembly", 1));

    private final Tokens tokens;

    IcmpParser(final Tokens tokens) {
        this.tokens = tokens;
    }

    /** A message that quotes the segment with this sequence number and length. */
    PacketSpec message(final long seq, final int length) {
        tokens.expect("icmp");
        final int type = named("a type", TYPES);
        final boolean coded = tokens.peek().is(Kind.WORD) && !tokens.peek().is("mtu");
        final int code = coded ? named("a code", CODES) : 0;
        final int mtu = tokens.accept("mtu") ? (int) tokens.number("an MTU", 0, MAX_MTU) : 0;
        return new PacketSpec.Icmp(type, code, seq, length, mtu);
    }

    private int named(final String what, final Map<String, Integer> names) {
        final Integer value = names.get(tokens.peek().text());
        if (value == null) {
            throw tokens.unexpected(what + " of ICMP message, one of " + names.keySet().stream().sorted().toList());
        }
        tokens.next();
        return value;
    }
}
