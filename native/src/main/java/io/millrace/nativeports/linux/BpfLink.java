package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import org.jspecify.annotations.Nullable;

/**
 * Has a program run on an interface as long as a descriptor is open: when the process ends, however it does, the kernel
 * takes the program off. Thread: one.
 */
public final class BpfLink implements AutoCloseable {
    private final LinuxCalls calls = new LinuxCalls();
    private final int fd;

    private BpfLink(final int fd) {
        this.fd = fd;
    }

    /**
     * Attaches a program.
     *
     * @param interfaceIndex in the network namespace of this thread.
     * @param attachType     where, e.g. {@link Bpf#TCX_INGRESS}.
     * @param flags          as that place has them.
     * @return a result to be looked at: {@link Result#link} or {@link Result#errno}.
     */
    public static Result attach(final BpfProgram program, final int interfaceIndex, final int attachType,
            final int flags) {
        try (MemoryRegion attributes = MemoryRegion.allocate("link of a program", Bpf.ATTRIBUTES_LENGTH)) {
            final long at = attributes.address();
            Memory.putInt(at + Bpf.LINK_PROG_OFFSET, program.descriptor());
            Memory.putInt(at + Bpf.LINK_TARGET_OFFSET, interfaceIndex);
            Memory.putInt(at + Bpf.LINK_ATTACH_TYPE_OFFSET, attachType);
            Memory.putInt(at + Bpf.LINK_FLAGS_OFFSET, flags);
            final int result = new LinuxCalls().bpf(Bpf.LINK_CREATE, at, Bpf.ATTRIBUTES_LENGTH);
            return result < 0 ? new Result(null, -result) : new Result(new BpfLink(result), 0);
        }
    }

    /**
     * What became of it.
     *
     * @param link  null where it failed.
     * @param errno why, a positive error number; else 0.
     */
    public record Result(@Nullable BpfLink link, int errno) {}

    /** Takes the program off. */
    @Override
    public void close() {
        calls.close(fd);
    }
}
