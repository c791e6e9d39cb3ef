package io.millrace.fastpath.testing.script;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A packet as a script writes it. */
sealed interface PacketSpec {
    /** Says that a field is not written. */
    long UNSAID = -1;

    /** The ECN field of the IP header: as written, and which values it stands for. */
    enum Ecn {
        NOECN(0),
        ECT1(1),
        ECT0(2),
        CE(3),
        ECT01(-1);

        private final int bits;

        Ecn(final int bits) {
            this.bits = bits;
        }

        /** What to send. */
        int bits() {
            return this == ECT01 ? ECT0.bits : bits;
        }

        boolean matches(final int actual) {
            return this == ECT01 ? actual == ECT0.bits || actual == ECT1.bits : actual == bits;
        }

        /** As a script writes it. */
        String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /**
     * Ports that name the connection.
     *
     * @param source      of the packet.
     * @param destination of the packet.
     */
    record Ports(int source, int destination) {}

    /**
     * A TCP segment; sequence numbers as in the script.
     *
     * @param ecn     null where not written.
     * @param ports   null where not written: the connection that the script speaks of.
     * @param flags   bits of the header.
     * @param ack     {@link #UNSAID} without ACK.
     * @param window  {@link #UNSAID} where not written.
     * @param urgent  0 where not written.
     * @param options null for {@code <...>}: any.
     */
    record Tcp(@Nullable Ecn ecn, @Nullable Ports ports, int flags, long seq, int length, long ack, long window,
            int urgent, @Nullable List<TcpOption> options) implements PacketSpec {}

    /**
     * An ICMP message that quotes a segment.
     *
     * @param seq    sequence number that it quotes, in the script's numbers.
     * @param length of the text of the segment quoted.
     * @param mtu    next-hop MTU, 0 where not written.
     */
    record Icmp(int type, int code, long seq, int length, int mtu) implements PacketSpec {}
}
