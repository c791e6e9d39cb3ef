package io.millrace.nativeports.tap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.nativeports.NetworkNamespace;
import java.util.concurrent.Future;

/**
 * A TAP in a namespace of its own, with the kernel at 10.77.0.1 and the test at 10.77.0.2: answers ARP and echo
 * requests by hand and keeps what else arrives.
 */
final class KernelPeer implements AutoCloseable {
    static final String NAME = "tap0";
    static final String KERNEL = "10.77.0.1";
    static final String OURS = "10.77.0.2";
    static final int KERNEL_ADDRESS = 0x0A4D0001;
    static final int OUR_ADDRESS = 0x0A4D0002;
    static final int MTU = 1_500;

    static final int ETHERTYPE = 12;
    static final int IP = 14;
    static final int PROTOCOL = IP + 9;
    static final int SOURCE = IP + 12;
    static final int TRANSPORT = IP + 20;

    private static final int IPV4 = 0x0800;
    private static final int ARP = 0x0806;
    private static final int ARP_LENGTH = 42;
    private static final long GIVE_UP_NS = 60_000_000_000L;

    final NetworkNamespace namespace;
    final PacketDevice device;
    final PacketPort port;
    private final long[] one = new long[1];
    private int arpRequests;
    private int echoRequests;

    KernelPeer(final boolean offloads) throws Exception {
        this(offloads, "");
    }

    /** @param options of the port, a comma before each. */
    KernelPeer(final boolean offloads, final String options) throws Exception {
        namespace = new NetworkNamespace();
        final DeviceRequest request = new DeviceRequest(NAME + options, MTU, 1, 64, offloads, true, KERNEL + "/24");
        device = namespace.call(() -> TapDevice.open(TunKind.TAP, request));
        port = device.queue(0);
    }

    int arpRequests() {
        return arpRequests;
    }

    int echoRequests() {
        return echoRequests;
    }

    /** Answers until the future is done. */
    void serve(final Future<?> until) {
        final long startNs = System.nanoTime();
        while (!until.isDone()) {
            final long frame = poll();
            if (frame != 0) {
                port.release(frame);
            }
            if (System.nanoTime() - startNs > GIVE_UP_NS) {
                throw new AssertionError("the kernel's side never ended");
            }
        }
    }

    /** The next IPv4 packet of the protocol; the caller owns the frame. */
    long next(final int protocol) {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < GIVE_UP_NS) {
            final long frame = poll();
            if (frame != 0 && Memory.getUnsignedByte(Frame.data(frame) + PROTOCOL) == protocol) {
                return frame;
            }
            if (frame != 0) {
                port.release(frame);
            }
        }
        throw new AssertionError("nothing came from the kernel");
    }

    int send(final long frame) {
        one[0] = frame;
        return port.transmit(one, 0, 1, 0);
    }

    /** Swaps Ethernet and IP addresses, so that the frame goes back to its sender. */
    static void turnAround(final long frame) {
        final long data = Frame.data(frame);
        swap(data, data + 6, 6);
        swap(data + SOURCE, data + SOURCE + 4, 4);
        Frame.flags(frame, 0);
    }

    /** The one's complement sum of some bytes (RFC 1071), folded to 16 bits, not inverted. */
    static int sum(final long address, final int length, final int initial) {
        long sum = initial;
        for (int i = 0; i < length; i++) {
            final int b = Memory.getUnsignedByte(address + i);
            sum += (i & 1) == 0 ? b << 8 : b;
        }
        while (sum >> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }
        return (int) sum;
    }

    /** The folded sum of the pseudo-header of a packet without IP options (RFC 9293, section 3.1). */
    static int pseudoSum(final long frame, final int transportLength) {
        final long data = Frame.data(frame);
        return sum(data + SOURCE, 8, Memory.getUnsignedByte(data + PROTOCOL) + transportLength);
    }

    @Override
    public void close() {
        device.close();
        namespace.close();
    }

    /** The next IPv4 packet that needs no answer here; 0 where there is none. */
    private long poll() {
        if (port.receive(one, 0, 1, 0) == 0) {
            return 0;
        }
        final long frame = one[0];
        final int type = Memory.getShortBE(Frame.data(frame) + ETHERTYPE);
        if (type == ARP) {
            answerArp(frame);
        } else if (type == IPV4 && isEchoRequest(frame)) {
            answerEcho(frame);
        } else if (type == IPV4) {
            return frame;
        } else {
            port.release(frame);
        }
        return 0;
    }

    private void answerArp(final long frame) {
        final long data = Frame.data(frame);
        if (Memory.getShortBE(data + 20) != 1 || Memory.getIntBE(data + 38) != OUR_ADDRESS) {
            port.release(frame);
            return;
        }
        arpRequests++;
        Memory.copy(data + 6, data, 6);
        putMac(data + 6);
        Memory.putShortBE(data + 20, 2);
        Memory.copy(data + 22, data + 32, 10);
        putMac(data + 22);
        Memory.putIntBE(data + 28, OUR_ADDRESS);
        Frame.length(frame, ARP_LENGTH);
        send(frame);
    }

    private void answerEcho(final long frame) {
        echoRequests++;
        turnAround(frame);
        final long icmp = Frame.data(frame) + TRANSPORT;
        Memory.putByte(icmp, 0);
        Memory.putShort(icmp + 2, 0);
        final int length = Frame.length(frame) - TRANSPORT;
        Memory.putShortBE(icmp + 2, ~sum(icmp, length, 0));
        send(frame);
    }

    private void putMac(final long address) {
        final long mac = port.capabilities().macAddress();
        Memory.putShortBE(address, (int) (mac >>> 32));
        Memory.putIntBE(address + 2, (int) mac);
    }

    private static boolean isEchoRequest(final long frame) {
        final long data = Frame.data(frame);
        return Memory.getUnsignedByte(data + PROTOCOL) == 1 && Memory.getUnsignedByte(data + TRANSPORT) == 8;
    }

    private static void swap(final long left, final long right, final int length) {
        for (int i = 0; i < length; i++) {
            final byte b = Memory.getByte(left + i);
            Memory.putByte(left + i, Memory.getByte(right + i));
            Memory.putByte(right + i, b);
        }
    }
}
