package io.millrace.bench;

import io.millrace.config.DeviceSpec;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
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
 * What a frame costs between the engine and a poll-mode driver of DPDK that touches no wire: bursts of 32 sent and
 * received, from {@code acquire} to {@code release}. net_ring loops back; net_null makes and swallows frames. Needs
 * neither root nor hugepages.
 */
@State(Scope.Thread)
public class DpdkBurstBenchmark extends OffHeapBenchmark {
    private static final int BURST = 32;
    private static final int LENGTH = 64;

    /** The driver. */
    @Param({"net_ring0", "net_null0"})
    public String device;

    private final long[] frames = new long[BURST];
    private PacketDevice opened;
    private PacketPort port;
    private long now;

    @Setup(Level.Trial)
    public void open() throws IOException {
        final DeviceSpec spec = DeviceSpec.parse("dpdk:--no-huge --no-pci --vdev=" + device);
        opened = DeviceOpener.discover().open(spec,
                new DeviceRequest(spec.argument(), 1_500, 1, 1_024, true, false, null));
        port = opened.queue(0);
    }

    @TearDown(Level.Trial)
    public void close() {
        opened.close();
    }

    /** A burst out and a burst in. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int sendAndReceive() {
        for (int i = 0; i < BURST; i++) {
            final long frame = port.acquire();
            Frame.length(frame, LENGTH);
            frames[i] = frame;
        }
        final int sent = port.transmit(frames, 0, BURST, ++now);
        final int received = port.receive(frames, 0, BURST, now);
        for (int i = 0; i < received; i++) {
            port.release(frames[i]);
        }
        return sent;
    }
}
