package io.millrace.nativeports.afxdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.nativeports.DeviceUnderTest;
import io.millrace.nativeports.afpacket.VethPair;
import io.millrace.nativeports.linux.LinkAddress;
import io.millrace.nativeports.tap.PacketSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an AF_XDP port does besides what every port does: over a veth, with a socket at its far end. */
@RequiresAfXdp
class AfXdpPortTest {
    private static final int ETHERTYPE = DeviceUnderTest.ETHERTYPE;
    private static final int MTU = 1_500;
    private static final int HEADER = 14;
    private static final long LATER_NS = 1_000_000_000L;
    private static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final int POLLS = 20_000;

    private VethPair pair;
    private PacketDevice device;
    private PacketPort port;
    private PacketSocket farEnd;
    private long own;

    @BeforeEach
    void open() throws Exception {
        pair = new VethPair(MTU);
        open("");
        farEnd = pair.theirs.call(() -> new PacketSocket(VethPair.THEIRS, ETHERTYPE));
    }

    private void open(final String options) throws Exception {
        device = pair.ours.call(() -> AfXdpDevice.open(VethPair.request(VethPair.OURS + options, MTU, 1, true, null)));
        port = device.queue(0);
        own = port.capabilities().macAddress();
    }

    @AfterEach
    void close() {
        farEnd.close();
        device.close();
        pair.close();
    }

    @Test
    void shouldTakeOnlyWhatIsForItsAddressOrAGroup() throws Exception {
        final long kernels = kernelsAddress();
        assertThat(own).isNotEqualTo(kernels);
        farEnd.send(frame(kernels, 1));
        farEnd.send(frame(own ^ 1, 2));
        farEnd.send(frame(own ^ 1L << 42, 3));
        farEnd.send(frame(own, 4));
        farEnd.send(frame(BROADCAST, 5));
        farEnd.send(frame(0x3333_FF00_0001L, 6));
        assertThat(receivedMarks(3)).containsExactlyInAnyOrder(4, 5, 6);
        assertThat(receivedMarks(1)).isEmpty();
        assertThat(port.dropped()).isZero();
    }

    /** The kernel of the same interface sees what is for it and what is for groups, but not what is for the stack. */
    @Test
    void shouldLeaveTheKernelWhatIsNotForTheStack() throws Exception {
        try (PacketSocket kernel = pair.ours.call(() -> new PacketSocket(VethPair.OURS, ETHERTYPE))) {
            farEnd.send(frame(own, 1));
            farEnd.send(frame(kernelsAddress(), 2));
            farEnd.send(frame(BROADCAST, 3));
            assertThat(kernel.receive()).isEqualTo(frame(kernelsAddress(), 2));
            assertThat(kernel.receive()).isEqualTo(frame(BROADCAST, 3));
        }
        VethPair.run(pair.ours, "ip", "addr", "add", "10.78.0.1/24", "dev", VethPair.OURS);
        VethPair.run(pair.theirs, "ip", "addr", "add", "10.78.0.2/24", "dev", VethPair.THEIRS);
        assertThat(VethPair.run(pair.theirs, "ping", "-c", "1", "10.78.0.1")).contains("1 received");
        assertThat(VethPair.run(pair.ours, "ping", "-c", "1", "10.78.0.2")).contains("1 received");
    }

    @Test
    void shouldKeepGroupsForItselfWhereItIsToldTo() throws Exception {
        device.close();
        open(",groups=all");
        try (PacketSocket kernel = pair.ours.call(() -> new PacketSocket(VethPair.OURS, ETHERTYPE))) {
            farEnd.send(frame(BROADCAST, 1));
            farEnd.send(frame(kernelsAddress(), 2));
            assertThat(receivedMarks(1)).containsExactly(1);
            assertThat(kernel.receive()).isEqualTo(frame(kernelsAddress(), 2));
        }
    }

    /** The far end has one queue, so that everything comes to the first one of ours. */
    @ParameterizedTest
    @ValueSource(strings = {"shared", "all"})
    void shouldReceiveWhatComesToAQueueWithoutASocket(final String groups) throws Exception {
        device.close();
        VethPair.run(pair.ours, "ethtool", "-L", VethPair.OURS, "rx", "2");
        open(",queue=1,groups=" + groups);
        farEnd.send(frame(own, 1));
        farEnd.send(frame(BROADCAST, 2));
        assertThat(receivedMarks(2)).containsExactly(1, 2);
    }

    /** A chunk that is kept is missing from the ring for filling, no more; each comes back. */
    @Test
    void shouldGoOnReceivingWhileFramesAreKept() {
        final List<Long> kept = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < port.lendableFrames(); i++) {
                farEnd.send(frame(own, i));
                kept.add(next(port));
            }
            for (int i = 0; i < 1_000; i++) {
                farEnd.send(frame(own, i & 0x7F));
                assertThat(receivedMarks(1)).containsExactly(i & 0x7F);
            }
            for (int i = 0; i < kept.size(); i++) {
                assertThat(bytesOf(kept.get(i))).isEqualTo(frame(own, i));
            }
            kept.forEach(port::release);
            kept.clear();
        }
        assertThat(port.dropped()).isZero();
    }

    @Test
    void shouldKeepTheMemoryOfALentFrameBeyondItsEnd() {
        farEnd.send(frame(own, 42));
        final long lent = next(port);
        final Runnable release = port.keepMemory();
        port.close();
        assertThat(bytesOf(lent)).isEqualTo(frame(own, 42));
        release.run();
    }

    @Test
    void shouldCountWhatFindsNoRoom() {
        final int sent = 1_000;
        for (int i = 0; i < sent; i++) {
            farEnd.send(frame(own, i & 0x7F));
        }
        final int received = receivedMarks(sent).size();
        assertThat(received).isBetween(32, sent - 1);
        assertThat(port.dropped()).isEqualTo(sent - received);
        assertThat(port.dropped()).isEqualTo(sent - received);
    }

    @Test
    void shouldSendABurstOfAllItsFrames() {
        for (int round = 0; round < 5; round++) {
            final long[] frames = new long[port.frames()];
            for (int i = 0; i < frames.length; i++) {
                frames[i] = fresh(frame(BROADCAST, i));
            }
            assertThat(port.acquire()).isZero();
            assertThat(port.transmit(frames, 0, frames.length, 0)).isEqualTo(frames.length);
            for (int i = 0; i < frames.length; i++) {
                assertThat(farEnd.receive()).isEqualTo(frame(BROADCAST, i));
            }
        }
    }

    /** The veth completes checksums only where it is told not to leave them to its far end. */
    @Test
    void shouldHaveChecksumsCompleted() throws Exception {
        assertThat(port.capabilities().txChecksum()).isTrue();
        VethPair.run(pair.ours, "ethtool", "-K", VethPair.OURS, "tx", "off");
        final long frame = fresh(frame(BROADCAST, 0));
        Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
        Frame.checksumPlace(frame, HEADER + 4, 6);
        Memory.putLongBE(Frame.data(frame) + HEADER + 4, 0x0102_0304_0506_1234L);
        transmit(frame);
        final byte[] arrived = farEnd.receive();
        final long copy = fresh(arrived);
        final int length = arrived.length - HEADER - 4;
        // the field held a part of the sum, which is missing in the sum of all now
        final long summed = Checksum.sum(Frame.data(copy) + HEADER + 4, length, 0);
        assertThat(Memory.getShortBE(Frame.data(copy) + HEADER + 10)).isNotEqualTo(0x1234);
        assertThat(Checksum.fold(summed)).isEqualTo(~0x1234 & 0xFFFF);
        port.release(copy);
    }

    @Test
    void shouldDropWhatItIsToSendWhileTheLinkIsDownAndGoOn() throws Exception {
        VethPair.run(pair.ours, "ip", "link", "set", VethPair.OURS, "down");
        for (int i = 1; i <= 100; i++) {
            transmit(fresh(frame(BROADCAST, i)));
        }
        assertThat(port.dropped()).isEqualTo(99);
        VethPair.run(pair.ours, "ip", "link", "set", VethPair.OURS, "up");
        transmit(fresh(frame(BROADCAST, 99)));
        assertThat(farEnd.receive()).as("what was in the ring before it was known").isEqualTo(frame(BROADCAST, 1));
        assertThat(farEnd.receive()).isEqualTo(frame(BROADCAST, 99));
        farEnd.send(frame(own, 98));
        farEnd.send(frame(BROADCAST, 97));
        assertThat(receivedMarks(2)).containsExactlyInAnyOrder(97, 98);
        assertThat(port.dropped()).isEqualTo(99);
    }

    @Test
    void shouldCountAndGoOnWhenTheInterfaceIsGone() throws Exception {
        final long lent = fresh(frame(own, 1));
        VethPair.run(pair.ours, "ip", "link", "del", VethPair.OURS);
        final long[] frames = new long[8];
        for (int turn = 2; turn < 100; turn++) {
            assertThat(port.receive(frames, 0, 8, turn * LATER_NS)).isZero();
        }
        final long before = port.dropped();
        assertThat(before).isEqualTo(1);
        transmit(lent);
        for (int i = 0; i < 1_000; i++) {
            transmit(fresh(frame(BROADCAST, 1)));
        }
        assertThat(port.dropped()).as("all but what is in the ring").isEqualTo(before + 1_000);
    }

    @Test
    void shouldSayWhatWasObtained() throws Exception {
        assertThat(device.name()).isEqualTo("af-xdp:ours0 (driver mode, copy)");
        device.close();
        open(",mode=generic");
        assertThat(device.name()).isEqualTo("af-xdp:ours0,mode=generic (generic mode, copy)");
    }

    private long kernelsAddress() throws Exception {
        return LinkAddress.parse(
                VethPair.run(pair.ours, "cat", "/sys/class/net/" + VethPair.OURS + "/address").strip());
    }

    /** The marks of up to so many frames, as many as come. */
    private List<Integer> receivedMarks(final int most) {
        final List<Integer> marks = new ArrayList<>();
        final long[] frames = new long[8];
        for (int poll = 0; poll < POLLS && marks.size() < most; poll++) {
            final int count = port.receive(frames, 0, Math.min(8, most - marks.size()), 0);
            for (int i = 0; i < count; i++) {
                marks.add((int) Memory.getByte(Frame.data(frames[i]) + HEADER));
                port.release(frames[i]);
            }
            if (count == 0 && (poll & 0x3F) == 0) {
                Thread.yield();
            }
        }
        return marks;
    }

    private static long next(final PacketPort port) {
        final long[] frames = new long[1];
        for (int poll = 0; poll < POLLS; poll++) {
            if (port.receive(frames, 0, 1, 0) == 1) {
                return frames[0];
            }
        }
        throw new AssertionError("nothing came");
    }

    private void transmit(final long frame) {
        assertThat(port.transmit(new long[]{frame}, 0, 1, 0)).isEqualTo(1);
    }

    private static byte[] frame(final long destination, final int mark) {
        final byte[] frame = new byte[60];
        for (int i = 0; i < 6; i++) {
            frame[i] = (byte) (destination >>> 40 - 8 * i);
        }
        frame[6] = 2;
        frame[12] = (byte) (ETHERTYPE >> 8);
        frame[13] = (byte) ETHERTYPE;
        frame[HEADER] = (byte) mark;
        return frame;
    }

    private long fresh(final byte[] bytes) {
        final long frame = port.acquire();
        assertThat(frame).isNotZero();
        Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
        Frame.length(frame, bytes.length);
        return frame;
    }

    private static byte[] bytesOf(final long frame) {
        final byte[] bytes = new byte[Frame.length(frame)];
        Memory.copyToArray(Frame.data(frame), bytes, 0, bytes.length);
        return bytes;
    }
}
