package io.millrace.nativeports.afpacket;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.nativeports.DeviceUnderTest;
import io.millrace.nativeports.linux.LinkAddress;
import io.millrace.nativeports.tap.PacketSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every port does that joins an interface of the kernel, besides what every port does: over a veth, with a socket at its far end. */
public abstract class VethPortContract {
    protected static final int ETHERTYPE = DeviceUnderTest.ETHERTYPE;
    protected static final int MTU = 1_500;
    protected static final int HEADER = 14;
    protected static final long LATER_NS = 1_000_000_000L;
    protected static final long BROADCAST = 0xFFFF_FFFF_FFFFL;
    private static final int POLLS = 20_000;

    protected VethPair pair;
    protected PacketDevice device;
    protected PacketPort port;
    protected PacketSocket farEnd;
    protected long own;

    /** Opens the device on {@link VethPair#OURS}. */
    protected abstract PacketDevice openDevice() throws Exception;

    /** False where what is for a group may overtake, or be overtaken. */
    protected abstract boolean keepsOrder();

    @BeforeEach
    final void open() throws Exception {
        pair = new VethPair(MTU);
        use(openDevice());
        farEnd = pair.theirs.call(() -> new PacketSocket(VethPair.THEIRS, ETHERTYPE));
    }

    protected final void use(final PacketDevice opened) {
        device = opened;
        port = device.queue(0);
        own = port.capabilities().macAddress();
    }

    @AfterEach
    final void close() {
        farEnd.close();
        device.close();
        pair.close();
    }

    @Test
    final void shouldTakeOnlyWhatIsForItsAddressOrAGroup() throws Exception {
        final long kernels = kernelsAddress();
        assertThat(own).isNotEqualTo(kernels);
        farEnd.send(frame(kernels, 1));
        farEnd.send(frame(own ^ 1, 2));
        farEnd.send(frame(own ^ 1L << 42, 3));
        farEnd.send(frame(own, 4));
        farEnd.send(frame(BROADCAST, 5));
        farEnd.send(frame(0x3333_FF00_0001L, 6));
        final List<Integer> marks = receivedMarks(3);
        assertThat(marks).containsExactlyInAnyOrder(4, 5, 6);
        if (keepsOrder()) {
            assertThat(marks).isSorted();
        }
        assertThat(receivedMarks(1)).isEmpty();
        assertThat(port.dropped()).isZero();
    }

    @Test
    final void shouldLeaveTheKernelItsInterface() throws Exception {
        pair.ours.run("ip", "addr", "add", "10.78.0.1/24", "dev", VethPair.OURS);
        pair.theirs.run("ip", "addr", "add", "10.78.0.2/24", "dev", VethPair.THEIRS);
        assertThat(pair.ours.run("ping", "-c", "1", "10.78.0.2")).contains("1 received");
        assertThat(pair.theirs.run("ping", "-c", "1", "10.78.0.1")).contains("1 received");
    }

    @Test
    final void shouldCountWhatFindsNoRoom() {
        final int sent = 6_000;
        for (int i = 0; i < sent; i++) {
            farEnd.send(frame(own, i & 0x7F));
        }
        final int received = receivedMarks(sent).size();
        assertThat(received).isBetween(32, sent - 1);
        assertThat(port.dropped()).isEqualTo(sent - received);
        assertThat(port.dropped()).isEqualTo(sent - received);
    }

    protected final long kernelsAddress() throws Exception {
        return LinkAddress.parse(pair.ours.run("cat", "/sys/class/net/" + VethPair.OURS + "/address").strip());
    }

    /** The marks of up to so many frames, as many as come. */
    protected final List<Integer> receivedMarks(final int most) {
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

    protected static long next(final PacketPort port) {
        final long[] frames = new long[1];
        for (int poll = 0; poll < POLLS; poll++) {
            if (port.receive(frames, 0, 1, 0) == 1) {
                return frames[0];
            }
        }
        throw new AssertionError("nothing came");
    }

    protected final void transmit(final long frame) {
        assertThat(port.transmit(new long[]{frame}, 0, 1, 0)).isEqualTo(1);
    }

    /** The least frame, with a mark as its first byte behind the header. */
    protected static byte[] frame(final long destination, final int mark) {
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

    protected final long fresh(final byte[] bytes) {
        final long frame = port.acquire();
        assertThat(frame).isNotZero();
        Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
        Frame.length(frame, bytes.length);
        return frame;
    }

    protected static byte[] bytesOf(final long frame) {
        final byte[] bytes = new byte[Frame.length(frame)];
        Memory.copyToArray(Frame.data(frame), bytes, 0, bytes.length);
        return bytes;
    }
}
