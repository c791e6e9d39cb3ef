package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.VlanTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VlanPortTest {
    private static final long TARGET = 0x02_11_22_33_44_55L;
    private static final long SOURCE = 0x02_66_77_88_99_AAL;
    private static final int QUEUE = 4;
    private static final int VLAN = 5;

    private final long[] frames = new long[8];
    private final EthernetHeader ethernet = new EthernetHeader();
    private final VlanTag tag = new VlanTag();
    private long bytesBefore;
    private MemoryLink link;
    private PacketPort port;
    private PacketPort far;
    private int others;

    @BeforeEach
    void open() {
        bytesBefore = MemoryRegion.bytesInUse();
        link = MemoryLink.builder().offloads(true).framesPerSide(16).queueLength(QUEUE).build();
        port = new VlanPort(link.side(0).queue(0), VLAN, () -> others++);
        far = link.side(1).queue(0);
    }

    @AfterEach
    void close() {
        link.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldTagWhatLeaves() {
        frames[0] = untagged(port, 100);
        final byte[] before = PacketPortContract.bytesOf(frames[0]);
        assertThat(port.transmit(frames, 0, 1, 0)).isEqualTo(1);
        assertThat(far.receive(frames, 0, 8, 0)).isEqualTo(1);
        final byte[] after = PacketPortContract.bytesOf(frames[0]);
        assertThat(after).hasSize(104);
        ethernet.wrap(Frame.data(frames[0]), 104);
        assertThat(ethernet.destination()).isEqualTo(TARGET);
        assertThat(ethernet.source()).isEqualTo(SOURCE);
        assertThat(ethernet.etherType()).isEqualTo(EthernetHeader.ETHERTYPE_VLAN);
        tag.wrap(Frame.data(frames[0]) + EthernetHeader.LENGTH, 90);
        assertThat(tag.vlanId()).isEqualTo(VLAN);
        assertThat(tag.priority()).isZero();
        assertThat(tag.dropEligible()).isFalse();
        assertThat(tag.etherType()).isEqualTo(EthernetHeader.ETHERTYPE_IPV4);
        for (int i = EthernetHeader.LENGTH; i < before.length; i++) {
            assertThat(after[i + VlanTag.LENGTH]).isEqualTo(before[i]);
        }
    }

    @Test
    void shouldTakeTheTagFromWhatComes() {
        frames[0] = tagged(7, VLAN, 100);
        assertThat(far.transmit(frames, 0, 1, 0)).isEqualTo(1);
        assertThat(port.receive(frames, 0, 8, 0)).isEqualTo(1);
        final long expected = untagged(far, 100);
        assertThat(PacketPortContract.bytesOf(frames[0])).isEqualTo(PacketPortContract.bytesOf(expected));
        assertThat(others).isZero();
    }

    @Test
    void shouldDropAndCountWhatIsOfAnotherVlanOrOfNone() {
        frames[0] = tagged(0, VLAN + 1, 100);
        frames[1] = untagged(far, 100);
        frames[2] = tagged(0, VLAN, 60);
        frames[3] = tagged(3, 0, 100);
        assertThat(far.transmit(frames, 0, 4, 0)).isEqualTo(4);
        assertThat(port.receive(frames, 2, 6, 0)).isEqualTo(1);
        assertThat(Frame.length(frames[2])).isEqualTo(60);
        port.release(frames[2]);
        // shorter than a tag, which it begins
        frames[0] = tagged(0, VLAN, 0);
        Frame.length(frames[0], EthernetHeader.LENGTH + VlanTag.LENGTH - 1);
        assertThat(far.transmit(frames, 0, 1, 0)).isEqualTo(1);
        assertThat(port.receive(frames, 0, 8, 0)).isZero();
        assertThat(others).isEqualTo(4);
        assertThat(available(far)).as("dropped frames went home").isEqualTo(16);
    }

    @Test
    void shouldMoveThePlacesOfChecksumAndSegmentation() {
        frames[0] = untagged(port, 10_000);
        Frame.flags(frames[0], Frame.CHECKSUM_PARTIAL);
        Frame.checksumPlace(frames[0], 34, 16);
        Frame.segmentation(frames[0], Frame.GSO_TCPV4, 1_460, 54);
        assertThat(port.transmit(frames, 0, 1, 0)).isEqualTo(1);
        assertThat(far.receive(frames, 0, 1, 0)).isEqualTo(1);
        assertThat(Frame.checksumStart(frames[0])).isEqualTo(38);
        assertThat(Frame.checksumOffset(frames[0])).isEqualTo(16);
        assertThat(Frame.headerLength(frames[0])).isEqualTo(58);
        assertThat(Frame.gsoSize(frames[0])).isEqualTo(1_460);
        assertThat(Frame.gsoType(frames[0])).isEqualTo(Frame.GSO_TCPV4);
        assertThat(far.transmit(frames, 0, 1, 0)).isEqualTo(1);
        assertThat(port.receive(frames, 0, 1, 0)).isEqualTo(1);
        assertThat(Frame.checksumStart(frames[0])).isEqualTo(34);
        assertThat(Frame.headerLength(frames[0])).isEqualTo(54);
    }

    @Test
    void shouldLeaveFramesThatWereNotTakenAsTheyWere() {
        final int count = QUEUE + 2;
        final byte[][] before = new byte[count][];
        for (int i = 0; i < count; i++) {
            frames[i] = untagged(port, 100 + i);
            Frame.flags(frames[i], Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frames[i], 34, 16);
            before[i] = PacketPortContract.bytesOf(frames[i]);
        }
        assertThat(port.transmit(frames, 0, count, 0)).isEqualTo(QUEUE);
        for (int i = QUEUE; i < count; i++) {
            assertThat(PacketPortContract.bytesOf(frames[i])).isEqualTo(before[i]);
            assertThat(Frame.checksumStart(frames[i])).isEqualTo(34);
            assertThat(Frame.dataOffset(frames[i])).isEqualTo(Frame.ETHERNET_OFFSET);
        }
    }

    @Test
    void shouldCarryTheLargestPacketsOfTheMtuAndOfOneSegment() {
        final PortCapabilities capabilities = port.capabilities();
        assertThat(capabilities.mtu()).isEqualTo(1_500);
        assertThat(capabilities.maxVirtualSegment()).isEqualTo(65_535);
        frames[0] = untagged(port, 1_514);
        frames[1] = untagged(port, 65_535 + EthernetHeader.LENGTH);
        Frame.segmentation(frames[1], Frame.GSO_TCPV4, 1_460, 54);
        frames[2] = untagged(port, 1_515);
        assertThat(port.transmit(frames, 0, 3, 0)).isEqualTo(3);
        assertThat(far.receive(frames, 0, 8, 0)).isEqualTo(2);
        assertThat(port.dropped()).as("longer than the MTU").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 4_095})
    void shouldRefuseVlansThatDoNotExist(final int vlan) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> new VlanPort(far, vlan, () -> {}));
    }

    @Test
    void shouldRefuseAPortWithoutALinkLayer() {
        try (MemoryLink bare = MemoryLink.builder().ethernet(false).framesPerSide(1).build()) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> new VlanPort(bare.side(0).queue(0), VLAN, () -> {}))
                    .withMessage("VLAN 5 of a port without a link layer");
        }
    }

    /** @param length of the frame, header included. */
    private static long untagged(final PacketPort from, final int length) {
        final long frame = from.acquire();
        EthernetHeader.write(Frame.data(frame), TARGET, SOURCE, EthernetHeader.ETHERTYPE_IPV4);
        for (int i = EthernetHeader.LENGTH; i < length; i++) {
            Memory.putByte(Frame.data(frame) + i, i * 7);
        }
        Frame.length(frame, length);
        return frame;
    }

    /** @param length of the frame without the tag. */
    private long tagged(final int priority, final int vlan, final int length) {
        final long frame = far.acquire();
        final long data = Frame.data(frame);
        EthernetHeader.write(data, TARGET, SOURCE, EthernetHeader.ETHERTYPE_VLAN);
        VlanTag.write(data + EthernetHeader.LENGTH, priority, vlan, EthernetHeader.ETHERTYPE_IPV4);
        for (int i = EthernetHeader.LENGTH; i < length; i++) {
            Memory.putByte(data + VlanTag.LENGTH + i, i * 7);
        }
        Frame.length(frame, length + VlanTag.LENGTH);
        return frame;
    }

    private static int available(final PacketPort of) {
        int count = 0;
        while (of.acquire() != 0) {
            count++;
        }
        return count;
    }
}
