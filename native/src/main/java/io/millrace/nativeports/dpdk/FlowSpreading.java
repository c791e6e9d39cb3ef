package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.RssPlacement;
import java.util.Arrays;

/**
 * Receive-side scaling of a started port: writes the indirection table, and reads back what the device has of table, key
 * and kinds of flow. Only where that is what it was told is the placement of flows known; that the hash is Toeplitz, which
 * is every device's default, DPDK of this release does not say. Thread: with {@link Eal}'s lock held.
 */
final class FlowSpreading {
    private static final NativeFunction UPDATE = function("rte_eth_dev_rss_reta_update");
    private static final NativeFunction QUERY = function("rte_eth_dev_rss_reta_query");
    private static final NativeFunction SET_HASH = function("rte_eth_dev_rss_hash_update");
    private static final NativeFunction HASH_OF = function("rte_eth_dev_rss_hash_conf_get");

    private static final String GROUP = "rte_eth_rss_reta_entry64";
    private static final String HASH = "rte_eth_rss_conf";
    private static final int GROUP_BYTES = Abi.size(GROUP);
    private static final int MASK = Abi.offset(GROUP, "mask");
    private static final int ENTRIES = Abi.offset(GROUP, "reta");
    private static final int GROUP_LENGTH = (int) Abi.number("RTE_ETH_RETA_GROUP_SIZE");
    /** What must be placed by addresses and ports. */
    private static final long WITH_PORTS = Abi.number("RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV4_UDP"
            + " | RTE_ETH_RSS_NONFRAG_IPV6_TCP | RTE_ETH_RSS_NONFRAG_IPV6_UDP");
    private static final int LONGEST_KEY = 255;

    private FlowSpreading() {}

    private static NativeFunction function(final String name) {
        return NativeFunction.of(Ethdev.LIBRARY, name);
    }

    /**
     * Shares flows out evenly.
     *
     * @param info          of the device.
     * @param configuration of the port.
     * @return {@link FlowPlacement#UNKNOWN} where the device does otherwise, or does not tell.
     */
    static FlowPlacement apply(final int port, final DeviceInfo info, final PortConfiguration configuration) {
        final int entries = info.rss().entries();
        if (configuration.rssKey().length < RssKey.LENGTH || Integer.bitCount(entries) != 1 || entries < GROUP_LENGTH
                || entries < configuration.queues()) {
            return FlowPlacement.UNKNOWN;
        }
        final int[] table = new int[entries];
        Arrays.setAll(table, i -> i % configuration.queues());
        final boolean asTold = isTableTaken(port, table) && isHashTaken(port, configuration);
        return asTold
                ? new RssPlacement(RssKey.of(Arrays.copyOf(configuration.rssKey(), RssKey.LENGTH)), table)
                : FlowPlacement.UNKNOWN;
    }

    private static boolean isTableTaken(final int port, final int[] table) {
        try (MemoryRegion groups = MemoryRegion.allocate("indirection table",
                (long) table.length / GROUP_LENGTH * GROUP_BYTES)) {
            for (int i = 0; i < table.length; i++) {
                Memory.putLong(group(groups, i) + MASK, -1);
                Memory.putShort(entry(groups, i), table[i]);
            }
            if (UPDATE.call(port, groups.address(), table.length) != 0) {
                return false;
            }
            for (int i = 0; i < table.length; i++) {
                Memory.putShort(entry(groups, i), 0xFFFF);
            }
            return QUERY.call(port, groups.address(), table.length) == 0 && isEqual(groups, table);
        }
    }

    private static boolean isEqual(final MemoryRegion groups, final int[] table) {
        for (int i = 0; i < table.length; i++) {
            if (Memory.getUnsignedShort(entry(groups, i)) != table[i]) {
                return false;
            }
        }
        return true;
    }

    private static long group(final MemoryRegion groups, final int index) {
        return groups.address() + (long) index / GROUP_LENGTH * GROUP_BYTES;
    }

    private static long entry(final MemoryRegion groups, final int index) {
        return group(groups, index) + ENTRIES + (long) index % GROUP_LENGTH * Short.BYTES;
    }

    /** Drivers take the hash with the configuration, or only so. */
    private static boolean isHashTaken(final int port, final PortConfiguration configuration) {
        final byte[] key = configuration.rssKey();
        try (MemoryRegion hash = MemoryRegion.allocate("hash of a port", Abi.size(HASH) + LONGEST_KEY)) {
            final long there = hash.address() + Abi.size(HASH);
            Memory.copyFromArray(key, 0, there, key.length);
            Memory.putLong(hash.address() + Abi.offset(HASH, "rss_key"), there);
            Memory.putByte(hash.address() + Abi.offset(HASH, "rss_key_len"), key.length);
            Memory.putLong(hash.address() + Abi.offset(HASH, "rss_hf"), configuration.rssKinds());
            SET_HASH.call(port, hash.address());
            Memory.zero(hash.address() + Abi.size(HASH), key.length);
            Memory.putLong(hash.address() + Abi.offset(HASH, "rss_hf"), 0);
            return HASH_OF.call(port, hash.address()) == 0
                    && (Memory.getLong(hash.address() + Abi.offset(HASH, "rss_hf")) & WITH_PORTS) == WITH_PORTS
                    && Arrays.equals(key, bytes(there, key.length));
        }
    }

    private static byte[] bytes(final long address, final int length) {
        final byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return bytes;
    }
}
