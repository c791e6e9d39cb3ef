package io.millrace.bench;

import io.millrace.fastpath.memory.OutOfOrderRanges;
import io.millrace.fastpath.memory.Slab;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A segment's place among the ranges received out of order; how many there are is the same after each operation. */
@State(Scope.Thread)
public class OutOfOrderRangesBenchmark extends OffHeapBenchmark {
    private static final int SEGMENT = 1448;

    @Param({"10", "4000"})
    private int ranges;

    private Slab slab;
    private long block;
    private int gap;
    private int next;
    private int places;

    @Setup(Level.Iteration)
    public void open() {
        slab = new Slab("ranges", 1 << 20, 1024);
        block = slab.allocate(OutOfOrderRanges.FIRST_LENGTH);
        OutOfOrderRanges.init(block, OutOfOrderRanges.FIRST_LENGTH);
        // gaps as wide as 2^31 allows: some are filled byte by byte
        gap = Integer.MAX_VALUE / 2 / ranges - SEGMENT;
        next = gap;
        for (int i = 0; i <= ranges; i++) {
            if (OutOfOrderRanges.isFull(block)) {
                block = OutOfOrderRanges.grow(slab, block);
            }
            if (i < ranges) {
                append();
            }
        }
    }

    @TearDown(Level.Iteration)
    public void close() {
        slab.close();
    }

    private void append() {
        OutOfOrderRanges.add(block, next, next + SEGMENT);
        next += SEGMENT + gap;
    }

    /** A new range behind all, and the gap before the first is filled: RCV.NXT passes it. */
    @Benchmark
    public int insertAtTheEndAndAdvance() {
        append();
        return OutOfOrderRanges.advance(block, OutOfOrderRanges.left(block, 0));
    }

    /** The last range becomes longer: segments in order behind a gap. */
    @Benchmark
    public void extendTheLast() {
        final int right = OutOfOrderRanges.highest(block);
        OutOfOrderRanges.add(block, right, right + 1);
    }

    /** A new range anywhere, and the gap before it filled, so that it joins the range before: two segments. */
    @Benchmark
    public void insertInTheMiddleAndFillTheGap() {
        places = (places + 7_919) % (ranges - 1);
        final int right = OutOfOrderRanges.right(block, places);
        OutOfOrderRanges.add(block, right + 1, right + 2);
        OutOfOrderRanges.add(block, right, right + 1);
    }

    /** The three blocks of a SACK option beside timestamps. */
    @Benchmark
    public int threeMostRecent() {
        return OutOfOrderRanges.left(block, OutOfOrderRanges.recentFirst(block, 0))
                + OutOfOrderRanges.left(block, OutOfOrderRanges.recentFirst(block, 1))
                + OutOfOrderRanges.left(block, OutOfOrderRanges.recentFirst(block, 2));
    }
}
