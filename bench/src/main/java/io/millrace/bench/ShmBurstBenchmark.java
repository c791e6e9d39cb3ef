package io.millrace.bench;

import io.millrace.config.DeviceSpec;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.CloseHelper;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What a frame costs at both sides of a shared memory together, from {@code acquire} at the one to {@code release} at the
 * other, in bursts of 32, on one thread: no line of a cache changes its core. {@link SharedMemorySpeed} has two processes.
 */
@State(Scope.Thread)
public class ShmBurstBenchmark extends OffHeapBenchmark {
    private static final int BURST = 32;
    private static final int LENGTH = 64;
    private static final int TURNS_TO_MEET = 3;

    private final long[] frames = new long[BURST];
    private PacketDevice near;
    private PacketDevice far;
    private PacketPort from;
    private PacketPort to;
    private long now;

    /** Opens both sides, and lets them meet. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        final Path file = Files.createTempFile("millrace", "shm");
        final DeviceSpec spec = DeviceSpec.parse("shm:" + file);
        final DeviceRequest request = new DeviceRequest(spec.argument(), 1_500, 1, 1_024, true, false, null);
        near = DeviceOpener.discover().open(spec, request);
        far = DeviceOpener.discover().open(spec, request);
        from = near.queue(0);
        to = far.queue(0);
        for (int i = 0; i < TURNS_TO_MEET; i++) {
            from.receive(frames, 0, 0, ++now);
            to.receive(frames, 0, 0, now);
        }
    }

    /** The last one removes the file. */
    @TearDown(Level.Trial)
    public void close() {
        CloseHelper.closeAll(near, far);
    }

    /** A poll that finds nothing. */
    @Benchmark
    public int pollNothing() {
        return to.receive(frames, 0, BURST, ++now);
    }

    /** A burst from one side to the other. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int sendAndReceive() {
        from.receive(frames, 0, BURST, ++now);
        for (int i = 0; i < BURST; i++) {
            final long frame = from.acquire();
            Frame.length(frame, LENGTH);
            frames[i] = frame;
        }
        from.transmit(frames, 0, BURST, now);
        final int received = to.receive(frames, 0, BURST, now);
        for (int i = 0; i < received; i++) {
            to.release(frames[i]);
        }
        return received;
    }
}
