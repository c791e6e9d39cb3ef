package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Ipv6Packet;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Segments that came in fragments do not lie in the frame of the last one: nothing of theirs is lent. */
@OverBothFamilies
class FragmentedTextTest {
    private static final int MORE = 0x2000;
    private static final int CUT = 512;

    private long frame = -1;

    private static void queueInFragments(final Wire wire, final int offset, final int length) {
        final byte[] whole = new Packet(Packet.address(Peer.ADDRESS), 40_000, Packet.address(StackDriver.ADDRESS), 80,
                wire.first() + offset, wire.peer.ack(), Packet.flags("A"), 65_535, 0, -1, -1,
                Wire.bytes(offset, length)).toBytes();
        final byte[] segment = Arrays.copyOfRange(whole, Family.current().headerLength(), whole.length);
        wire.stack.port().inject(fragment(Arrays.copyOf(segment, CUT), 0, true));
        wire.stack.port().inject(fragment(Arrays.copyOfRange(segment, CUT, segment.length), CUT, false));
    }

    private static byte[] fragment(final byte[] bytes, final int offset, final boolean more) {
        return Family.current() == Family.V4
                ? IpPacket.toStack(IpProtocol.TCP, bytes).flagsAndOffset(offset / 8 | (more ? MORE : 0)).toBytes()
                : Ipv6Packet.toStack(Ipv6Packet.TCP, bytes).behind(Ipv6Packet.FRAGMENT,
                        Ipv6Packet.fragment(Ipv6Packet.TCP, offset, more, 7)).toBytes();
    }

    @Test
    void shouldCopyWhatWasPutTogether() {
        try (Wire wire = Wire.open(Wire.settings().zeroCopyReceive(1).build())) {
            wire.tcp.attach(wire.handle, (connection, events) -> frame = wire.tcp.receiveFrame(connection));
            queueInFragments(wire, 0, Wire.MSS);
            wire.stack.run();
            assertThat(frame).as("the text lies in no frame").isZero();
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, Wire.MSS));
        }
    }

    @Test
    void shouldNotBeOverwrittenByTheNextDatagramOfTheSameTurn() {
        try (Wire wire = Wire.open(Wire.settings().zeroCopyReceive(1).build())) {
            queueInFragments(wire, 0, Wire.MSS);
            queueInFragments(wire, Wire.MSS, Wire.MSS);
            wire.stack.run();
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 2 * Wire.MSS));
        }
    }
}
