package io.millrace.bench;

import io.millrace.fastpath.memory.ByteRing;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.memory.OutOfOrderRanges;
import io.millrace.fastpath.memory.Slab;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The bytes of one segment into and out of a ring, and what the ring stands on: the slab and the ranges in it. */
@State(Scope.Thread)
public class ByteRingBenchmark extends OffHeapBenchmark {
    private static final int CAPACITY = 65_536;
    private static final int SEGMENT = 1448;

    private Slab slab;
    private Slab empty;
    private MemoryRegion frame;
    private long ring;
    private long ranges;
    private int position;

    @Setup(Level.Trial)
    public void open() {
        slab = new Slab("rings", 256 << 20, 1024);
        empty = new Slab("empty", 256 << 20, 1024);
        frame = MemoryRegion.allocate("frame", 4096);
        ring = slab.allocate(CAPACITY);
        ranges = slab.allocate(OutOfOrderRanges.FIRST_LENGTH);
        OutOfOrderRanges.init(ranges, OutOfOrderRanges.FIRST_LENGTH);
    }

    @TearDown(Level.Trial)
    public void close() {
        frame.close();
        empty.close();
        slab.close();
    }

    @Benchmark
    public void copyIn() {
        position += SEGMENT;
        ByteRing.copyIn(ring, CAPACITY, position, frame.address(), SEGMENT);
    }

    @Benchmark
    public void copyOut() {
        position += SEGMENT;
        ByteRing.copyOut(ring, CAPACITY, position, frame.address(), SEGMENT);
    }

    /** A ring that a connection takes for a request and gives back. */
    @Benchmark
    public long allocateAndFree() {
        final long block = slab.allocate(2048);
        slab.free(block, 2048);
        return block;
    }

    /** The longest way: the smallest block of an empty slab, split from the whole and merged again, 18 times each. */
    @Benchmark
    public long allocateAndFreeTheOnlyBlock() {
        final long block = empty.allocate(1024);
        empty.free(block, 1024);
        return block;
    }

    /** A loss as TCP sees it: a hole, ten segments behind it, and the retransmission. */
    @Benchmark
    public int holeTenSegmentsAndItsFilling() {
        final int hole = position;
        for (int i = 1; i <= 10; i++) {
            OutOfOrderRanges.add(ranges, hole + i * SEGMENT, hole + (i + 1) * SEGMENT);
        }
        position = OutOfOrderRanges.advance(ranges, hole + SEGMENT);
        return position;
    }
}
