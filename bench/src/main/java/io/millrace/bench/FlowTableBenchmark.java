package io.millrace.bench;

import io.millrace.fastpath.flow.FlowTable;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.RecordTable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The flow table with a million flows, in random order, so that each lookup misses the caches as it does in life; and with few. */
@State(Scope.Thread)
public class FlowTableBenchmark extends OffHeapBenchmark {
    private static final int RECORD_LENGTH = 512;
    private static final long LOCAL_LO = 0xFFFF_0A00_0001L;
    private static final long REMOTE_LO = 0xFFFF_0000_0000L;

    /** How many, a power of two. */
    @Param({"16", "1048576"})
    public int flows;

    private RecordTable records;
    private FlowTable table;
    private int index;

    /** Flows to one port of one address. */
    @Setup(Level.Trial)
    public void open() {
        records = new RecordTable("connections", flows, RECORD_LENGTH);
        final long base = records.base();
        table = new FlowTable("flow table", flows, 42, (value, localHi, localLo, remoteHi, remoteLo, ports) -> {
            final long record = base + (long) value * RECORD_LENGTH;
            return Memory.getLong(record + 24) == remoteLo && Memory.getInt(record + 32) == ports
                    && Memory.getLong(record + 8) == localLo && Memory.getLong(record) == localHi
                    && Memory.getLong(record + 16) == remoteHi;
        });
        for (int flow = 0; flow < flows; flow++) {
            final long record = records.address(records.allocate());
            Memory.putLong(record + 8, LOCAL_LO);
            Memory.putLong(record + 24, remoteLo(flow));
            Memory.putInt(record + 32, ports(flow));
            table.put(0, LOCAL_LO, 0, remoteLo(flow), ports(flow), flow);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        table.close();
        records.close();
    }

    /** A segment of a connection: one miss in the table, one in the record, one in the page tables for each. */
    @Benchmark
    public int hit() {
        final int flow = next();
        return table.find(0, LOCAL_LO, 0, remoteLo(flow), ports(flow));
    }

    /** A SYN or a stray segment. */
    @Benchmark
    public int miss() {
        final int flow = next() + flows;
        return table.find(0, LOCAL_LO, 0, remoteLo(flow), ports(flow));
    }

    /** The same connection again: what a burst of segments of one flow costs, without the misses. */
    @Benchmark
    public int hitInCache() {
        return table.find(0, LOCAL_LO, 0, remoteLo(7), ports(7));
    }

    /** The keyed hash alone. */
    @Benchmark
    public int hash() {
        index++;
        return table.hash(0, LOCAL_LO, 0, REMOTE_LO + index, index);
    }

    /** A connection that ends and one that begins. */
    @Benchmark
    public boolean removeAndPut() {
        final int flow = next();
        table.remove(0, LOCAL_LO, 0, remoteLo(flow), ports(flow), flow);
        return table.put(0, LOCAL_LO, 0, remoteLo(flow), ports(flow), flow);
    }

    /** Every flow once in so many calls, in an order that no prefetcher follows. */
    private int next() {
        index = index * 0x915F77F5 + 0x6A09E667 & flows - 1;
        return index ^ index >>> 10;
    }

    private static long remoteLo(final int flow) {
        return REMOTE_LO + (flow >>> 4);
    }

    private static int ports(final int flow) {
        return 80 << 16 | 40_000 + (flow & 15);
    }
}
