package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;

/** A program that the kernel has taken. Thread: one. */
public final class BpfProgram implements AutoCloseable {
    private final LinuxCalls calls = new LinuxCalls();
    private final int fd;

    /**
     * Has the kernel check and take a socket filter.
     *
     * @throws IOException one clause: what was tried, what the system said.
     */
    public BpfProgram(final BpfCode code) throws IOException {
        this(code, Bpf.PROG_TYPE_SOCKET_FILTER);
    }

    /**
     * Has the kernel check and take a program of a type, e.g. {@link Bpf#PROG_TYPE_SCHED_CLS}.
     *
     * @throws IOException one clause: what was tried, what the system said.
     */
    public BpfProgram(final BpfCode code, final int type) throws IOException {
        try (MemoryRegion instructions = code.toMemory();
                MemoryRegion attributes = MemoryRegion.allocate("program's attributes", Bpf.ATTRIBUTES_LENGTH + 1)) {
            final long at = attributes.address();
            Memory.putInt(at + Bpf.PROG_TYPE_OFFSET, type);
            Memory.putInt(at + Bpf.INSN_CNT_OFFSET, code.length());
            Memory.putLong(at + Bpf.INSNS_OFFSET, instructions.address());
            // none: an empty string, which is what lies behind the attributes
            Memory.putLong(at + Bpf.LICENSE_OFFSET, at + Bpf.ATTRIBUTES_LENGTH);
            fd = calls.bpf(Bpf.PROG_LOAD, at, Bpf.ATTRIBUTES_LENGTH);
        }
        if (fd < 0) {
            throw new IOException("cannot load a BPF program: " + Errno.describe(-fd));
        }
    }

    /** The descriptor; what has been given the program by it keeps it when this is closed. */
    public int descriptor() {
        return fd;
    }

    @Override
    public void close() {
        calls.close(fd);
    }
}
