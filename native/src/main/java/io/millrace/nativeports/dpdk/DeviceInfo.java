package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;
import java.util.List;

/**
 * What DPDK says of a port: {@code struct rte_eth_dev_info} and its address.
 *
 * @param device         DPDK's device, for taking it out.
 * @param driver         name of the poll-mode driver, e.g. {@code net_tap}.
 * @param minMtu         smallest MTU, in bytes.
 * @param maxMtu         largest MTU, in bytes.
 * @param queues         receive and transmit queues, the smaller number.
 * @param offloads       of both directions.
 * @param rss            what the device can spread.
 * @param macAddress     48 bits in the low ones; 0 where the driver has none.
 */
record DeviceInfo(long device, String driver, int minMtu, int maxMtu, int queues, Offered offloads, Rss rss,
        long macAddress) {
    private static final String STRUCTURE = "rte_eth_dev_info";
    private static final int MAC_LENGTH = 6;

    /** Capability bits of DPDK. */
    record Offered(long receive, long transmit) {}

    /** Which kinds of flow, in DPDK's bits (0: none), bytes of the key (0: whatever), entries of the table (0: none). */
    record Rss(long kinds, int keyLength, int entries) {}

    static DeviceInfo of(final int port) throws IOException {
        try (MemoryRegion memory = MemoryRegion.allocate("device information", Abi.size(STRUCTURE))) {
            final long info = memory.address();
            final int result = Ethdev.INFO.call(port, info);
            if (result < 0) {
                throw new IOException(DpdkFailure.onStep("read about", Ethdev.name(port), result, List.of()));
            }
            return read(info, address(port));
        }
    }

    private static DeviceInfo read(final long info, final long macAddress) {
        final int queues = Math.min(Memory.getUnsignedShort(info + offset("max_rx_queues")),
                Memory.getUnsignedShort(info + offset("max_tx_queues")));
        return new DeviceInfo(Memory.getLong(info + offset("device")),
                Eal.text(Memory.getLong(info + offset("driver_name"))),
                Memory.getUnsignedShort(info + offset("min_mtu")), Memory.getUnsignedShort(info + offset("max_mtu")),
                queues,
                new Offered(Memory.getLong(info + offset("rx_offload_capa")),
                        Memory.getLong(info + offset("tx_offload_capa"))),
                new Rss(Memory.getLong(info + offset("flow_type_rss_offloads")),
                        Memory.getUnsignedByte(info + offset("hash_key_size")),
                        Memory.getUnsignedShort(info + offset("reta_size"))),
                macAddress);
    }

    private static long address(final int port) {
        try (MemoryRegion memory = MemoryRegion.allocate("address", MAC_LENGTH)) {
            Ethdev.ADDRESS.call(port, memory.address());
            return (long) Memory.getShortBE(memory.address()) << 32
                    | Memory.getIntBE(memory.address() + 2) & 0xFFFF_FFFFL;
        }
    }

    private static int offset(final String field) {
        return Abi.offset(STRUCTURE, field);
    }
}
