package io.millrace.nativeports.tap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.SocketDescriptor;
import io.millrace.nativeports.linux.TunDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The kernel's end of a TAP, seen by a raw packet socket: sends any frame, receives those of one Ethernet type. */
public final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int ADDRESS_LENGTH = 20;
    private static final int LARGEST = 1 << 17;
    private static final int ATTEMPTS = 20_000;
    private static final int YIELD = 0x3F;

    private final LinuxCalls calls = new LinuxCalls();
    private final MemoryRegion buffer = MemoryRegion.allocate("packet socket", LARGEST);
    private final int fd;

    /** Opens in the calling thread's namespace. */
    public PacketSocket(final String interfaceName, final int etherType) throws IOException {
        fd = calls.socket(AF_PACKET, SocketDescriptor.SOCK_RAW | TunDescriptor.O_NONBLOCK | TunDescriptor.O_CLOEXEC, 0);
        check(fd, "socket");
        try (HostInterface host = new HostInterface(interfaceName)) {
            Memory.putShort(buffer.address(), AF_PACKET);
            Memory.putShortBE(buffer.address() + 2, etherType);
            Memory.putInt(buffer.address() + 4, host.index());
        }
        check(calls.bind(fd, buffer.address(), ADDRESS_LENGTH), "bind");
    }

    public void send(final byte[] frame) {
        Memory.copyFromArray(frame, 0, buffer.address(), frame.length);
        final long sent = calls.write(fd, buffer.address(), frame.length);
        if (sent != frame.length) {
            throw new IllegalStateException("send: " + Errno.describe((int) -sent));
        }
    }

    /** The next frame; null where there is none. */
    public byte @Nullable [] receive() {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            final long length = calls.read(fd, buffer.address(), LARGEST);
            if (length > 0) {
                final byte[] frame = new byte[(int) length];
                Memory.copyToArray(buffer.address(), frame, 0, frame.length);
                return frame;
            }
            if ((attempt & YIELD) == YIELD) {
                // the kernel may want this processor to bring what is on its way
                Thread.yield();
            }
        }
        return null;
    }

    @Override
    public void close() {
        calls.close(fd);
        buffer.close();
    }

    private static void check(final int result, final String what) throws IOException {
        if (result < 0) {
            throw new IOException(what + ": " + Errno.describe(-result));
        }
    }
}
