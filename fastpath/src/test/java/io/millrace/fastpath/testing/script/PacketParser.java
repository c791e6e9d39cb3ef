package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.PacketSpec.Ecn;
import io.millrace.fastpath.testing.script.PacketSpec.Ports;
import io.millrace.fastpath.testing.script.Token.Kind;
import org.jspecify.annotations.Nullable;

/** Packets, in the notation of tcpdump. Thread: one. */
final class PacketParser {
    private static final long MAX_SEQUENCE = 0xFFFF_FFFFL;
    private static final int MAX_PORT = 65_535;
    private static final String FLAGS = "flags (of S F R P U E W, \".\" for ACK, \"-\" for none)";

    private final Tokens tokens;
    private final TcpOptionParser options;
    private final IcmpParser icmp;

    PacketParser(final Tokens tokens) {
        this.tokens = tokens;
        options = new TcpOptionParser(tokens);
        icmp = new IcmpParser(tokens);
    }

    /** What follows the direction. */
    PacketSpec packet() {
        if (tokens.peek().is("udp") || tokens.peek().is("icmpv6")) {
            throw tokens.error("only TCP and ICMPv4 are spoken here");
        }
        if (tokens.peek().is('[') && tokens.peek(1).is(Kind.INTEGER)) {
            tokens.next();
            final long[] quoted = sequence();
            tokens.expect(']');
            return icmp.message(quoted[0], (int) quoted[1]);
        }
        if (tokens.peek().is("icmp")) {
            throw tokens.unexpected("the segment that the ICMP message quotes, \"[1:1001(1000)]\"");
        }
        return tcp(ecn());
    }

    private @Nullable Ecn ecn() {
        if (!tokens.accept('[')) {
            return null;
        }
        final Token token = tokens.peek();
        for (final Ecn ecn : Ecn.values()) {
            if (tokens.accept(ecn.text())) {
                tokens.expect(']');
                return ecn;
            }
        }
        throw tokens.error(token, "expected noecn, ect0, ect1, ect01 or ce, found " + token.shown());
    }

    private PacketSpec tcp(final @Nullable Ecn ecn) {
        final Ports ports = tokens.peek().is(Kind.INTEGER) ? ports() : null;
        final int flags = flags();
        final long[] sequence = sequence();
        final long ack = tokens.accept("ack") ? tokens.number("a sequence number", 0, MAX_SEQUENCE) : PacketSpec.UNSAID;
        final boolean acknowledges = (flags & Segment.ACK) != 0;
        if (acknowledges != (ack != PacketSpec.UNSAID)) {
            throw tokens.error("\"ack\" and the flag \".\" go together");
        }
        final long window = tokens.accept("win") ? tokens.number("a window", 0, MAX_PORT) : PacketSpec.UNSAID;
        final int urgent = tokens.accept("urg") ? (int) tokens.number("an urgent pointer", 0, MAX_PORT) : 0;
        return new PacketSpec.Tcp(ecn, ports, flags, sequence[0], (int) sequence[1], ack, window, urgent,
                options.options());
    }

    private Ports ports() {
        final int source = (int) tokens.number("a port", 1, MAX_PORT);
        tokens.expect('>');
        return new Ports(source, (int) tokens.number("a port", 1, MAX_PORT));
    }

    private int flags() {
        if (tokens.accept('-')) {
            return 0;
        }
        int flags = 0;
        if (tokens.peek().is(Kind.WORD)) {
            for (final char letter : tokens.peek().text().toCharArray()) {
                final int flag = Segment.flag(letter);
                if (flag == 0 || (flags & flag) != 0) {
                    throw tokens.unexpected(FLAGS);
                }
                flags |= flag;
            }
            tokens.next();
            return tokens.accept('.') ? flags | Segment.ACK : flags;
        }
        if (!tokens.accept('.')) {
            throw tokens.unexpected(FLAGS);
        }
        return Segment.ACK;
    }

    /** {@code begin:end(length)}: the beginning and the length. */
    private long[] sequence() {
        final long begin = tokens.number("a sequence number", 0, MAX_SEQUENCE);
        tokens.expect(':');
        final Token end = tokens.peek();
        final long last = tokens.number("a sequence number", 0, MAX_SEQUENCE);
        tokens.expect('(');
        final long length = tokens.number("a length", 0, MAX_PORT);
        tokens.expect(')');
        if ((begin + length & MAX_SEQUENCE) != last) {
            throw tokens.error(end, "a segment of " + length + " bytes at " + begin + " ends at "
                    + (begin + length & MAX_SEQUENCE));
        }
        return new long[]{begin, length};
    }
}
