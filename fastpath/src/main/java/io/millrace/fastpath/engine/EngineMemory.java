package io.millrace.fastpath.engine;

import io.millrace.fastpath.flow.FlowTable;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.flow.TimeWaitTable;
import io.millrace.fastpath.memory.RecordTable;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.tcp.Tcp;
import io.millrace.fastpath.udp.Udp;

/**
 * Off-heap bytes that an engine of given sizes reserves, part by part, known before anything is taken. What is reserved
 * becomes resident only as it is used. Thread: any.
 *
 * @param connections records of connections.
 * @param flowTable   where a 4-tuple leads to one.
 * @param timeWait    records of TIME_WAIT.
 * @param buffers     the slab: send and receive rings, out-of-order ranges, what is in flight.
 * @param datagrams   the slab of UDP.
 * @param fragments   datagrams that are not complete.
 * @param rings       from other threads, and what has a fixed size.
 */
public record EngineMemory(long connections, long flowTable, long timeWait, long buffers, long datagrams,
        long fragments, long rings) {
    /** Commands, datagrams from other engines, the use of local ports, counters, scratch: the same whatever the sizes. */
    private static final long FIXED = (1 << 20) + (1 << 19) + (1 << 17);

    /** Of one engine. */
    public static EngineMemory of(final EngineSettings settings) {
        return new EngineMemory(RecordTable.requiredBytes(settings.maxConnections(), Tcb.LENGTH),
                FlowTable.requiredBytes(settings.maxConnections() + settings.maxTimeWait()),
                RecordTable.requiredBytes(settings.maxTimeWait(), TimeWaitTable.LENGTH),
                Slab.requiredBytes(settings.slabBytes(), Tcp.SLAB_BLOCK),
                Slab.requiredBytes(settings.datagramBytes(), Udp.MIN_BLOCK), settings.reassembly().requiredBytes(),
                FIXED);
    }

    /** All of it. */
    public long total() {
        return connections + flowTable + timeWait + buffers + datagrams + fragments + rings;
    }
}
