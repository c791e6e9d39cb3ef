package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Both sides of a shared memory in one JVM. Thread: one. */
final class SharedPair implements AutoCloseable {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    final Path file = unusedFile();
    final int frames;
    final boolean offloads;
    ShmDevice near;
    ShmDevice far;

    SharedPair(final int mtu, final int frames, final boolean offloads) throws IOException {
        this.frames = frames;
        this.offloads = offloads;
        near = open(mtu);
        far = open(mtu);
        join();
    }

    /** A name in shared memory that nobody has. */
    static Path unusedFile() {
        final Path folder = Files.isWritable(MEMORY) ? MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
        return folder.resolve("millrace-test-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet());
    }

    ShmDevice open(final int mtu) throws IOException {
        return open(file.toString(), mtu, 1, frames, offloads);
    }

    static ShmDevice open(final String argument, final int mtu, final int queues, final int frames,
            final boolean offloads) throws IOException {
        return ShmDevice.open(new DeviceRequest(argument, mtu, queues, frames, offloads, false, null));
    }

    /** Some turns of both sides, in which they meet. */
    void join() {
        for (int i = 0; i < 3; i++) {
            turn(near.queue(0));
            turn(far.queue(0));
        }
    }

    /** A turn that takes nothing. */
    static void turn(final PacketPort port) {
        port.receive(new long[1], 0, 0, 0);
    }

    static boolean send(final PacketPort port, final byte[] bytes) {
        final long frame = port.acquire();
        if (frame == 0) {
            return false;
        }
        Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
        Frame.length(frame, bytes.length);
        return port.transmit(new long[]{frame}, 0, 1, 0) == 1;
    }

    /** The bytes of the next frame, which is given back; null where there is none. */
    static byte @Nullable [] receive(final PacketPort port) {
        final long[] frames = new long[1];
        if (port.receive(frames, 0, 1, 0) == 0) {
            return null;
        }
        final byte[] bytes = new byte[Frame.length(frames[0])];
        Memory.copyToArray(Frame.data(frames[0]), bytes, 0, bytes.length);
        port.release(frames[0]);
        turn(port);
        return bytes;
    }

    /** How many frames the port has to lend; all are given back. */
    static int framesThatAreThere(final PacketPort port) {
        final List<Long> all = new ArrayList<>();
        for (long frame = port.acquire(); frame != 0; frame = port.acquire()) {
            all.add(frame);
        }
        all.forEach(port::release);
        return new HashSet<>(all).size();
    }

    @Override
    public void close() {
        near.close();
        far.close();
    }
}
