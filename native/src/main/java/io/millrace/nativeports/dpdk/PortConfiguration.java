package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import java.io.IOException;
import java.util.Arrays;

/**
 * What a port is configured with: {@code struct rte_eth_conf}, of which all is zero but what is set here.
 *
 * @param mtu             bytes of the largest IP packet.
 * @param queues          in each direction.
 * @param receiveOffloads DPDK's bits.
 * @param transmitOffloads DPDK's bits.
 * @param rssKinds        what kinds of flow to spread, DPDK's bits; 0 where there is nothing to spread.
 * @param rssKey          as long as the device has it; empty: the driver's.
 */
record PortConfiguration(int mtu, int queues, long receiveOffloads, long transmitOffloads, long rssKinds,
        byte[] rssKey) {
    private static final String STRUCTURE = "rte_eth_conf";
    private static final long RX_CHECKSUMS = Abi.number("RTE_ETH_RX_OFFLOAD_UDP_CKSUM | RTE_ETH_RX_OFFLOAD_TCP_CKSUM");
    private static final long TX_CHECKSUMS = Abi.number("RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM");
    private static final long SEGMENTATION = Abi.number("RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_TSO");
    private static final long FLOWS = Abi.number("RTE_ETH_RSS_IP | RTE_ETH_RSS_TCP | RTE_ETH_RSS_UDP");
    private static final int RSS = (int) Abi.number("RTE_ETH_MQ_RX_RSS");
    /** What one descriptor of every NIC can name; those of an Intel E810 or X710 have 14 bits for it. */
    private static final int LARGEST_SEGMENT = 16_383 - 14 - 4;

    /** What of the request the device can do. */
    static PortConfiguration of(final DeviceRequest request, final DeviceInfo info, final Driver driver,
            final byte[] rssKey) throws IOException {
        final int keyLength = info.rss().keyLength();
        if (rssKey.length > 0 && keyLength > 0 && rssKey.length != keyLength) {
            throw new IOException("the RSS key has " + rssKey.length + " bytes; the driver " + info.driver() + " takes "
                    + keyLength);
        }
        final boolean offloads = request.offloads();
        final long transmit = wanted(offloads, info.offloads().transmit(), TX_CHECKSUMS);
        final boolean segments = transmit != 0 && driver.segments() && request.mtu() <= LARGEST_SEGMENT;
        return new PortConfiguration(request.mtu(), request.queues(),
                wanted(offloads, info.offloads().receive(), RX_CHECKSUMS),
                transmit | wanted(segments, info.offloads().transmit(), SEGMENTATION),
                request.queues() > 1 ? info.rss().kinds() & FLOWS : 0,
                rssKey.length > 0 ? rssKey : key(request.rssKey().bytes(), keyLength));
    }

    /** The stack's key as long as the device has it: what comes behind is beyond the longest input, whatever it is. */
    private static byte[] key(final byte[] key, final int length) {
        if (length > 0 && length < key.length) {
            return new byte[0];
        }
        final byte[] longer = Arrays.copyOf(key, Math.max(length, key.length));
        for (int i = key.length; i < longer.length; i++) {
            longer[i] = key[i % key.length];
        }
        return longer;
    }

    /** All of them or none. */
    private static long wanted(final boolean asked, final long there, final long offloads) {
        return asked && (there & offloads) == offloads ? offloads : 0;
    }

    boolean checksReceived() {
        return receiveOffloads != 0;
    }

    boolean completesChecksums() {
        return transmitOffloads != 0;
    }

    /** Bytes of the largest IP packet that the device cuts; 0 where it does not. */
    int maxVirtualSegment() {
        return (transmitOffloads & SEGMENTATION) == SEGMENTATION ? LARGEST_SEGMENT : 0;
    }

    /** Configures the port; the answer is DPDK's, a negated error number where it refuses. */
    int apply(final int port) {
        try (MemoryRegion memory = MemoryRegion.allocate("configuration of a DPDK port",
                Abi.size(STRUCTURE) + Math.max(1, rssKey.length))) {
            final long conf = memory.address();
            final long key = conf + Abi.size(STRUCTURE);
            Memory.putInt(conf + Abi.offset(STRUCTURE, "rxmode.mtu"), mtu);
            Memory.putLong(conf + Abi.offset(STRUCTURE, "rxmode.offloads"), receiveOffloads);
            Memory.putLong(conf + Abi.offset(STRUCTURE, "txmode.offloads"), transmitOffloads);
            if (rssKinds != 0) {
                Memory.putInt(conf + Abi.offset(STRUCTURE, "rxmode.mq_mode"), RSS);
                Memory.putLong(conf + Abi.offset(STRUCTURE, "rx_adv_conf.rss_conf.rss_hf"), rssKinds);
                if (rssKey.length > 0) {
                    Memory.copyFromArray(rssKey, 0, key, rssKey.length);
                    Memory.putLong(conf + Abi.offset(STRUCTURE, "rx_adv_conf.rss_conf.rss_key"), key);
                    Memory.putByte(conf + Abi.offset(STRUCTURE, "rx_adv_conf.rss_conf.rss_key_len"), rssKey.length);
                }
            }
            return Ethdev.CONFIGURE.call(port, queues, queues, conf);
        }
    }
}
