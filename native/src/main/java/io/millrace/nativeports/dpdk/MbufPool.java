package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A pool of mbufs that have a frame in each. Its memory is EAL's.
 * <p>
 * Thread: made and freed with {@link Eal}'s lock held; mbufs are taken and given by any thread, without a lock.
 */
@SuppressWarnings("restricted")
final class MbufPool {
    private static final NativeFunction CREATE = NativeFunction.of(Libraries.load("mbuf"), "rte_pktmbuf_pool_create");
    private static final NativeFunction FREE = NativeFunction.of(Libraries.load("mempool"), "rte_mempool_free");
    private static final NativeFunction AVAILABLE = NativeFunction.of(Libraries.load("mempool"),
            "rte_mempool_avail_count");
    /** A ring's work without a lock, some tens of instructions: the JVM need not be told of the call. */
    private static final MethodHandle MOVE = Linker.nativeLinker().downcallHandle(FunctionDescriptor
            .of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT),
            Linker.Option.critical(false));

    private static final int OPS_INDEX = Abi.offset("rte_mempool", "ops_index");
    private static final int KINDS = 16;
    private static final MemorySegment[] ENQUEUE = functions("enqueue");
    private static final MemorySegment[] DEQUEUE = functions("dequeue");
    /** Bytes that a pool's name may have at the most: 26. */
    private static final String NAME = "millrace_%d";
    private static final AtomicInteger NEXT_ID = new AtomicInteger(1);
    private static final AtomicInteger LIVE = new AtomicInteger();

    /** What is done with a pool's mbufs. */
    enum Kind {
        /** They stay with their port. */
        ORDINARY,
        /** Another port of the process may come to have them. */
        TRAVELLING,
        /** A driver takes them for one array. */
        PACKED
    }

    private final long address;
    private final int size;
    private final boolean travels;

    private MbufPool(final long address, final int size, final boolean travels) {
        this.address = address;
        this.size = size;
        this.travels = travels;
    }

    /**
     * Makes a pool.
     *
     * @param mbufs    how many.
     * @param cache    mbufs that each of EAL's threads may have at hand; 0: none.
     * @param dataRoom bytes of each buffer, headroom included, to 65,535.
     * @param socket   NUMA node; negative: any.
     * @param kind     of pool.
     * @throws IOException one sentence.
     */
    static MbufPool create(final Eal eal, final int mbufs, final int cache, final int dataRoom, final int socket,
            final Kind kind) throws IOException {
        final int id = NEXT_ID.getAndIncrement();
        final long address;
        eal.news();
        try (Arena arena = Arena.ofConfined()) {
            final long name = arena.allocateFrom(NAME.formatted(id)).address();
            address = kind == Kind.PACKED
                    ? PackedPool.create(name, mbufs, cache, dataRoom, socket)
                    : CREATE.callForLong(name, mbufs, cache, Mbuf.PRIVATE_LENGTH, dataRoom, socket);
        }
        if (address == 0) {
            throw new IOException(DpdkFailure.onPool(mbufs, dataRoom, Libraries.errno(), eal.news()));
        }
        LIVE.incrementAndGet();
        final MbufPool pool = new MbufPool(address, mbufs, kind == Kind.TRAVELLING);
        pool.initialise(id);
        return pool;
    }

    /** Pools of this JVM that are not freed. */
    static int live() {
        return LIVE.get();
    }

    /** Of the {@code rte_mempool}, as mbufs carry it. */
    long address() {
        return address;
    }

    /** Mbufs that nobody has. */
    int available() {
        return AVAILABLE.call(address);
    }

    /** True where every mbuf is here. */
    boolean isWhole() {
        return available() == size;
    }

    /** @see Kind#TRAVELLING */
    boolean travels() {
        return travels;
    }

    /** Takes so many mbufs, or none. */
    boolean take(final long array, final int count) {
        return move(DEQUEUE, address, array, count) == 0;
    }

    /** Gives mbufs back to the pool at the address, which is that of each. */
    static void give(final long pool, final long array, final int count) {
        final int result = move(ENQUEUE, pool, array, count);
        assert result == 0 : "more mbufs given back than the pool has";
    }

    /** Gives the memory back. */
    void free() {
        FREE.call(address);
        LIVE.decrementAndGet();
    }

    private void initialise(final int id) {
        try (MemoryRegion all = MemoryRegion.allocate("every mbuf of a pool", (long) size * Long.BYTES)) {
            if (!take(all.address(), size)) {
                throw new IllegalStateException("a fresh pool of mbufs is not full");
            }
            for (int i = 0; i < size; i++) {
                Mbuf.initialise(Memory.getLong(all.address() + (long) i * Long.BYTES), id, i);
            }
            give(address, all.address(), size);
        }
    }

    private static int move(final MemorySegment[] functions, final long pool, final long array, final int count) {
        try {
            return (int) MOVE.invokeExact(functions[Memory.getInt(pool + OPS_INDEX)], pool, array, count);
        } catch (final Throwable e) {
            throw LinuxCalls.unexpected("moving mbufs", e);
        }
    }

    /** One for each kind of pool that EAL knows: the kinds were registered when its libraries were loaded. */
    private static MemorySegment[] functions(final String name) {
        final long table = Libraries.load("mempool").findOrThrow("rte_mempool_ops_table").address()
                + Abi.offset("rte_mempool_ops_table", "ops") + Abi.offset("rte_mempool_ops", name);
        final MemorySegment[] functions = new MemorySegment[KINDS];
        for (int i = 0; i < KINDS; i++) {
            functions[i] = MemorySegment.ofAddress(Memory.getLong(table + (long) i * Abi.size("rte_mempool_ops")));
        }
        return functions;
    }
}
