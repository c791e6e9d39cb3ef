package io.millrace.nativeports.afpacket;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.tap.PacketSocket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a packet socket does besides what every port does: over a veth, with another port or a socket at its far end. */
@RequiresNetworkNamespaces
class AfPacketPortTest extends VethPortContract {
    @Override
    protected PacketDevice openDevice() throws Exception {
        return pair.open(VethPair.request(true));
    }

    @Override
    protected boolean keepsOrder() {
        return true;
    }

    @Test
    void shouldNotSeeWhatLeavesTheInterface() throws Exception {
        try (PacketSocket beside = pair.ours.call(() -> new PacketSocket(VethPair.OURS, ETHERTYPE))) {
            beside.send(frame(BROADCAST, 1));
            transmit(fresh(frame(BROADCAST, 2)));
            farEnd.send(frame(BROADCAST, 3));
            assertThat(receivedMarks(2)).containsExactly(3);
        }
    }

    @Test
    void shouldCarryAVirtualSegmentAsOne() throws Exception {
        try (PacketDevice other = otherEnd()) {
            final long frame = segment(other.queue(0).capabilities().macAddress(), 40_000);
            final byte[] bytes = bytesOf(frame);
            transmit(frame);
            final long arrived = next(other.queue(0));
            assertThat(bytesOf(arrived)).isEqualTo(bytes);
            assertThat(Frame.gsoType(arrived)).isEqualTo(Frame.GSO_TCPV4);
            assertThat(Frame.gsoSize(arrived)).isEqualTo(1_460);
            assertThat(Frame.flags(arrived)).isEqualTo(Frame.CHECKSUM_PARTIAL);
            assertThat(Frame.checksumStart(arrived)).isEqualTo(HEADER + 20);
            assertThat(Frame.checksumOffset(arrived)).isEqualTo(16);
            other.queue(0).release(arrived);
        }
    }

    @Test
    void shouldPutTheTagOfAVlanBackWhereItWas() throws Exception {
        try (PacketDevice other = otherEnd()) {
            final long frame = segment(other.queue(0).capabilities().macAddress(), 20_000);
            tag(frame, 5);
            final byte[] bytes = bytesOf(frame);
            transmit(frame);
            final long arrived = next(other.queue(0));
            assertThat(bytesOf(arrived)).isEqualTo(bytes);
            assertThat(Frame.checksumStart(arrived)).isEqualTo(HEADER + 4 + 20);
            assertThat(Frame.headerLength(arrived)).isGreaterThanOrEqualTo(HEADER + 4 + 40);
            other.queue(0).release(arrived);
        }
        final byte[] small = tagged(frame(own, 9));
        farEnd.send(small);
        final long arrived = next(port);
        assertThat(bytesOf(arrived)).isEqualTo(small);
        port.release(arrived);
    }

    @Test
    void shouldKeepTheOrderOfSmallAndLargeFrames() throws Exception {
        try (PacketDevice other = otherEnd()) {
            final long mac = other.queue(0).capabilities().macAddress();
            final int[] lengths = {100, 40_000, 1_000, 2_000, 60_000, 50, 30_000, 20_000, 100};
            final long[] frames = new long[lengths.length];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = segment(mac, lengths[i]);
            }
            assertThat(port.transmit(frames, 0, frames.length, 0)).isEqualTo(frames.length);
            for (final int length : lengths) {
                final long arrived = next(other.queue(0));
                assertThat(Frame.length(arrived)).isEqualTo(HEADER + 40 + length);
                other.queue(0).release(arrived);
            }
            assertThat(other.queue(0).dropped()).isZero();
        }
    }

    @Test
    void shouldDropAndCountWhatExceedsTheMtu() {
        transmit(fresh(new byte[MTU + HEADER + 1]));
        assertThat(port.dropped()).isEqualTo(1);
        transmit(fresh(tagged(new byte[MTU + HEADER])));
        assertThat(port.dropped()).isEqualTo(1);
    }

    /** The kernel refuses what no frame can be; what was to follow in the same burst is lost with it, and counted. */
    @Test
    void shouldGoOnBehindAFrameThatTheKernelRefuses() {
        final long[] frames = new long[8];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = fresh(frame(BROADCAST, i));
        }
        Frame.segmentation(frames[3], 7, 1_000, HEADER);
        assertThat(port.transmit(frames, 0, frames.length, 0)).isEqualTo(frames.length);
        assertThat(port.dropped()).isEqualTo(5);
        for (int i = 0; i < 3; i++) {
            assertThat(farEnd.receive()).isEqualTo(frame(BROADCAST, i));
        }
        // more than there are slots
        for (int round = 0; round < 300; round++) {
            transmit(fresh(frame(BROADCAST, round & 0x7F)));
            assertThat(farEnd.receive()).isEqualTo(frame(BROADCAST, round & 0x7F));
        }
        assertThat(port.dropped()).isEqualTo(5);
    }

    @Test
    void shouldDropWhatItIsToSendWhileTheLinkIsDownAndGoOn() throws Exception {
        pair.ours.run("ip", "link", "set", VethPair.OURS, "down");
        for (int i = 1; i <= 10; i++) {
            transmit(fresh(frame(BROADCAST, i)));
        }
        transmit(segment(BROADCAST, 40_000));
        assertThat(port.dropped()).isEqualTo(11);
        pair.ours.run("ip", "link", "set", VethPair.OURS, "up");
        transmit(fresh(frame(BROADCAST, 99)));
        assertThat(farEnd.receive()).isEqualTo(frame(BROADCAST, 99));
        farEnd.send(frame(BROADCAST, 98));
        assertThat(receivedMarks(1)).containsExactly(98);
        assertThat(port.dropped()).isEqualTo(11);
    }

    @Test
    void shouldCountOnceThatItHearsNothingAnyMore() throws Exception {
        pair.ours.run("ip", "link", "set", VethPair.OURS, "down");
        final long[] frames = new long[8];
        for (int turn = 0; turn < 100; turn++) {
            assertThat(port.receive(frames, 0, 8, turn * LATER_NS)).isZero();
        }
        assertThat(port.dropped()).isEqualTo(1);
    }

    @Test
    void shouldCountAndGoOnWhenTheInterfaceIsGone() throws Exception {
        farEnd.send(frame(BROADCAST, 7));
        pair.ours.run("ip", "link", "del", VethPair.OURS);
        final long[] frames = new long[8];
        // what had arrived before is still there
        assertThat(port.receive(frames, 0, 8, LATER_NS)).isEqualTo(1);
        port.release(frames[0]);
        for (int turn = 2; turn < 100; turn++) {
            assertThat(port.receive(frames, 0, 8, turn * LATER_NS)).isZero();
        }
        final long before = port.dropped();
        for (int i = 0; i < 1_000; i++) {
            transmit(fresh(frame(BROADCAST, 1)));
            transmit(segment(BROADCAST, 40_000));
        }
        assertThat(port.dropped()).isEqualTo(before + 2_000);
    }

    @Test
    void shouldGiveEachFlowToOneQueue() throws Exception {
        try (PacketDevice other = pair.theirs.call(() -> new AfPacketDeviceProvider()
                .open(VethPair.request(VethPair.THEIRS, MTU, 3, true, null)))) {
            final long mac = other.queue(0).capabilities().macAddress();
            final List<Set<Integer>> flowsOfQueues = new ArrayList<>();
            for (int queue = 0; queue < 3; queue++) {
                flowsOfQueues.add(new TreeSet<>());
            }
            int arrived = 0;
            for (int round = 0; round < 4; round++) {
                for (int flow = 0; flow < 16; flow++) {
                    final long frame = segment(mac, 100);
                    Memory.putShortBE(Frame.data(frame) + HEADER + 20, 4_000 + flow);
                    transmit(frame);
                }
                for (int queue = 0; queue < 3; queue++) {
                    arrived += drainPorts(other.queue(queue), flowsOfQueues.get(queue));
                }
            }
            assertThat(arrived).isEqualTo(4 * 16);
            assertThat(flowsOfQueues.stream().mapToInt(Set::size).sum()).as("each flow on one queue").isEqualTo(16);
            assertThat(flowsOfQueues.stream().filter(flows -> !flows.isEmpty()).count()).isGreaterThan(1);
        }
    }

    private static int drainPorts(final PacketPort queue, final Set<Integer> ports) {
        final long[] frames = new long[64];
        final int count = queue.receive(frames, 0, frames.length, 0);
        for (int i = 0; i < count; i++) {
            ports.add(Memory.getShortBE(Frame.data(frames[i]) + HEADER + 20));
            queue.release(frames[i]);
        }
        return count;
    }

    private PacketDevice otherEnd() throws Exception {
        return pair.theirs.call(() -> new AfPacketDeviceProvider()
                .open(VethPair.request(VethPair.THEIRS, MTU, 1, true, null)));
    }

    private static byte[] tagged(final byte[] frame) {
        final byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, 12);
        tagged[12] = (byte) 0x81;
        tagged[15] = 5;
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        return tagged;
    }

    /** A segment of TCP over IPv4, whose checksum the interface shall complete, and which stands for several if large. */
    private long segment(final long destination, final int payload) {
        final byte[] bytes = Arrays.copyOf(frame(destination, 0), HEADER + 40 + payload);
        final long frame = fresh(bytes);
        final long ip = Frame.data(frame) + HEADER;
        Memory.putShortBE(ip - 2, 0x0800);
        Memory.zero(ip, 60);
        Memory.putShortBE(ip, 0x4500);
        Memory.putShortBE(ip + 2, 40 + payload);
        Memory.putShortBE(ip + 8, 0x4006);
        Memory.putIntBE(ip + 12, 0x0A4E0001);
        Memory.putIntBE(ip + 16, 0x0A4E0002);
        Memory.putShortBE(ip + 20, 4_000);
        Memory.putShortBE(ip + 22, 4_001);
        Memory.putShortBE(ip + 32, 0x5010);
        Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
        Frame.checksumPlace(frame, HEADER + 20, 16);
        if (payload > 1_460) {
            Frame.segmentation(frame, Frame.GSO_TCPV4, 1_460, HEADER + 40);
        }
        return frame;
    }

    /** Puts a VLAN's tag in front of the type. */
    private static void tag(final long frame, final int vlan) {
        final byte[] addresses = new byte[12];
        Memory.copyToArray(Frame.data(frame), addresses, 0, 12);
        Frame.dataOffset(frame, Frame.dataOffset(frame) - 4);
        Frame.length(frame, Frame.length(frame) + 4);
        Memory.copyFromArray(addresses, 0, Frame.data(frame), 12);
        Memory.putIntBE(Frame.data(frame) + 12, 0x8100 << 16 | vlan);
        Frame.checksumPlace(frame, Frame.checksumStart(frame) + 4, 16);
        Frame.segmentation(frame, Frame.GSO_TCPV4, 1_460, Frame.headerLength(frame) + 4);
    }
}
