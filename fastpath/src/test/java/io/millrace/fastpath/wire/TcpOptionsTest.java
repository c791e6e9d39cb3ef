package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpOptionsTest extends WithGuardedMemory {
    private final TcpOptions options = new TcpOptions();

    private boolean decode(final String hex) {
        return options.decode(memory.place(hex), hex.length() / 2);
    }

    @Test
    void shouldDecodeTheOptionsOfACapturedSyn() {
        assertThat(decode("020405b40402080a6dbc5bac000000000103030a")).isTrue();
        assertThat(options.malformed()).isFalse();
        assertThat(options.hasMss()).isTrue();
        assertThat(options.mss()).isEqualTo(1460);
        assertThat(options.sackPermitted()).isTrue();
        assertThat(options.hasTimestamps()).isTrue();
        assertThat(options.timestampValue()).isEqualTo(0x6DBC5BAC);
        assertThat(options.timestampEcho()).isZero();
        assertThat(options.hasWindowScale()).isTrue();
        assertThat(options.windowScale()).isEqualTo(10);
        assertThat(options.sackBlocks()).isZero();
    }

    @Test
    void shouldForgetWhatWasDecodedBefore() {
        decode("020405b40402080a6dbc5bac000000000103030a");
        decode("0101050a0000000100000002");
        decode("0505");
        assertThat(options.decode(memory.end(), 0)).isTrue();
        assertThat(options.hasMss()).isFalse();
        assertThat(options.sackPermitted()).isFalse();
        assertThat(options.hasTimestamps()).isFalse();
        assertThat(options.hasWindowScale()).isFalse();
        assertThat(options.sackBlocks()).isZero();
        assertThat(options.malformed()).isFalse();
        assertThat(options).hasToString("");
    }

    @Test
    void shouldTakeANegativeLengthForNone() {
        assertThat(options.decode(memory.end(), -4)).isTrue();
    }

    @Test
    void shouldDecodeTimestampsWhereverTheyStand() {
        assertThat(decode("0101080affffffff80000000")).isTrue();
        assertThat(options.timestampValue()).isEqualTo(-1);
        assertThat(options.timestampEcho()).isEqualTo(Integer.MIN_VALUE);
        assertThat(decode("080a00000001000000020101")).isTrue();
        assertThat(options.hasTimestamps()).isTrue();
        assertThat(options.timestampValue()).isEqualTo(1);
        assertThat(options.timestampEcho()).isEqualTo(2);
        assertThat(decode("0101080b0000000100000002")).as("looks aligned, is not").isFalse();
        assertThat(options.hasTimestamps()).isFalse();
    }

    @Test
    void shouldDecodeUpToFourSackBlocks() {
        assertThat(decode("0101" + "0522" + "0000000100000002" + "0000000300000004" + "fffffffe00000005"
                + "0000000600000007")).isTrue();
        assertThat(options.sackBlocks()).isEqualTo(4);
        assertThat(options.sackLeft(0)).isEqualTo(1);
        assertThat(options.sackRight(0)).isEqualTo(2);
        assertThat(options.sackLeft(2)).isEqualTo(-2);
        assertThat(options.sackRight(2)).isEqualTo(5);
        assertThat(options.sackRight(3)).isEqualTo(7);
        assertThat(options).hasToString("sack 4 {1:2}{3:4}{4294967294:5}{6:7}");
    }

    @Test
    void shouldRefuseFiveSackBlocksOfAnOversizedList() {
        assertThat(decode("052a" + "0000000100000002".repeat(5))).isFalse();
        assertThat(options.sackBlocks()).isZero();
    }

    @Test
    void shouldStopAtEndOfList() {
        assertThat(decode("0204000100020405b4")).isTrue();
        assertThat(options.mss()).isEqualTo(1);
        assertThat(decode("00ff")).isTrue();
        assertThat(options.hasMss()).isFalse();
    }

    @Test
    void shouldSkipUnknownKinds() {
        assertThat(decode("fd02" + "1e06aabbccdd" + "220c0102030405060708090a" + "020405b4")).isTrue();
        assertThat(options.mss()).isEqualTo(1460);
    }

    @Test
    void shouldLetTheLastOfTwoCount() {
        assertThat(decode("0204000102040002")).isTrue();
        assertThat(options.mss()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"00, 0", "0e, 14", "0f, 14", "ff, 14"})
    void shouldClampTheWindowScale(final String shift, final int expected) {
        assertThat(decode("0303" + shift)).isTrue();
        assertThat(options.windowScale()).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({"fd00, unknown kind with length 0", "fd01, unknown kind with length 1", "0200, MSS with length 0",
            "0201, MSS with length 1", "0800, timestamps with length 0", "02, kind without length",
            "fd, unknown kind without length", "0204, MSS cut off after length", "020405, MSS cut off in its value",
            "0303, window scale cut off", "080a00000001000000, timestamps cut off", "050a00000001000000, SACK cut off",
            "fdff, unknown kind that overruns", "0522000000010000000200, SACK that overruns"})
    void shouldStopAtAnImpossibleLengthAndKeepWhatCameBefore(final String broken, final String what) {
        assertThat(decode("020405b4" + broken)).as(what).isFalse();
        assertThat(options.malformed()).isTrue();
        assertThat(options.mss()).isEqualTo(1460);
        assertThat(options.hasWindowScale()).isFalse();
        assertThat(options.hasTimestamps()).isFalse();
        assertThat(options.sackBlocks()).isZero();
        assertThat(options.toString()).endsWith("malformed");
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({"0203aa, short MSS", "0205aaaaaa, long MSS", "0302, window scale without value",
            "030405aa, long window scale", "0403aa, long SACK-permitted", "0502, SACK without blocks",
            "0506aaaaaaaa, half a SACK block", "050baaaaaaaaaaaaaaaaaa, SACK block and a byte",
            "0802, timestamps without value", "0809aaaaaaaaaaaaaa, short timestamps",
            "080baaaaaaaaaaaaaaaaaa, long timestamps"})
    void shouldSkipAKnownKindOfWrongLengthAndGoOn(final String broken, final String what) {
        assertThat(decode(broken + "fd02")).as(what).isFalse();
        assertThat(options.hasMss()).isFalse();
        assertThat(options.hasWindowScale()).isFalse();
        assertThat(options.sackPermitted()).isFalse();
        assertThat(options.sackBlocks()).isZero();
        assertThat(options.hasTimestamps()).isFalse();
        assertThat(decode(broken + "020405b4")).as(what).isFalse();
        assertThat(options.mss()).isEqualTo(1460);
    }

    @Property
    void shouldDecodeWhatWasEncoded(@ForAll @IntRange(max = 65535) final int mss,
            @ForAll @IntRange(max = 14) final int shift, @ForAll final int value, @ForAll final int echo) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.end() - 24;
            int length = TcpOptions.writeMss(address, mss);
            length += TcpOptions.writeWindowScale(address + length, shift);
            length += TcpOptions.writeSackPermitted(address + length);
            length += TcpOptions.writeTimestamps(address + length, value, echo);
            assertThat(length).isEqualTo(24).isEqualTo(TcpOptions.MSS_LENGTH + TcpOptions.WINDOW_SCALE_LENGTH
                    + TcpOptions.SACK_PERMITTED_LENGTH + TcpOptions.TIMESTAMPS_LENGTH);
            assertThat(options.decode(address, length)).isTrue();
            assertThat(options.hasMss() && options.hasWindowScale() && options.sackPermitted()
                    && options.hasTimestamps()).isTrue();
            assertThat(options.mss()).isEqualTo(mss);
            assertThat(options.windowScale()).isEqualTo(shift);
            assertThat(options.timestampValue()).isEqualTo(value);
            assertThat(options.timestampEcho()).isEqualTo(echo);
        }
    }

    /** NOPs before it change nothing, but are no layout that is known as a whole. */
    @Property
    void shouldDecodeALinuxSynAsAnyOtherOptions(@ForAll final int mss, @ForAll @IntRange(max = 255) final int shift,
            @ForAll final int value, @ForAll final int echo, @ForAll @Size(max = 2) final List<Byte> changes,
            @ForAll final long seed) {
        final Random random = new Random(seed);
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.end() - 20;
            Memory.putInt(address - 4, 0x01010101);
            TcpOptions.writeMss(address, mss);
            TcpOptions.writeSackPermittedTimestamps(address + 4, value, echo);
            TcpOptions.writeWindowScale(address + 16, 0);
            Memory.putByte(address + 19, shift);
            for (final byte change : changes) {
                Memory.putByte(address + random.nextInt(20), change);
            }
            final String whole = decoded(address, 20);
            assertThat(whole).isEqualTo(decoded(address - 4, 24));
            if (changes.isEmpty()) {
                assertThat(whole)
                        .isEqualTo("true true " + (mss & 0xFFFF) + " true " + Math.min(shift, 14) + " true true "
                                + value + " " + echo + " 0 false");
            }
        }
    }

    private String decoded(final long address, final int length) {
        return options.decode(address, length) + " " + options.hasMss() + " " + (options.hasMss() ? options.mss() : 0)
                + " " + options.hasWindowScale() + " " + (options.hasWindowScale() ? options.windowScale() : 0) + " "
                + options.sackPermitted() + " " + options.hasTimestamps() + " "
                + (options.hasTimestamps() ? options.timestampValue() + " " + options.timestampEcho() : "") + " "
                + options.sackBlocks() + " " + options.hasFastOpen();
    }

    @Property
    void shouldDecodeTheSackBlocksThatWereEncoded(@ForAll final int[] edges,
            @ForAll @IntRange(min = 1, max = 4) final int blocks) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.end() - 4 - 8 * blocks;
            int length = TcpOptions.writeSackHeader(address, blocks);
            for (int i = 0; i < blocks; i++) {
                length += TcpOptions.writeSackBlock(address + length, edge(edges, i), edge(edges, i + 1));
            }
            assertThat(options.decode(address, length)).isTrue();
            assertThat(options.sackBlocks()).isEqualTo(blocks);
            for (int i = 0; i < blocks; i++) {
                assertThat(options.sackLeft(i)).isEqualTo(edge(edges, i));
                assertThat(options.sackRight(i)).isEqualTo(edge(edges, i + 1));
            }
        }
    }

    private static int edge(final int[] edges, final int index) {
        return edges.length == 0 ? index : edges[index % edges.length];
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 3", "2, 2", "3, 1", "4, 0", "39, 1"})
    void shouldPadToAMultipleOfFour(final int length, final int padding) {
        final long address = memory.place("ffffffff");
        assertThat(TcpOptions.writePadding(address, length)).isEqualTo(padding);
        assertThat(GuardedMemory.hex(address, 4)).isEqualTo("00".repeat(padding) + "ff".repeat(4 - padding));
        assertThat(Memory.getUnsignedByte(address + 3)).isEqualTo(0xFF);
    }
}
