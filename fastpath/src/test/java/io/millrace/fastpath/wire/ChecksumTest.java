package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChecksumTest extends WithGuardedMemory {
    @Test
    void shouldSumTheExampleOfRfc1071() {
        final long address = memory.place("0001f203f4f5f6f7");
        assertThat(Checksum.fold(Checksum.sum(address, 8, 0))).isEqualTo(0xDDF2);
        assertThat(Checksum.of(address, 8)).isEqualTo(0x220D);
    }

    @Test
    void shouldCountAnOddLastByteAsTheUpperHalfOfAWord() {
        assertThat(Checksum.fold(Checksum.sum(memory.place("0102ab"), 3, 0))).isEqualTo(0xAC02);
    }

    @Test
    void shouldFoldNothingToZero() {
        assertThat(Checksum.fold(Checksum.sum(memory.start(), 0, 0))).isZero();
        assertThat(Checksum.of(memory.start(), 0)).isEqualTo(0xFFFF);
    }

    @Test
    void shouldAgreeWithTheReferenceAtEveryShortLengthAndAlignment() {
        final byte[] bytes = random(1, 700);
        for (int length = 0; length <= 640; length++) {
            for (int shift = 0; shift < 9; shift++) {
                final long address = memory.end() - length - shift;
                Memory.copyFromArray(bytes, shift, address, length);
                assertThat(Checksum.fold(Checksum.sum(address, length, 0))).as("length %d shift %d", length, shift)
                        .isEqualTo(reference(bytes, shift, length));
            }
        }
    }

    @Test
    void shouldAgreeWithTheReferenceForVirtualSegments() {
        final Random random = new Random(2);
        final byte[] bytes = random(3, 65536 + 16);
        for (int i = 0; i < 300; i++) {
            final int length = 65536 - random.nextInt(2000);
            final int shift = random.nextInt(16);
            final long address = memory.end() - length;
            Memory.copyFromArray(bytes, shift, address, length);
            assertThat(Checksum.fold(Checksum.sum(address, length, 0))).isEqualTo(reference(bytes, shift, length));
        }
    }

    @Test
    void shouldNotLoseCarriesWhenEveryBitIsSet() {
        final byte[] bytes = new byte[65535];
        Arrays.fill(bytes, (byte) 0xFF);
        final long address = memory.place(bytes);
        for (final int length : new int[]{1, 2, 7, 8, 20, 127, 128, 1460, 65534, 65535}) {
            assertThat(Checksum.fold(Checksum.sum(address, length, 0))).isEqualTo(reference(bytes, 0, length));
            assertThat(Checksum.fold(Checksum.sum(address, length, -1L))).isEqualTo(reference(bytes, 0, length));
        }
    }

    @Test
    void shouldBringTheCarryRoundWhenAccumulatorsOverflow() {
        assertThat(Checksum.add(-1L, 1L)).isEqualTo(1L);
        assertThat(Checksum.add(-2L, -1L)).isEqualTo(-2L);
        assertThat(Checksum.add(Long.MIN_VALUE, Long.MIN_VALUE)).isEqualTo(1L);
    }

    @Property
    void shouldChainPiecesOfEvenLength(@ForAll final long seed, @ForAll @IntRange(max = 900) final int half,
            @ForAll @IntRange(max = 1500) final int rest) {
        try (GuardedMemory own = new GuardedMemory(4096)) {
            final byte[] bytes = random(seed, 2 * half + rest);
            final long address = own.place(bytes);
            final long first = Checksum.sum(address, 2 * half, 0);
            assertThat(Checksum.fold(Checksum.sum(address + 2L * half, rest, first)))
                    .isEqualTo(reference(bytes, 0, bytes.length));
        }
    }

    @Property
    void shouldAppendPiecesOfAnyLength(@ForAll final long seed, @ForAll @IntRange(max = 900) final int one,
            @ForAll @IntRange(max = 900) final int two, @ForAll @IntRange(max = 900) final int three) {
        try (GuardedMemory own = new GuardedMemory(4096)) {
            final byte[] bytes = random(seed, one + two + three);
            final long address = own.place(bytes);
            long sum = Checksum.sum(address, one, 0);
            sum = Checksum.append(sum, one, Checksum.sum(address + one, two, 0));
            sum = Checksum.append(sum, one + two, Checksum.sum(address + one + two, three, 0));
            assertThat(Checksum.fold(sum)).isEqualTo(reference(bytes, 0, bytes.length));
        }
    }

    @Property
    void shouldUpdateOneWordAsSummingAnewWould(@ForAll final long seed, @ForAll @IntRange(max = 29) final int word,
            @ForAll final short value) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.place(random(seed, 60));
            final long changed = address + 2L * word;
            final int before = Checksum.of(address, 60);
            final int old = Memory.getShortBE(changed);
            Memory.putShortBE(changed, value);
            assertThat(Checksum.update16(before, old, value & 0xFFFF)).isEqualTo(Checksum.of(address, 60));
            assertThat(Checksum.update16(before, old, value)).as("sign does not matter")
                    .isEqualTo(Checksum.of(address, 60));
        }
    }

    @Property
    void shouldUpdateTwoWordsAsSummingAnewWould(@ForAll final long seed, @ForAll @IntRange(max = 28) final int word,
            @ForAll final int value) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.place(random(seed, 60));
            final long changed = address + 2L * word;
            final int before = Checksum.of(address, 60);
            final int old = Memory.getIntBE(changed);
            Memory.putIntBE(changed, value);
            assertThat(Checksum.update32(before, old, value)).isEqualTo(Checksum.of(address, 60));
        }
    }

    @Test
    void shouldUpdateTheExampleOfRfc1624() {
        assertThat(Checksum.update16(0xDD2F, 0x5555, 0x3285)).isEqualTo(0x0000);
    }

    @Property
    void shouldSumThePseudoHeaderOfIpv4(@ForAll final int source, @ForAll final int destination,
            @ForAll @IntRange(max = 255) final int protocol, @ForAll @IntRange(max = 65535) final int length) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.end() - 12;
            Memory.putIntBE(address, source);
            Memory.putIntBE(address + 4, destination);
            Memory.putIntBE(address + 8, protocol << 16 | length);
            assertThat(Checksum.fold(Checksum.pseudoHeaderV4(source, destination, protocol, length)))
                    .isEqualTo(Checksum.fold(Checksum.sum(address, 12, 0)));
        }
    }

    @Property
    void shouldSumThePseudoHeaderOfIpv6(@ForAll final long sourceHi, @ForAll final long sourceLo,
            @ForAll final long destinationHi, @ForAll final long destinationLo,
            @ForAll @IntRange(max = 255) final int nextHeader, @ForAll @IntRange(min = 0) final int length) {
        try (GuardedMemory own = new GuardedMemory(64)) {
            final long address = own.end() - 40;
            Memory.putLongBE(address, sourceHi);
            Memory.putLongBE(address + 8, sourceLo);
            Memory.putLongBE(address + 16, destinationHi);
            Memory.putLongBE(address + 24, destinationLo);
            Memory.putIntBE(address + 32, length);
            Memory.putIntBE(address + 36, nextHeader);
            assertThat(Checksum.fold(Checksum.pseudoHeaderV6(sourceHi, sourceLo, destinationHi, destinationLo,
                    nextHeader, length))).isEqualTo(Checksum.fold(Checksum.sum(address, 40, 0)));
        }
    }

    @Property
    void shouldCopyAndSum(@ForAll final long seed, @ForAll @IntRange(max = 4000) final int length,
            @ForAll final long initial) {
        final byte[] bytes = random(seed, length);
        try (GuardedMemory own = new GuardedMemory(4096); GuardedMemory copy = new GuardedMemory(4096)) {
            final long source = own.place(bytes);
            final long sum = Checksum.copyAndSum(source, copy.end() - length, length, initial);
            assertThat(Checksum.fold(sum)).isEqualTo(Checksum.fold(Checksum.sum(source, length, initial)));
            assertThat(GuardedMemory.hex(copy.end() - length, length)).isEqualTo(GuardedMemory.hex(source, length));
        }
    }

    @Test
    void shouldCopyAndSumEveryFewBytes() {
        for (int length = 0; length < 200; length++) {
            final byte[] bytes = random(length, length);
            try (GuardedMemory own = new GuardedMemory(4096); GuardedMemory copy = new GuardedMemory(4096)) {
                final long target = copy.end() - length;
                final long sum = Checksum.copyAndSum(own.place(bytes), target, length, 0);
                assertThat(Checksum.fold(sum)).isEqualTo(reference(bytes, 0, length));
                assertThat(GuardedMemory.hex(target, length)).isEqualTo(GuardedMemory.hex(own.end() - length, length));
            }
        }
    }

    /** What is known as numbers needs no reading. */
    @Property
    void shouldFinishWordsAndBytesAsOnePiece(@ForAll final long seed, @ForAll @IntRange(max = 14) final int words,
            @ForAll @IntRange(max = 3000) final int length) {
        final Random random = new Random(seed);
        try (GuardedMemory own = new GuardedMemory(4096)) {
            final long address = own.end() - length - 4L * words;
            long known = 0;
            for (int i = 0; i < words; i++) {
                final int word = random.nextInt(8) == 0 ? -1 : random.nextInt();
                Memory.putIntBE(address + 4L * i, word);
                known += word & 0xFFFF_FFFFL;
            }
            for (int i = 0; i < length; i++) {
                Memory.putByte(own.end() - length + i, random.nextInt());
            }
            final long sum = Checksum.sum(own.end() - length, length, 0);
            assertThat(Checksum.finish(known, sum)).isEqualTo(Checksum.of(address, length + 4 * words));
        }
    }

    @Property
    void shouldFoldWordsAsOneByOne(@ForAll final long sum) {
        int folded = 0;
        for (int shift = 0; shift < Long.SIZE; shift += Short.SIZE) {
            folded += (int) (sum >>> shift) & 0xFFFF;
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        assertThat(Checksum.foldWords(sum)).isEqualTo(folded);
    }

    @Property
    void shouldSumThePseudoHeaderAsWords(@ForAll final long sourceHi, @ForAll final long sourceLo,
            @ForAll final long destinationHi, @ForAll final long destinationLo,
            @ForAll @IntRange(max = 255) final int protocol, @ForAll @IntRange(max = 65535) final int length) {
        assertThat(Checksum.foldWords(Checksum.pseudoHeaderWords(sourceHi, sourceLo, destinationHi, destinationLo,
                protocol, length)))
                .isEqualTo(Checksum.fold(Checksum.pseudoHeader(sourceHi, sourceLo, destinationHi, destinationLo,
                        protocol, length)));
    }

    @Test
    void shouldRecogniseARightHeaderOfIpv4AndEveryWrongBit() {
        final long address = memory.place("4500003c0b8a400040061b300a0000010a000002");
        assertThat(Checksum.isHeaderValid(address)).isTrue();
        for (int bit = 0; bit < 160; bit++) {
            final long place = address + (bit >>> 3);
            Memory.putByte(place, Memory.getByte(place) ^ 1 << (bit & 7));
            assertThat(Checksum.isHeaderValid(address)).isFalse();
            Memory.putByte(place, Memory.getByte(place) ^ 1 << (bit & 7));
        }
    }

    private static byte[] random(final long seed, final int length) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** RFC 1071 word by word, big-endian, an odd byte padded with zero. */
    private static int reference(final byte[] bytes, final int offset, final int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (bytes[offset + i] & 0xFF) << ((i & 1) == 0 ? 8 : 0);
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }
}
