package io.millrace.bench;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Checksum;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The Internet checksum over a bare acknowledgement, a full segment and a virtual segment, in cache, at the alignment
 * that a TCP header has in a frame. {@link #wordByWord} is the loop of RFC 1071 §4.1, for comparison.
 */
@State(Scope.Thread)
public class ChecksumBenchmark extends OffHeapBenchmark {
    private static final int CAPACITY = 1 << 17;
    private static final int ALIGNMENT = 4;

    /** Bytes summed. */
    @Param({"32", "536", "1460", "1500", "65536"})
    int length;

    private MemoryRegion region;
    private long address;
    private long target;

    /** Fills the memory with bytes that carry often, and lets short and long runs be compiled together. */
    @Setup(Level.Trial)
    public void allocate() {
        region = MemoryRegion.allocate("checksum benchmark", 2 * CAPACITY);
        address = region.address() + ALIGNMENT;
        target = region.address() + CAPACITY + ALIGNMENT;
        for (int i = 0; i < CAPACITY - ALIGNMENT; i++) {
            Memory.putByte(address + i, 0xFF - i % 251);
        }
        for (int i = 0; i < 50_000; i++) {
            Checksum.sum(address, 20 + i % 40, 0);
        }
    }

    /** Gives the memory back. */
    @TearDown(Level.Trial)
    public void release() {
        region.close();
    }

    /** What receiving a segment costs. */
    @Benchmark
    public int sum() {
        return Checksum.finish(Checksum.sum(address, length, 0));
    }

    /** What sending a segment costs where the port has no checksum offload. */
    @Benchmark
    public int copyAndSum() {
        return Checksum.finish(Checksum.copyAndSum(address, target, length, 0));
    }

    /** The copy alone. */
    @Benchmark
    public void copy() {
        Memory.copy(address, target, length);
    }

    /** A textbook loop. */
    @Benchmark
    public int wordByWord() {
        long sum = 0;
        for (long word = address; word < address + length; word += 2) {
            sum += Memory.getShortBE(word);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) ~sum & 0xFFFF;
    }
}
