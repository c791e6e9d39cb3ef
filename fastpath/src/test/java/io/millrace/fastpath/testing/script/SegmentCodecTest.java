package io.millrace.fastpath.testing.script;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.fastpath.testing.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentCodecTest {
    private static final List<TcpOption> OPTIONS = List.of(new TcpOption.Mss(1_000), new TcpOption.SackPermitted(),
            new TcpOption.Timestamps(0xFFFF_FFFFL, 7), new TcpOption.Nop(), new TcpOption.WindowScale(9),
            new TcpOption.Sack(List.of(new TcpOption.Block(1, 0xFFFF_FFFFL))), new TcpOption.FastOpen("0011"),
            new TcpOption.Eol(), new TcpOption.Eol());

    private static Segment segment(final List<TcpOption> options) {
        return new Segment(Packet.address("10.0.0.1"), Packet.address("10.0.0.2"), 80, 65_535, 2, 0xFFFF_FFFEL, 5,
                Segment.PSH | Segment.ACK | Segment.CWR, 40_000, 3, options, new byte[]{1, 2, 3});
    }

    @Test
    void shouldReadWhatItWrote() {
        final Segment written = segment(OPTIONS);
        final Segment read = SegmentCodec.decode(SegmentCodec.encode(written));
        assertEquals(written.toString(), read.toString());
        assertEquals(OPTIONS, read.options());
        assertArrayEquals(written.payload(), read.payload());
        assertEquals(2, read.ecn());
    }

    @Test
    void shouldWriteWhatTheCodecUnderTestReads() {
        final Packet packet = Packet.of(SegmentCodec.encode(segment(List.of(new TcpOption.Mss(1_000)))));
        assertEquals(0xFFFF_FFFE, packet.seq());
        assertEquals(1_000, packet.mss());
        assertEquals(40_000, packet.window());
        assertArrayEquals(new byte[]{1, 2, 3}, packet.payload());
        assertEquals(packet, Packet.of(SegmentCodec.encode(SegmentCodec.decode(packet.toBytes()))));
    }

    @Test
    void shouldNotBelieveAWrongChecksum() {
        final byte[] packet = SegmentCodec.encode(segment(List.of()));
        packet[packet.length - 1]++;
        assertThrows(AssertionError.class, () -> SegmentCodec.decode(packet));
        packet[packet.length - 1]--;
        packet[8]++;
        assertThrows(AssertionError.class, () -> SegmentCodec.decode(packet));
    }
}
