package io.millrace.bench;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a frame costs at each kind of port, in bursts of 32, from {@code acquire} to {@code release}: sent, to where the kernel
 * drops it or to the other side of a memory, which takes it; received, the far end's sending included, which is that of a
 * packet socket where the far end is the kernel's; and a poll that finds nothing. Ports of the kernel need root; of DPDK's
 * ports, by the names of their drivers, net_null makes and swallows frames and net_ring leads back into itself.
 */
@State(Scope.Thread)
public class PortBurstBenchmark extends OffHeapBenchmark {
    private static final int BURST = 32;
    private static final int ETHERNET_HEADER = 14;
    /** For experiments (IEEE Std 802): the kernel drops it. */
    private static final int ETHERTYPE = 0x88B5;
    private static final long NOBODY = 0x02_00_00_00_00_99L;
    /** An IPv4 header without options, of UDP, 64 hops, the rest 0. */
    private static final int VERSION_AND_LENGTH = 0x4500;
    private static final int HOPS_AND_UDP = 64 << 8 | 17;
    private static final int IPV4_HEADER = 20;
    /** Where there are no addresses of the link: in the near end's network, behind it, and what no router passes on. */
    private static final int NEAR = 0x0A_09_00_02;
    private static final int FAR = 0x0A_09_01_02;
    private static final int LOOPBACK = 0x7F_00_00_01;

    /** The kind of port. */
    @Param({"memory", "shm", "tap", "tun", "af-packet", "af-xdp", "net_ring0", "net_null0", "net_tap0",
            "net_af_packet0", "net_af_xdp0"})
    public String port;

    /** Of a frame with its Ethernet header; without one it has as many less. */
    @Param({"64", "1514"})
    public int bytes;

    private final long[] frames = new long[BURST];
    private BurstLink link;
    private PacketPort near;
    private PacketPort far;
    private long now;

    /** Joins both ends. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        link = BurstLink.open(port);
        near = link.near();
        far = link.far();
    }

    /** Removes both. */
    @TearDown(Level.Trial)
    public void close() {
        link.close();
    }

    /** A poll that finds nothing; net_null always has something. */
    @Benchmark
    public int pollNothing() {
        final int count = near.receive(frames, 0, BURST, ++now);
        for (int i = 0; i < count; i++) {
            near.release(frames[i]);
        }
        return count;
    }

    /** Into the kernel; or to the other side, its receiving included. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void transmit() {
        send(near, NOBODY, FAR, LOOPBACK);
        if (link.isInProcess()) {
            take(far);
        }
    }

    /** Out of the kernel, or from the other side. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void receive() {
        send(far, near.capabilities().macAddress(), FAR, NEAR);
        take(near);
    }

    private void take(final PacketPort at) {
        int count = 0;
        while (count < BURST) {
            count += at.receive(frames, count, BURST - count, ++now);
        }
        for (final long frame : frames) {
            at.release(frame);
        }
    }

    private void send(final PacketPort from, final long destination, final int source, final int destinationIp) {
        for (int i = 0; i < BURST; i++) {
            final long frame = acquire(from);
            final long data = Frame.data(frame);
            if (from.capabilities().linkLayer()) {
                Memory.putLongBE(data, destination << Short.SIZE);
                Memory.putIntBE(data + Long.BYTES, 1);
                Memory.putShortBE(data + ETHERNET_HEADER - Short.BYTES, ETHERTYPE);
                Frame.length(frame, bytes);
            } else {
                datagram(data, bytes - ETHERNET_HEADER, source, destinationIp);
                Frame.length(frame, bytes - ETHERNET_HEADER);
            }
            frames[i] = frame;
        }
        int sent = 0;
        while (sent < BURST) {
            sent += from.transmit(frames, sent, BURST - sent, ++now);
        }
    }

    /** Frames come home with a poll where a driver or the other side has them. */
    private long acquire(final PacketPort from) {
        long frame = from.acquire();
        while (frame == 0) {
            from.receive(frames, 0, 0, ++now);
            frame = from.acquire();
        }
        return frame;
    }

    private static void datagram(final long data, final int length, final int source, final int destination) {
        Memory.putIntBE(data, VERSION_AND_LENGTH << Short.SIZE | length);
        Memory.putIntBE(data + 4, 0);
        Memory.putIntBE(data + 8, HOPS_AND_UDP << Short.SIZE);
        Memory.putIntBE(data + 12, source);
        Memory.putIntBE(data + 16, destination);
        int sum = 0;
        for (int i = 0; i < IPV4_HEADER; i += Short.BYTES) {
            sum += Memory.getShortBE(data + i);
        }
        sum = (sum & 0xFFFF) + (sum >>> Short.SIZE);
        Memory.putShortBE(data + 10, ~(sum + (sum >>> Short.SIZE)));
    }
}
