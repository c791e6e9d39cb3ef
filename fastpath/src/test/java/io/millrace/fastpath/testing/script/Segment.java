package io.millrace.fastpath.testing.script;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A TCP segment over IPv4 as it is on the wire; unsigned numbers in longs. Shares nothing with the code under test.
 *
 * @param ecn two low bits of the TOS byte.
 */
record Segment(int source, int destination, int sourcePort, int destinationPort, int ecn, long seq, long ack, int flags,
        int window, int urgent, List<TcpOption> options, byte[] payload) {

    static final int FIN = 1;
    static final int SYN = 2;
    static final int RST = 4;
    static final int PSH = 8;
    static final int ACK = 16;
    static final int URG = 32;
    static final int ECE = 64;
    static final int CWR = 128;

    private static final long MASK = 0xFFFF_FFFFL;
    /** In the order in which scripts write them. */
    private static final String LETTERS = "FSRP.UEW";

    /** The bit of a letter; 0 where it is none. */
    static int flag(final char letter) {
        final int index = LETTERS.indexOf(letter);
        return index < 0 || letter == '.' ? 0 : 1 << index;
    }

    /** Flags as scripts write them: letters, then a dot for ACK. */
    static String flagsText(final int flags) {
        if (flags == 0) {
            return "-";
        }
        final String letters = LETTERS.chars().mapToObj(Character::toString).filter(c -> !c.equals("."))
                .filter(c -> (flags & flag(c.charAt(0))) != 0).collect(Collectors.joining());
        return (flags & ACK) != 0 ? letters + "." : letters;
    }

    boolean has(final int wanted) {
        return (flags & wanted) == wanted;
    }

    int length() {
        return payload.length;
    }

    /** Where it ends, without SYN and FIN. */
    long end() {
        return seq + payload.length & MASK;
    }

    /** This one and the one that follows it, as a port with segmentation offload would have sent them. */
    Segment join(final Segment next) {
        final byte[] both = Arrays.copyOf(payload, payload.length + next.payload.length);
        System.arraycopy(next.payload, 0, both, payload.length, next.payload.length);
        return new Segment(source, destination, sourcePort, destinationPort, ecn, seq, next.ack, next.flags,
                next.window, next.urgent, next.options, both);
    }

    /** The same with numbers of a script. */
    Segment numbered(final long scriptSeq, final List<TcpOption> scriptOptions) {
        return new Segment(source, destination, sourcePort, destinationPort, ecn, scriptSeq, ack, flags, window, urgent,
                scriptOptions, payload);
    }

    /** In the notation of a script. */
    @Override
    public String toString() {
        return flagsText(flags) + " " + seq + ":" + end() + "(" + payload.length + ")"
                + (has(ACK) ? " ack " + ack : "") + " win " + window + (urgent == 0 ? "" : " urg " + urgent)
                + text(options);
    }

    /** Options in the notation of a script; nothing where there are none. */
    static String text(final List<TcpOption> options) {
        return options.isEmpty()
                ? ""
                : options.stream().map(Object::toString).collect(Collectors.joining(",", " <", ">"));
    }
}
