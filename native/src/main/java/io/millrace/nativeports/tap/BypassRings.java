package io.millrace.nativeports.tap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.bypass.BypassCode;
import io.millrace.nativeports.bypass.RingProgram;
import io.millrace.nativeports.linux.BpfMemory;
import io.millrace.nativeports.linux.BpfProgram;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.TunDescriptor;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.CloseHelper;

/**
 * Rings of a device's first queues, and the program that fills them.
 * <p>
 * Thread: one opens it; closed by each engine that has a ring.
 */
final class BypassRings implements AutoCloseable {
    private static final int NO_PROGRAM = -1;

    private final LinuxCalls calls = new LinuxCalls();
    private final AtomicInteger users;
    private final BpfMemory memory;
    private final BpfProgram program;
    private volatile boolean over;

    /**
     * @param rings   how many, for the queues that were opened first; each is a user.
     * @param longest bytes of the longest frame that fits into the engine's.
     * @throws IOException where the kernel cannot do this, or lets this process not: one clause.
     */
    private BypassRings(final int rings, final int longest) throws IOException {
        users = new AtomicInteger(rings);
        memory = new BpfMemory(rings * BypassCode.LENGTH);
        boolean done = false;
        try {
            program = new BpfProgram(BypassCode.of(memory, rings, Math.min(longest, BypassCode.LONGEST)));
            done = true;
        } finally {
            if (!done) {
                CloseHelper.quietClose(memory);
            }
        }
    }

    /**
     * From now on, for the device that the descriptor is of.
     *
     * @throws IOException as the constructor.
     */
    static BypassRings installedOn(final int fd, final int rings, final int longest) throws IOException {
        final BypassRings made = new BypassRings(rings, longest);
        boolean done = false;
        try {
            final int result = made.set(fd, made.program.descriptor());
            if (result < 0) {
                throw new IOException("cannot give a BPF program to the device: " + Errno.describe(-result));
            }
            done = true;
            return made;
        } finally {
            if (!done) {
                made.free();
            }
        }
    }

    /** The device is not opened: nobody is to use them. */
    void giveUp(final int fd) {
        try {
            end(fd);
        } finally {
            free();
        }
    }

    /**
     * No longer, for none of the queues: with the first that closes the device numbers the others anew. A device that is
     * persistent would keep the program for whoever comes next. Thread: any.
     */
    void end(final int fd) {
        over = true;
        set(fd, NO_PROGRAM);
    }

    private int set(final int fd, final int program) {
        try (MemoryRegion argument = MemoryRegion.allocate("program's descriptor", Integer.BYTES)) {
            Memory.putInt(argument.address(), program);
            return calls.ioctl(fd, TunDescriptor.TUNSETFILTEREBPF, argument.address());
        }
    }

    /**
     * As the ring of a queue knows it.
     *
     * @param fd the queue's descriptor.
     */
    RingProgram of(final int fd) {
        return new OfQueue(this, fd);
    }

    private record OfQueue(BypassRings rings, int fd) implements RingProgram {
        @Override
        public boolean isOver() {
            return rings.over;
        }

        @Override
        public void close() {
            rings.end(fd);
            rings.close();
        }
    }

    /** Where the ring of a queue begins. */
    long address(final int queue) {
        return memory.address() + (long) queue * BypassCode.LENGTH;
    }

    @Override
    public void close() {
        if (users.decrementAndGet() == 0) {
            free();
        }
    }

    private void free() {
        program.close();
        memory.close();
    }
}
