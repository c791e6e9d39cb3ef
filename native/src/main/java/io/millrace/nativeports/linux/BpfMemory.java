package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;

/**
 * Memory that a program in the kernel shares with this process, all zero at first: the only value of an array map, mapped.
 * Neither needs a call to see what the other writes. Thread: one opens and closes it.
 */
public final class BpfMemory implements AutoCloseable {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;

    private final LinuxCalls calls = new LinuxCalls();
    private final int fd;
    private final int length;
    private long address;

    /**
     * @param length in bytes, a multiple of the page.
     * @throws IOException one clause: what was tried, what the system said.
     */
    public BpfMemory(final int length) throws IOException {
        this.length = length;
        fd = create();
        final long mapped = calls.map(fd, length, PROT_READ_WRITE, MAP_SHARED);
        if (mapped < 0) {
            calls.close(fd);
            throw new IOException("cannot map the memory of a BPF program: " + Errno.describe((int) -mapped));
        }
        address = mapped;
    }

    private int create() throws IOException {
        try (MemoryRegion attributes = MemoryRegion.allocate("map of a program", Bpf.ATTRIBUTES_LENGTH)) {
            final long at = attributes.address();
            Memory.putInt(at + Bpf.MAP_TYPE_OFFSET, Bpf.MAP_TYPE_ARRAY);
            Memory.putInt(at + Bpf.KEY_SIZE_OFFSET, Integer.BYTES);
            Memory.putInt(at + Bpf.VALUE_SIZE_OFFSET, length);
            Memory.putInt(at + Bpf.MAX_ENTRIES_OFFSET, 1);
            Memory.putInt(at + Bpf.MAP_FLAGS_OFFSET, Bpf.F_MMAPABLE);
            final int result = calls.bpf(Bpf.MAP_CREATE, at, Bpf.ATTRIBUTES_LENGTH);
            if (result < 0) {
                throw new IOException("cannot make the " + Integer.toUnsignedString(length)
                        + " bytes of memory of a BPF program: " + Errno.describe(-result));
            }
            return result;
        }
    }

    /** The map's descriptor, for instructions. */
    int descriptor() {
        return fd;
    }

    /** Where it begins in this process. */
    public long address() {
        return address;
    }

    @Override
    public void close() {
        if (address != 0) {
            calls.unmap(address, length);
            calls.close(fd);
            address = 0;
        }
    }
}
