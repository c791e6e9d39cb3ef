package io.millrace.nativeports.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OffloadsTest {
    private static final int LENGTH = 54 + 4_000;
    private static final int PSEUDO_SUM = 0xABCD;

    private final MemoryRegion memory = MemoryRegion.allocate("mbuf", 8_192);
    private final long mbuf = memory.address();
    private final long frame = Mbuf.frameOf(mbuf);

    @BeforeEach
    void makeFrame() {
        Frame.initialise(frame, 6_000, 1, 0);
        Frame.length(frame, LENGTH);
        Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
    }

    @AfterEach
    void free() {
        memory.close();
    }

    private void packet(final int at, final int version) {
        Memory.putShortBE(Frame.data(frame) + 12, at == 18 ? 0x8100 : version == 4 ? 0x0800 : 0x86DD);
        Memory.putByte(Frame.data(frame) + at, version << 4 | 5);
        Memory.putShortBE(Frame.data(frame) + at + 10, 0x1234);
    }

    @Test
    void shouldAskForAUdpChecksum() {
        packet(14, 6);
        Frame.checksumPlace(frame, 14 + 40, 6);
        Offloads.encode(frame);
        assertThat(Mbuf.flags(mbuf)).isEqualTo(
                Abi.number("RTE_MBUF_F_TX_IPV6") | Abi.number("RTE_MBUF_F_TX_UDP_CKSUM"));
        assertThat(Mbuf.lengths(mbuf)).isEqualTo(14 | 40 << 7);
    }

    @Test
    void shouldCountAVlanTagToTheLinkLayer() {
        packet(18, 4);
        Frame.checksumPlace(frame, 18 + 20, 16);
        Offloads.encode(frame);
        assertThat(Mbuf.flags(mbuf)).isEqualTo(
                Abi.number("RTE_MBUF_F_TX_IPV4") | Abi.number("RTE_MBUF_F_TX_TCP_CKSUM"));
        assertThat(Mbuf.lengths(mbuf)).isEqualTo(18 | 20 << 7);
        assertThat(Memory.getShortBE(Frame.data(frame) + 18 + 10)).as("IPv4 header checksum").isEqualTo(0x1234);
    }

    @Test
    void shouldGiveASegmentationWhatTheDeviceWantsAndTakeItBack() {
        packet(14, 4);
        Frame.checksumPlace(frame, 34, 16);
        Frame.segmentation(frame, Frame.GSO_TCPV4, 1_448, 66);
        final long field = Frame.data(frame) + 34 + 16;
        Memory.putShortBE(field, PSEUDO_SUM);
        Offloads.encode(frame);
        assertThat(Mbuf.flags(mbuf)).isEqualTo(Abi.number("RTE_MBUF_F_TX_IPV4") | Abi.number("RTE_MBUF_F_TX_TCP_CKSUM")
                | Abi.number("RTE_MBUF_F_TX_TCP_SEG") | Abi.number("RTE_MBUF_F_TX_IP_CKSUM"));
        assertThat(Mbuf.lengths(mbuf)).isEqualTo(14 | 20 << 7 | 32 << 16 | 1_448L << 24);
        assertThat(Memory.getShortBE(Frame.data(frame) + 14 + 10)).as("IPv4 header checksum").isZero();
        assertThat(Memory.getShortBE(field)).as("sum without the length").isEqualTo(PSEUDO_SUM - (LENGTH - 34));
        Offloads.undo(frame);
        assertThat(Memory.getShortBE(field)).isEqualTo(PSEUDO_SUM);
    }
}
