package io.millrace.nativeports.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.nativeports.pcap.CapturedPacket.Direction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureFormatTest {
    private static final byte[] FRAME = Captures.frame(Captures.OURS, Captures.PEER, 61);
    private static final long SECOND_NS = 1_000_000_000;

    static Stream<ByteOrder> orders() {
        return Stream.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN);
    }

    @ParameterizedTest
    @MethodSource("orders")
    void shouldReadPcap(final ByteOrder order) throws Exception {
        for (final boolean nanoseconds : new boolean[]{false, true}) {
            final ByteBuffer file = new Captures(order).pcap(nanoseconds, Captures.ETHERNET)
                    .pcapPacket(-1, 999_999, FRAME, 61).pcapPacket(3, 4, new byte[0], 60).file();
            final List<CapturedPacket> packets = Captures.read(file);
            assertThat(packets).hasSize(2);
            assertThat(packets.getFirst()).isEqualTo(new CapturedPacket(
                    0xFFFF_FFFFL * SECOND_NS + 999_999L * (nanoseconds ? 1 : 1_000), 40, 61, 61, Direction.UNKNOWN,
                    false));
            assertThat(packets.get(1).isWhole()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("orders")
    void shouldReadPcapng(final ByteOrder order) throws Exception {
        final Captures captures = new Captures(order).section().description(Captures.ETHERNET, 0, -1)
                .description(Captures.ETHERNET, 40, 9);
        captures.block(0x0BAD, captures.body().putInt(7));
        final ByteBuffer file = captures.enhanced(0, 5_000_001, FRAME, 61, -1, "")
                .enhanced(1, 7_000_000_003L, FRAME, 70, 1, "partial checksum")
                .enhanced(1, 8, FRAME, 61, 2, "virtual segment, in segments of 1448, partial checksum")
                .enhanced(0, 9, FRAME, 61, 0, "a remark").simple(FRAME, 61)
                .section().description(Captures.ETHERNET, 24, 0x80 | 10).enhanced(0, 1_536, FRAME, 61, -1, "")
                .simple(new byte[24], 61).file();
        final List<CapturedPacket> packets = Captures.read(file);
        assertThat(packets).extracting(CapturedPacket::timeNs).containsExactly(5_000_001_000L, 7_000_000_003L, 8L,
                9_000L, 9_000L, 1_500_000_000L, 1_500_000_000L);
        assertThat(packets).extracting(CapturedPacket::direction).containsExactly(Direction.UNKNOWN, Direction.IN,
                Direction.OUT, Direction.UNKNOWN, Direction.UNKNOWN, Direction.UNKNOWN, Direction.UNKNOWN);
        assertThat(packets).extracting(CapturedPacket::unfinished).containsExactly(false, true, true, false, false,
                false, false);
        assertThat(packets).extracting(CapturedPacket::isWhole).containsExactly(true, false, true, true, true, true,
                false);
        for (final CapturedPacket packet : packets.subList(0, 6)) {
            final byte[] bytes = new byte[packet.length()];
            file.get(packet.position(), bytes);
            assertThat(bytes).isEqualTo(FRAME);
        }
    }

    @ParameterizedTest
    @CsvSource({"0,7,7000000000", "3,7,7000000", "9,7,7", "12,7999,7", "128,7,7000000000",
            "191,4611686018427387904,500000000",
            "160,6442450944,1500000000"})
    void shouldKnowAllResolutionsOfTime(final int resolution, final long units, final long ns) {
        assertThat(new PcapngInterface(1, 0, resolution, 0).timeNs(units)).isEqualTo(ns);
        assertThat(new PcapngInterface(1, 0, resolution, 5).timeNs(units)).isEqualTo(ns + 5);
    }

    @Test
    void shouldSayWhatIsWrong() {
        refuse(ByteBuffer.allocate(0), "it has 0 bytes, which no capture file has");
        refuse(ByteBuffer.wrap("GET / HTTP/1.1".getBytes()), "it begins with 0x47455420, which neither pcap nor pcapng"
                + " does");
        refuse(pcap().file().limit(23), "it ends within its header");
        refuse(pcap().pcapPacket(0, 0, FRAME, 61).file().limit(80), "it ends within the packet that begins at byte 24");
        refuse(pcap().pcapPacket(0, 0, FRAME, 60).file(),
                "its packet at byte 24 has more bytes than it had on the wire");
        refuse(new Captures(ByteOrder.LITTLE_ENDIAN).pcap(false, 113).pcapPacket(0, 0, FRAME, 61).file(),
                "its packet at byte 24 is of link type 113, where only Ethernet (1) can be replayed");
        refuse(pcap().pcapPacket(0, 0, FRAME, 61).file().order(ByteOrder.LITTLE_ENDIAN).putInt(32, -1),
                "it ends within the packet that begins at byte 24");
        refuse(pcap().file().order(ByteOrder.LITTLE_ENDIAN).putShort(4, (short) 3), "it is of version 3 of pcap, where"
                + " 2 is known");
        refuse(pcap().file().order(ByteOrder.LITTLE_ENDIAN).putInt(20, 0x0400_0001),
                "its frames end with check sequences, which a port never sees");
    }

    @Test
    void shouldSayWhatIsWrongWithBlocks() {
        final int description = 28;
        final int packet = 48;
        refuse(pcapng().file().limit(30), "it ends within the block that begins at byte 28");
        refuse(edit(0 + 8, 0), "its block at byte 0 has no byte order");
        refuse(edit(0 + 12, 9), "its block at byte 0 is of version 9 of pcapng, where 1 is known");
        refuse(edit(description + 4, 21), "its block at byte 28 has the length 21");
        refuse(edit(description + 4, 0), "its block at byte 28 has the length 0");
        refuse(edit(description + 4, -4), "its block at byte 28 has the length 4294967292");
        refuse(edit(description + 16, 24), "its block at byte 28 has two lengths, 20 and 24");
        refuse(edit(description + 8, 101), "its packet at byte 48 is of link type 101, where only Ethernet (1) can be"
                + " replayed");
        refuse(edit(packet + 4, 4_000), "it ends within the block that begins at byte 48");
        refuse(edit(packet + 8, 1), "its block at byte 48 is of interface 1, which is not described before");
        refuse(edit(packet + 20, 90), "its block at byte 48 has a packet that is longer than itself");
        refuse(edit(packet + 20, -1), "its block at byte 48 has a packet that is longer than itself");
        refuse(edit(packet + 24, 60), "its block at byte 48 has a packet with more bytes than it had on the wire");
        refuse(edit(packet + 92, 0x00FF_0001), "its block at byte 48 has an option that goes beyond it");
        refuse(new Captures(ByteOrder.LITTLE_ENDIAN).section().description(1, 0, 19).file(),
                "its block at byte 28 has a resolution of time that is none");
        final Captures little = new Captures(ByteOrder.LITTLE_ENDIAN).section();
        refuse(little.block(1, little.body().putInt(1)).file(), "its block at byte 28 is too short for its type");
    }

    /** Whatever a file holds, it is read or refused: no other exception, and every packet lies within it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldReadOrRefuseWhateverComes(final long seed) {
        final Random random = new Random(seed);
        final byte[][] files = {pcapng().section().description(1, 30, 9).simple(new byte[30], 61).toArray(),
                pcap().pcapPacket(0, 0, FRAME, 61).pcapPacket(1, 0, FRAME, 61).toArray()};
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            final byte[] file = files[round & 1].clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                file[random.nextInt(file.length)] = (byte) (random.nextInt(4) == 0 ? -1 : random.nextInt());
            }
            final ByteBuffer bytes = ByteBuffer.wrap(file, 0, file.length - random.nextInt(2) * random.nextInt(99));
            try {
                for (final CapturedPacket packet : Captures.read(bytes)) {
                    assertThat(packet.length()).isBetween(0, bytes.limit() - packet.position());
                }
            } catch (final MalformedCaptureException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 19_999);
    }

    private static Captures pcap() {
        return new Captures(ByteOrder.LITTLE_ENDIAN).pcap(false, Captures.ETHERNET);
    }

    private static Captures pcapng() {
        return new Captures(ByteOrder.LITTLE_ENDIAN).section().description(Captures.ETHERNET, 0, -1)
                .enhanced(0, 0, FRAME, 61, 1, "");
    }

    private static ByteBuffer edit(final int position, final int value) {
        return pcapng().file().order(ByteOrder.LITTLE_ENDIAN).putInt(position, value);
    }

    private static void refuse(final ByteBuffer file, final String why) {
        assertThatExceptionOfType(MalformedCaptureException.class).isThrownBy(() -> Captures.read(file))
                .withMessage(why);
    }
}
