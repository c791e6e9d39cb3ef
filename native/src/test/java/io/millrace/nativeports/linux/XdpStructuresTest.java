package io.millrace.nativeports.linux;

import io.millrace.nativeports.CHeaders;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Asks the C compiler and the system's headers for the numbers of AF_XDP, of XDP programs and of an interface's queues. */
class XdpStructuresTest {
    private static final String HEADERS = """
            #include <stddef.h>
            #include <stdio.h>
            #include <sys/socket.h>
            #include <linux/bpf.h>
            #include <linux/ethtool.h>
            #include <linux/if_link.h>
            #include <linux/if_xdp.h>
            #ifndef XDP_USE_SG /* Linux 6.6: younger than many distributions' headers, as is what follows */
            #define XDP_USE_SG (1 << 4)
            #define XDP_PKT_CONTD (1 << 0)
            #endif
            #ifndef XDP_TX_METADATA /* Linux 6.8 */
            #define XDP_TX_METADATA (1 << 1)
            #define XDP_TXMD_FLAGS_CHECKSUM (1 << 1)
            struct xsk_tx_metadata {
                __u64 flags;
                union {
                    struct {
                        __u16 csum_start;
                        __u16 csum_offset;
                        __u64 launch_time;
                    } request;
                    struct {
                        __u64 tx_timestamp;
                    } completion;
                };
            };
            #endif
            #ifndef XDP_UMEM_TX_METADATA_LEN /* Linux 6.11 */
            #define XDP_UMEM_TX_METADATA_LEN (1 << 2)
            #endif
            #ifndef XDP_MAX_TX_SKB_BUDGET /* Linux 6.18 */
            #define XDP_MAX_TX_SKB_BUDGET 9
            #endif
            """;

    @Test
    void shouldAgreeWithTheSystemsHeaders(@TempDir final Path directory) throws Exception {
        final Map<String, Long> expected = new LinkedHashMap<>();
        addSocket(expected);
        addRings(expected);
        addMemory(expected);
        addDescriptors(expected);
        addStatistics(expected);
        addProgram(expected);
        addChannels(expected);
        CHeaders.assertAgree(directory, HEADERS, List.of(), expected);
    }

    private static void addSocket(final Map<String, Long> numbers) {
        numbers.put("AF_XDP", (long) XdpDescriptor.AF_XDP);
        numbers.put("SOL_XDP", (long) XdpDescriptor.SOL_XDP);
        numbers.put("XDP_MMAP_OFFSETS", (long) XdpDescriptor.MMAP_OFFSETS);
        numbers.put("XDP_RX_RING", (long) XdpDescriptor.RX_RING);
        numbers.put("XDP_TX_RING", (long) XdpDescriptor.TX_RING);
        numbers.put("XDP_UMEM_REG", (long) XdpDescriptor.UMEM_REG);
        numbers.put("XDP_UMEM_FILL_RING", (long) XdpDescriptor.UMEM_FILL_RING);
        numbers.put("XDP_UMEM_COMPLETION_RING", (long) XdpDescriptor.UMEM_COMPLETION_RING);
        numbers.put("XDP_STATISTICS", (long) XdpDescriptor.STATISTICS);
        numbers.put("XDP_OPTIONS", (long) XdpDescriptor.OPTIONS);
        numbers.put("XDP_MAX_TX_SKB_BUDGET", (long) XdpDescriptor.MAX_TX_SKB_BUDGET);
        numbers.put("sizeof(struct sockaddr_xdp)", (long) XdpDescriptor.ADDRESS_LENGTH);
        numbers.put("offsetof(struct sockaddr_xdp, sxdp_family)", 0L);
        numbers.put("offsetof(struct sockaddr_xdp, sxdp_flags)", (long) XdpDescriptor.ADDRESS_FLAGS_OFFSET);
        numbers.put("offsetof(struct sockaddr_xdp, sxdp_ifindex)", (long) XdpDescriptor.ADDRESS_INDEX_OFFSET);
        numbers.put("offsetof(struct sockaddr_xdp, sxdp_queue_id)", (long) XdpDescriptor.ADDRESS_QUEUE_OFFSET);
        numbers.put("XDP_COPY", (long) XdpDescriptor.COPY);
        numbers.put("XDP_ZEROCOPY", (long) XdpDescriptor.ZEROCOPY);
        numbers.put("XDP_USE_NEED_WAKEUP", (long) XdpDescriptor.USE_NEED_WAKEUP);
        numbers.put("XDP_USE_SG", (long) XdpDescriptor.USE_SG);
        numbers.put("SO_BUSY_POLL", (long) SocketDescriptor.SO_BUSY_POLL);
        numbers.put("SO_PREFER_BUSY_POLL", (long) SocketDescriptor.SO_PREFER_BUSY_POLL);
        numbers.put("SO_BUSY_POLL_BUDGET", (long) SocketDescriptor.SO_BUSY_POLL_BUDGET);
        numbers.put("MSG_DONTWAIT", (long) SocketDescriptor.MSG_DONTWAIT);
    }

    private static void addRings(final Map<String, Long> numbers) {
        numbers.put("XDP_PGOFF_RX_RING", XdpDescriptor.PGOFF_RX_RING);
        numbers.put("XDP_PGOFF_TX_RING", XdpDescriptor.PGOFF_TX_RING);
        numbers.put("XDP_UMEM_PGOFF_FILL_RING", XdpDescriptor.UMEM_PGOFF_FILL_RING);
        numbers.put("XDP_UMEM_PGOFF_COMPLETION_RING", XdpDescriptor.UMEM_PGOFF_COMPLETION_RING);
        numbers.put("sizeof(struct xdp_mmap_offsets)", (long) XdpDescriptor.MMAP_OFFSETS_LENGTH);
        numbers.put("offsetof(struct xdp_mmap_offsets, rx)", (long) XdpDescriptor.RX_OFFSET);
        numbers.put("offsetof(struct xdp_mmap_offsets, tx)", (long) XdpDescriptor.TX_OFFSET);
        numbers.put("offsetof(struct xdp_mmap_offsets, fr)", (long) XdpDescriptor.FILL_OFFSET);
        numbers.put("offsetof(struct xdp_mmap_offsets, cr)", (long) XdpDescriptor.COMPLETION_OFFSET);
        numbers.put("offsetof(struct xdp_ring_offset, producer)", (long) XdpDescriptor.PRODUCER_OFFSET);
        numbers.put("offsetof(struct xdp_ring_offset, consumer)", (long) XdpDescriptor.CONSUMER_OFFSET);
        numbers.put("offsetof(struct xdp_ring_offset, desc)", (long) XdpDescriptor.DESCRIPTORS_OFFSET);
        numbers.put("offsetof(struct xdp_ring_offset, flags)", (long) XdpDescriptor.FLAGS_OFFSET);
        numbers.put("XDP_RING_NEED_WAKEUP", (long) XdpDescriptor.RING_NEED_WAKEUP);
    }

    private static void addMemory(final Map<String, Long> numbers) {
        numbers.put("sizeof(struct xdp_umem_reg)", (long) XdpDescriptor.UMEM_LENGTH);
        numbers.put("offsetof(struct xdp_umem_reg, addr)", (long) XdpDescriptor.UMEM_ADDRESS_OFFSET);
        numbers.put("offsetof(struct xdp_umem_reg, len)", (long) XdpDescriptor.UMEM_BYTES_OFFSET);
        numbers.put("offsetof(struct xdp_umem_reg, chunk_size)", (long) XdpDescriptor.UMEM_CHUNK_SIZE_OFFSET);
        numbers.put("offsetof(struct xdp_umem_reg, headroom)", (long) XdpDescriptor.UMEM_HEADROOM_OFFSET);
        numbers.put("offsetof(struct xdp_umem_reg, flags)", (long) XdpDescriptor.UMEM_FLAGS_OFFSET);
        numbers.put("offsetof(struct xdp_umem_reg, flags) + sizeof(__u32)",
                (long) XdpDescriptor.UMEM_TX_METADATA_LENGTH_OFFSET);
        numbers.put("XDP_UMEM_TX_METADATA_LEN", (long) XdpDescriptor.UMEM_TX_METADATA_LEN);
        numbers.put("XDP_PACKET_HEADROOM", (long) XdpDescriptor.PACKET_HEADROOM);
    }

    private static void addDescriptors(final Map<String, Long> numbers) {
        numbers.put("sizeof(struct xdp_desc)", (long) XdpDescriptor.DESCRIPTOR_LENGTH);
        numbers.put("offsetof(struct xdp_desc, addr)", (long) XdpDescriptor.DESCRIPTOR_ADDRESS_OFFSET);
        numbers.put("offsetof(struct xdp_desc, len)", (long) XdpDescriptor.DESCRIPTOR_BYTES_OFFSET);
        numbers.put("offsetof(struct xdp_desc, options)", (long) XdpDescriptor.DESCRIPTOR_OPTIONS_OFFSET);
        numbers.put("XDP_PKT_CONTD", (long) XdpDescriptor.PKT_CONTD);
        numbers.put("XDP_TX_METADATA", (long) XdpDescriptor.TX_METADATA);
        // it grew from 16 to 24 bytes with Linux 6.15; one that is too large is as good
        numbers.put("sizeof(struct xsk_tx_metadata) <= " + XdpDescriptor.METADATA_LENGTH, 1L);
        numbers.put("offsetof(struct xsk_tx_metadata, flags)", (long) XdpDescriptor.METADATA_FLAGS_OFFSET);
        numbers.put("offsetof(struct xsk_tx_metadata, request.csum_start)",
                (long) XdpDescriptor.METADATA_CHECKSUM_START_OFFSET);
        numbers.put("offsetof(struct xsk_tx_metadata, request.csum_offset)",
                (long) XdpDescriptor.METADATA_CHECKSUM_OFFSET_OFFSET);
        numbers.put("XDP_TXMD_FLAGS_CHECKSUM", (long) XdpDescriptor.TXMD_FLAGS_CHECKSUM);
    }

    private static void addStatistics(final Map<String, Long> numbers) {
        numbers.put("sizeof(struct xdp_statistics)", (long) XdpDescriptor.STATISTICS_LENGTH);
        numbers.put("offsetof(struct xdp_statistics, rx_dropped)", (long) XdpDescriptor.RX_DROPPED_OFFSET);
        numbers.put("offsetof(struct xdp_statistics, rx_invalid_descs)", (long) XdpDescriptor.RX_INVALID_OFFSET);
        numbers.put("offsetof(struct xdp_statistics, tx_invalid_descs)", (long) XdpDescriptor.TX_INVALID_OFFSET);
        numbers.put("offsetof(struct xdp_statistics, rx_ring_full)", (long) XdpDescriptor.RX_RING_FULL_OFFSET);
        numbers.put("sizeof(struct xdp_options)", (long) XdpDescriptor.OPTIONS_LENGTH);
        numbers.put("XDP_OPTIONS_ZEROCOPY", (long) XdpDescriptor.OPTIONS_ZEROCOPY);
    }

    private static void addProgram(final Map<String, Long> numbers) {
        numbers.put("BPF_MAP_UPDATE_ELEM", (long) Bpf.MAP_UPDATE_ELEM);
        numbers.put("BPF_MAP_TYPE_XSKMAP", (long) Bpf.MAP_TYPE_XSKMAP);
        numbers.put("BPF_PROG_TYPE_XDP", (long) Bpf.PROG_TYPE_XDP);
        numbers.put("BPF_XDP", (long) Bpf.XDP);
        numbers.put("BPF_F_XDP_HAS_FRAGS", (long) Bpf.F_XDP_HAS_FRAGS);
        numbers.put("XDP_FLAGS_SKB_MODE", (long) Bpf.XDP_FLAGS_SKB_MODE);
        numbers.put("XDP_FLAGS_DRV_MODE", (long) Bpf.XDP_FLAGS_DRV_MODE);
        numbers.put("XDP_PASS", (long) Bpf.XDP_PASS);
        numbers.put("BPF_PSEUDO_MAP_FD", (long) Bpf.PSEUDO_MAP_FD);
        numbers.put("BPF_FUNC_redirect_map", (long) Bpf.FUNC_REDIRECT_MAP);
        numbers.put("offsetof(struct xdp_md, data)", (long) Bpf.XDP_DATA);
        numbers.put("offsetof(struct xdp_md, data_end)", (long) Bpf.XDP_DATA_END);
        numbers.put("offsetof(struct xdp_md, rx_queue_index)", (long) Bpf.XDP_QUEUE);
        numbers.put("offsetof(union bpf_attr, prog_flags)", (long) Bpf.PROG_FLAGS_OFFSET);
        numbers.put("offsetof(union bpf_attr, expected_attach_type)", (long) Bpf.EXPECTED_ATTACH_TYPE_OFFSET);
        numbers.put("offsetof(union bpf_attr, expected_attach_type) + sizeof(__u32)", (long) Bpf.ATTRIBUTES_LENGTH);
        numbers.put("offsetof(union bpf_attr, map_fd)", (long) Bpf.MAP_FD_OFFSET);
        numbers.put("offsetof(union bpf_attr, key)", (long) Bpf.KEY_OFFSET);
        numbers.put("offsetof(union bpf_attr, value)", (long) Bpf.VALUE_OFFSET);
    }

    private static void addChannels(final Map<String, Long> numbers) {
        numbers.put("ETHTOOL_GCHANNELS", (long) EthtoolDescriptor.GCHANNELS);
        numbers.put("sizeof(struct ethtool_channels)", (long) EthtoolDescriptor.CHANNELS_LENGTH);
        numbers.put("offsetof(struct ethtool_channels, rx_count)", (long) EthtoolDescriptor.RX_COUNT_OFFSET);
        numbers.put("offsetof(struct ethtool_channels, combined_count)",
                (long) EthtoolDescriptor.COMBINED_COUNT_OFFSET);
    }
}
