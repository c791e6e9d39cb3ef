package io.millrace.bench;

import io.millrace.bench.wire.Namespace;
import io.millrace.config.DeviceSpec;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import org.agrona.CloseHelper;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a frame costs at a port of the kernel, in bursts of 32: sent into the kernel, which drops it; received from it,
 * sent by a packet socket at the far end, whose share both ports have; and a poll that finds nothing. Needs root.
 */
@State(Scope.Thread)
public class PortBurstBenchmark extends OffHeapBenchmark {
    private static final int BURST = 32;
    private static final int MTU = 1_500;
    private static final int FRAMES = 1_024;
    private static final int ETHERNET_HEADER = 14;
    /** For experiments (IEEE Std 802): the kernel drops it. */
    private static final int ETHERTYPE = 0x88B5;
    private static final long NOBODY = 0x02_00_00_00_00_99L;
    private static final long BUFFER = 1 << 20;

    /** The kind of port. */
    @Param({"tap", "af-packet"})
    public String port;

    /** Of a frame with its Ethernet header. */
    @Param({"64", "1514"})
    public int bytes;

    private final long[] frames = new long[BURST];
    private Namespace kernel;
    private Namespace beside;
    private PacketDevice device;
    private PacketDevice farEnd;
    private PacketPort ours;
    private PacketPort theirs;
    private long now;

    /** Joins the port with the kernel's interface mr0. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        kernel = new Namespace(BUFFER);
        beside = new Namespace(BUFFER);
        if (port.equals("tap")) {
            device = open("tap:mr0@" + kernel.name());
        } else {
            beside.exec("ip", "link", "add", "mr0", "type", "veth", "peer", "name", "mr0", "netns", kernel.name());
            beside.exec("ip", "link", "set", "mr0", "up");
            device = open(port + ":mr0@" + beside.name());
        }
        kernel.exec("ip", "link", "set", "mr0", "up");
        farEnd = open("af-packet:mr0@" + kernel.name());
        ours = device.queue(0);
        theirs = farEnd.queue(0);
    }

    private static PacketDevice open(final String name) throws IOException {
        final DeviceSpec spec = DeviceSpec.parse(name);
        return DeviceOpener.discover().open(spec,
                new DeviceRequest(spec.argument(), MTU, 1, FRAMES, true, false, null));
    }

    /** Removes both sides. */
    @TearDown(Level.Trial)
    public void close() {
        CloseHelper.closeAll(farEnd, device, beside, kernel);
    }

    /** A poll that finds nothing. */
    @Benchmark
    public int pollNothing() {
        return ours.receive(frames, 0, BURST, ++now);
    }

    /** Into the kernel. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void transmit() {
        send(ours, NOBODY);
    }

    /** Out of the kernel, the far end's sending included. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public void receive() {
        send(theirs, ours.capabilities().macAddress());
        int count = 0;
        while (count < BURST) {
            count += ours.receive(frames, count, BURST - count, ++now);
        }
        for (final long frame : frames) {
            ours.release(frame);
        }
    }

    private void send(final PacketPort from, final long destination) {
        for (int i = 0; i < BURST; i++) {
            final long frame = from.acquire();
            final long data = Frame.data(frame);
            Memory.putLongBE(data, destination << Short.SIZE);
            Memory.putIntBE(data + Long.BYTES, 1);
            Memory.putShortBE(data + ETHERNET_HEADER - Short.BYTES, ETHERTYPE);
            Frame.length(frame, bytes);
            frames[i] = frame;
        }
        int sent = 0;
        while (sent < BURST) {
            sent += from.transmit(frames, sent, BURST - sent, ++now);
        }
    }
}
