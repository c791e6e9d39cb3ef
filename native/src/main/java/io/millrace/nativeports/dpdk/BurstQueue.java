package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.nativeports.linux.LinuxCalls;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The burst functions of one queue of a started port. DPDK's headers inline them; what they call lies in the exported table
 * {@code rte_eth_fp_ops}, the driver's own functions. Thread: the engine's.
 */
@SuppressWarnings("restricted")
final class BurstQueue {
    private static final FunctionDescriptor BURST = FunctionDescriptor.of(ValueLayout.JAVA_SHORT,
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_SHORT);
    /** For drivers that only touch memory: saves a third of the call, but the JVM cannot stop while it lasts. */
    private static final MethodHandle SHORT = Linker.nativeLinker().downcallHandle(BURST,
            Linker.Option.critical(false));
    private static final MethodHandle ORDINARY = Linker.nativeLinker().downcallHandle(BURST);

    private static final String TABLE = "rte_eth_fp_ops";

    private final boolean callsSystem;
    private final MemorySegment receive;
    private final MemorySegment transmit;
    private final MemorySegment prepare;
    private final boolean prepares;
    private final long receiveQueue;
    private final long transmitQueue;

    /** @param port started. */
    BurstQueue(final int port, final int queue, final boolean callsSystem) {
        this.callsSystem = callsSystem;
        final long ops = Ethdev.LIBRARY.findOrThrow(TABLE).address() + (long) port * Abi.size(TABLE);
        receive = function(ops, "rx_pkt_burst");
        transmit = function(ops, "tx_pkt_burst");
        prepare = function(ops, "tx_pkt_prepare");
        prepares = prepare.address() != 0;
        receiveQueue = queue(ops, "rxq.data", queue);
        transmitQueue = queue(ops, "txq.data", queue);
    }

    /** Fills the array at the address with up to {@code count} mbufs. */
    int receive(final long array, final int count) {
        return call(receive, receiveQueue, array, count);
    }

    /** Gives the first so many of the mbufs to the driver; the answer says how many. */
    int transmit(final long array, final int count) {
        return call(transmit, transmitQueue, array, count);
    }

    /** True where the driver wants to see mbufs that ask for offloads before it takes them. */
    boolean prepares() {
        return prepares;
    }

    /** Shows them; the answer says how many are fine. */
    int prepare(final long array, final int count) {
        return call(prepare, transmitQueue, array, count);
    }

    private int call(final MemorySegment function, final long queue, final long array, final int count) {
        try {
            final short done = callsSystem
                    ? (short) ORDINARY.invokeExact(function, queue, array, (short) count)
                    : (short) SHORT.invokeExact(function, queue, array, (short) count);
            return done & 0xFFFF;
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("a burst", e);
        }
    }

    private static MemorySegment function(final long ops, final String field) {
        return MemorySegment.ofAddress(Memory.getLong(ops + Abi.offset(TABLE, field)));
    }

    private static long queue(final long ops, final String field, final int queue) {
        return Memory.getLong(Memory.getLong(ops + Abi.offset(TABLE, field)) + (long) queue * Long.BYTES);
    }
}
