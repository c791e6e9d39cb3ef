package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import java.lang.foreign.Arena;

/**
 * Makes a pool whose mbufs lie one behind the other without gaps, in one piece of memory.
 * <p>
 * {@code rte_pktmbuf_pool_create} keeps an mbuf from crossing a page, so that it is in one piece for a device, too: with
 * pages of 4 KiB every mbuf has one. net_af_xdp gives the kernel the memory of as many mbufs as there are, one behind the
 * other, from the first on; of a pool with gaps the last lie beyond it, the kernel throws each of them away when it meets
 * it in the fill ring, and when the last is gone nothing arrives any more.
 * <p>
 * Thread: with {@link Eal}'s lock held.
 */
final class PackedPool {
    private static final NativeFunction CREATE_EMPTY = function("mempool", "rte_mempool_create_empty");
    private static final NativeFunction SET_OPS = function("mempool", "rte_mempool_set_ops_byname");
    private static final NativeFunction POPULATE = function("mempool", "rte_mempool_populate_default");
    private static final NativeFunction FOR_EACH = function("mempool", "rte_mempool_obj_iter");
    private static final NativeFunction FREE = function("mempool", "rte_mempool_free");
    private static final NativeFunction BEST_OPS = function("mbuf", "rte_mbuf_best_mempool_ops");
    private static final NativeFunction INITIALISE_POOL = function("mbuf", "rte_pktmbuf_pool_init");
    private static final long INITIALISE_MBUF = Libraries.load("mbuf").findOrThrow("rte_pktmbuf_init").address();

    private static final String PRIVATE = "rte_pktmbuf_pool_private";
    private static final int CHUNKS = Abi.offset("rte_mempool", "nb_mem_chunks");
    private static final long DENSE = Abi.number("RTE_MEMPOOL_F_NO_IOVA_CONTIG | RTE_MEMPOOL_F_NO_SPREAD");

    private PackedPool() {}

    private static NativeFunction function(final String library, final String name) {
        return NativeFunction.of(Libraries.load(library), name);
    }

    /** @return the {@code rte_mempool}; 0 where there is no memory for it in one piece. */
    static long create(final long name, final int mbufs, final int cache, final int dataRoom, final int socket) {
        final long pool = CREATE_EMPTY.callForLong(name, mbufs, Mbuf.BUFFER_OFFSET + dataRoom, cache,
                Abi.size(PRIVATE), socket, DENSE);
        if (pool == 0) {
            return 0;
        }
        if (!populate(pool, dataRoom)) {
            FREE.call(pool);
            return 0;
        }
        FOR_EACH.call(pool, INITIALISE_MBUF);
        return pool;
    }

    private static boolean populate(final long pool, final int dataRoom) {
        if (SET_OPS.call(pool, BEST_OPS.callForLong()) != 0) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            final long settings = arena.allocate(Abi.size(PRIVATE), Long.BYTES).address();
            Memory.putShort(settings + Abi.offset(PRIVATE, "mbuf_data_room_size"), dataRoom);
            Memory.putShort(settings + Abi.offset(PRIVATE, "mbuf_priv_size"), Mbuf.PRIVATE_LENGTH);
            INITIALISE_POOL.call(pool, settings);
        }
        return POPULATE.call(pool) > 0 && Memory.getInt(pool + CHUNKS) == 1;
    }
}
