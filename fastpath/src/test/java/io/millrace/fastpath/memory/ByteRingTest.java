package io.millrace.fastpath.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ByteRingTest {
    private static final int CAPACITY = 1024;

    private Slab slab;
    private MemoryRegion scratch;

    @BeforeEach
    void open() {
        slab = new Slab("test", 1 << 20, 1024);
        scratch = MemoryRegion.allocate("scratch", 65_536);
    }

    @AfterEach
    void close() {
        slab.close();
        scratch.close();
    }

    @Test
    void shouldCopyAroundTheEnd() {
        final long ring = slab.allocate(CAPACITY);
        write(ring, CAPACITY, 1000, bytes(100, 1));
        assertThat(read(ring, CAPACITY, 1000, 100)).isEqualTo(bytes(100, 1));
        assertThat(Memory.getByte(ring)).isEqualTo(bytes(100, 1)[24]);
        assertThat(ByteRing.contiguous(CAPACITY, 1000, 100)).isEqualTo(24);
        assertThat(ByteRing.contiguous(CAPACITY, 1000, 20)).isEqualTo(20);
        assertThat(ByteRing.contiguous(CAPACITY, 1024, 2000)).isEqualTo(1024);
        assertThat(ByteRing.address(ring, CAPACITY, 1025)).isEqualTo(ring + 1);
    }

    @Test
    void shouldCopyAcrossTheWrapOfPositions() {
        final long ring = slab.allocate(CAPACITY);
        write(ring, CAPACITY, -50, bytes(CAPACITY, 2));
        assertThat(read(ring, CAPACITY, -50, CAPACITY)).isEqualTo(bytes(CAPACITY, 2));
        assertThat(read(ring, CAPACITY, 0, 10)[0]).isEqualTo(bytes(CAPACITY, 2)[50]);
    }

    @Test
    void shouldCopyNothing() {
        final long ring = slab.allocate(CAPACITY);
        ByteRing.copyIn(ring, CAPACITY, CAPACITY - 1, scratch.address(), 0);
        ByteRing.copyOut(ring, CAPACITY, CAPACITY - 1, scratch.address(), 0);
    }

    @Test
    void shouldTakeItsFirstBlockWhenItHasNone() {
        final long ring = ByteRing.grow(slab, 0, 0, CAPACITY, 12345, 0);
        assertThat(ring).isNotZero();
        assertThat(slab.inUseBytes()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldKeepTheOldBlockWhereTheSlabIsFull() {
        final long ring = slab.allocate(CAPACITY);
        write(ring, CAPACITY, 7, bytes(500, 3));
        assertThat(ByteRing.grow(slab, ring, CAPACITY, 1 << 20, 7, 500)).isZero();
        assertThat(read(ring, CAPACITY, 7, 500)).isEqualTo(bytes(500, 3));
        assertThat(slab.inUseBytes()).isEqualTo(CAPACITY);
    }

    @Test
    void shouldShrinkToWhatIsKept() {
        final long ring = slab.allocate(8192);
        write(ring, 8192, -3000, bytes(6000, 4));
        final long smaller = ByteRing.grow(slab, ring, 8192, 2048, -500, 2000);
        assertThat(slab.inUseBytes()).isEqualTo(2048);
        final byte[] kept = new byte[2000];
        System.arraycopy(bytes(6000, 4), 2500, kept, 0, 2000);
        assertThat(read(smaller, 2048, -500, 2000)).isEqualTo(kept);
    }

    @Property(tries = 300)
    void shouldKeepEveryByteAtItsPositionWhenItGrows(@ForAll final int from,
            @ForAll @IntRange(min = 0, max = CAPACITY) final int length,
            @ForAll @IntRange(min = 1, max = 5) final int doublings) {
        open();
        final long ring = slab.allocate(CAPACITY);
        write(ring, CAPACITY, from, bytes(length, from));
        final int newCapacity = CAPACITY << doublings;
        final long grown = ByteRing.grow(slab, ring, CAPACITY, newCapacity, from, length);
        assertThat(slab.inUseBytes()).isEqualTo(newCapacity);
        assertThat(read(grown, newCapacity, from, length)).isEqualTo(bytes(length, from));
        close();
    }

    private static byte[] bytes(final int length, final int seed) {
        final byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private void write(final long ring, final int capacity, final int position, final byte[] bytes) {
        Memory.copyFromArray(bytes, 0, scratch.address(), bytes.length);
        ByteRing.copyIn(ring, capacity, position, scratch.address(), bytes.length);
    }

    private byte[] read(final long ring, final int capacity, final int position, final int length) {
        final byte[] bytes = new byte[length];
        Memory.zero(scratch.address(), length);
        ByteRing.copyOut(ring, capacity, position, scratch.address(), length);
        Memory.copyToArray(scratch.address(), bytes, 0, length);
        return bytes;
    }
}
