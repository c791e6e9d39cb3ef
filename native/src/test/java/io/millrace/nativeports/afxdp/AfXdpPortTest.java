package io.millrace.nativeports.afxdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.nativeports.afpacket.VethPair;
import io.millrace.nativeports.afpacket.VethPortContract;
import io.millrace.nativeports.tap.PacketSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an AF_XDP port does besides what every port does: over a veth, with a socket at its far end. */
@RequiresAfXdp
class AfXdpPortTest extends VethPortContract {
    @Override
    protected PacketDevice openDevice() throws Exception {
        return openDevice("");
    }

    private PacketDevice openDevice(final String options) throws Exception {
        return pair.ours.call(() -> AfXdpDevice.open(VethPair.request(VethPair.OURS + options, MTU, 1, true, null)));
    }

    /** What is for a group comes by another way. */
    @Override
    protected boolean keepsOrder() {
        return false;
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
    }

    @Test
    void shouldKeepGroupsForItselfWhereItIsToldTo() throws Exception {
        device.close();
        use(openDevice(",groups=all"));
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
        pair.ours.run("ethtool", "-L", VethPair.OURS, "rx", "2");
        use(openDevice(",queue=1,groups=" + groups));
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
        pair.ours.run("ethtool", "-K", VethPair.OURS, "tx", "off");
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
        pair.ours.run("ip", "link", "set", VethPair.OURS, "down");
        for (int i = 1; i <= 100; i++) {
            transmit(fresh(frame(BROADCAST, i)));
        }
        assertThat(port.dropped()).isEqualTo(99);
        pair.ours.run("ip", "link", "set", VethPair.OURS, "up");
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
        pair.ours.run("ip", "link", "del", VethPair.OURS);
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
        use(openDevice(",mode=generic"));
        assertThat(device.name()).isEqualTo("af-xdp:ours0,mode=generic (generic mode, copy)");
    }
}
