package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.nativeports.linux.LinuxCalls;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.lang.foreign.ValueLayout;

/**
 * A queue's frames for sending, and the way home for all others. Those at hand lie in a Java array, the one released last
 * lent first; what a driver has freed is fetched from the pool by the burst, what belongs to other pools goes there by the
 * burst.
 * <p>
 * Thread: the engine's.
 */
@SuppressWarnings("restricted")
final class FrameStock implements AutoCloseable {
    private static final MethodHandle FREE_BULK = Linker.nativeLinker().downcallHandle(
            Libraries.load("mbuf").findOrThrow("rte_pktmbuf_free_bulk"),
            FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
    private static final int BURST = 32;

    private final MbufPool pool;
    private final long poolAddress;
    private final long[] free;
    private int available;
    /** Room for a burst of mbufs on their way from or to a pool. */
    private final MemoryRegion array = MemoryRegion.allocate("burst of mbufs", BURST * Long.BYTES);
    private final long moving = array.address();
    private final long[] homeward = new long[BURST];
    private long homewardPool;
    private int homewardCount;

    /** @param pool all of whose mbufs are for sending from this queue. */
    FrameStock(final MbufPool pool, final int frames) {
        this.pool = pool;
        poolAddress = pool.address();
        free = new long[frames];
    }

    /** All frames, whoever holds them. */
    int frames() {
        return free.length;
    }

    /** @return a fresh frame; 0 where there is none. */
    long acquire() {
        if (available == 0 && !fetch()) {
            return 0;
        }
        final long frame = free[--available];
        Frame.reset(frame);
        return frame;
    }

    /** Takes a frame of whatever pool; its mbuf has one holder. */
    void release(final long frame) {
        final long owner = Mbuf.pool(Mbuf.ofFrame(frame));
        if (owner == poolAddress) {
            free[available++] = frame;
            return;
        }
        if (homewardCount == BURST || homewardCount > 0 && owner != homewardPool) {
            flush();
        }
        homewardPool = owner;
        homeward[homewardCount++] = Mbuf.ofFrame(frame);
    }

    /** Frees what a driver has received and is no frame, however it is made up. */
    void discard(final long mbuf) {
        Memory.putLong(moving, mbuf);
        try {
            FREE_BULK.invokeExact(moving, 1);
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("freeing an mbuf", e);
        }
    }

    /** Gives the mbufs of other pools back to them. */
    void flush() {
        if (homewardCount > 0) {
            for (int i = 0; i < homewardCount; i++) {
                Memory.putLong(moving + (long) i * Long.BYTES, homeward[i]);
            }
            MbufPool.give(homewardPool, moving, homewardCount);
            homewardCount = 0;
        }
    }

    /** Gives everything back that is here. */
    @Override
    public void close() {
        flush();
        while (available > 0) {
            Memory.putLong(moving, Mbuf.ofFrame(free[--available]));
            MbufPool.give(poolAddress, moving, 1);
        }
        array.close();
    }

    /** Frames that the driver has sent, or the other end of a ring has released. A pool gives so many or none. */
    private boolean fetch() {
        int count = Math.min(BURST, free.length);
        while (!pool.take(moving, count)) {
            if (count == 1) {
                return false;
            }
            count = 1;
        }
        for (int i = 0; i < count; i++) {
            free[available++] = Mbuf.frameOf(Memory.getLong(moving + (long) i * Long.BYTES));
        }
        return true;
    }
}
