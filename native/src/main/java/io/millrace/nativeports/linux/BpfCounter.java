package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;

/**
 * A number that a program in the kernel counts up and this process reads without a call: the only value of an array map,
 * mapped into memory. Thread: one opens and closes it; any may read in between.
 */
public final class BpfCounter implements AutoCloseable {
    private static final int PROT_READ = 1;
    private static final int MAP_SHARED = 1;
    private static final int PAGE = 4_096;

    private final LinuxCalls calls = new LinuxCalls();
    private final int fd;
    private long address;

    /** @throws IOException one clause: what was tried, what the system said. */
    public BpfCounter() throws IOException {
        fd = create();
        final long mapped = calls.map(fd, PAGE, PROT_READ, MAP_SHARED);
        if (mapped < 0) {
            calls.close(fd);
            throw new IOException("cannot map a counter of a BPF program: " + Errno.describe((int) -mapped));
        }
        address = mapped;
    }

    private int create() throws IOException {
        try (MemoryRegion attributes = MemoryRegion.allocate("map of a program", Bpf.ATTRIBUTES_LENGTH)) {
            final long at = attributes.address();
            Memory.putInt(at + Bpf.MAP_TYPE_OFFSET, Bpf.MAP_TYPE_ARRAY);
            Memory.putInt(at + Bpf.KEY_SIZE_OFFSET, Integer.BYTES);
            Memory.putInt(at + Bpf.VALUE_SIZE_OFFSET, Long.BYTES);
            Memory.putInt(at + Bpf.MAX_ENTRIES_OFFSET, 1);
            Memory.putInt(at + Bpf.MAP_FLAGS_OFFSET, Bpf.F_MMAPABLE);
            final int result = calls.bpf(Bpf.MAP_CREATE, at, Bpf.ATTRIBUTES_LENGTH);
            if (result < 0) {
                throw new IOException("cannot make a counter of a BPF program: " + Errno.describe(-result));
            }
            return result;
        }
    }

    /** The map's descriptor, for instructions. */
    int descriptor() {
        return fd;
    }

    /** What has been counted. */
    public long value() {
        return Memory.getLongOpaque(address);
    }

    @Override
    public void close() {
        if (address != 0) {
            calls.unmap(address, PAGE);
            calls.close(fd);
            address = 0;
        }
    }
}
