package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.Bpf;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;

/** Which socket has what a queue of the interface receives: looked at by the program. Thread: one. */
final class XskMap implements AutoCloseable {
    private final LinuxCalls calls = new LinuxCalls();
    private final int fd;

    /** @param queues how many queues it can tell of. */
    XskMap(final int queues) throws IOException {
        try (MemoryRegion attributes = MemoryRegion.allocate("map of sockets", Bpf.ATTRIBUTES_LENGTH)) {
            final long at = attributes.address();
            Memory.putInt(at + Bpf.MAP_TYPE_OFFSET, Bpf.MAP_TYPE_XSKMAP);
            Memory.putInt(at + Bpf.KEY_SIZE_OFFSET, Integer.BYTES);
            Memory.putInt(at + Bpf.VALUE_SIZE_OFFSET, Integer.BYTES);
            Memory.putInt(at + Bpf.MAX_ENTRIES_OFFSET, queues);
            fd = calls.bpf(Bpf.MAP_CREATE, at, Bpf.ATTRIBUTES_LENGTH);
        }
        if (fd < 0) {
            throw new IOException(AfXdpFailure.onMap(-fd));
        }
    }

    int descriptor() {
        return fd;
    }

    /** Gives a queue to a socket, until that is closed. */
    void put(final int queue, final XdpSocket socket) throws IOException {
        try (MemoryRegion attributes = MemoryRegion.allocate("entry of a map", Bpf.ATTRIBUTES_LENGTH + Long.BYTES)) {
            final long at = attributes.address();
            final long key = at + Bpf.ATTRIBUTES_LENGTH;
            Memory.putInt(key, queue);
            Memory.putInt(key + Integer.BYTES, socket.descriptor());
            Memory.putInt(at + Bpf.MAP_FD_OFFSET, fd);
            Memory.putLong(at + Bpf.KEY_OFFSET, key);
            Memory.putLong(at + Bpf.VALUE_OFFSET, key + Integer.BYTES);
            final int result = calls.bpf(Bpf.MAP_UPDATE_ELEM, at, Bpf.ATTRIBUTES_LENGTH);
            if (result < 0) {
                throw new IOException("cannot give queue " + queue + " to a socket: " + Errno.describe(-result));
            }
        }
    }

    @Override
    public void close() {
        calls.close(fd);
    }
}
