package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;
import java.util.function.IntFunction;

/**
 * A socket of the kernel with memory for its options, in the network namespace of the thread that opens it. Thread: one at a
 * time; the control plane sets it up, then it is the engine's.
 */
public final class HostSocket implements AutoCloseable {
    private static final int SCRATCH = 256;
    private static final int LENGTH_OFFSET = SCRATCH - Long.BYTES;

    private final LinuxCalls calls = new LinuxCalls();
    private final String device;
    private final int fd;
    private final MemoryRegion scratch;
    private boolean closed;

    /**
     * Opens one.
     *
     * @param device  what it is on, for messages.
     * @param type    with flags.
     * @param failure what to tell a user of an error number.
     */
    public HostSocket(final String device, final int domain, final int type, final IntFunction<String> failure)
            throws IOException {
        this.device = device;
        scratch = MemoryRegion.allocate("options of a socket", SCRATCH);
        fd = calls.socket(domain, type | TunDescriptor.O_CLOEXEC, 0);
        if (fd < 0) {
            scratch.close();
            throw new IOException(failure.apply(-fd));
        }
    }

    /** Its file descriptor. */
    public int descriptor() {
        return fd;
    }

    /** For other calls on the descriptor. */
    public LinuxCalls calls() {
        return calls;
    }

    /** Where values of options lie: address of so many bytes that an option has at the most. */
    public long scratch() {
        return scratch.address();
    }

    /** Sets an option; 0, or a negated error number. */
    public int set(final int level, final int option, final int value) {
        Memory.putInt(scratch(), value);
        return set(level, option, scratch(), Integer.BYTES);
    }

    /** Sets an option to what lies somewhere. */
    public int set(final int level, final int option, final long address, final int length) {
        return calls.setOption(fd, level, option, address, length);
    }

    /** Reads so many bytes of an option into {@link #scratch}; 0, or a negated error number. */
    public int read(final int level, final int option, final int length) {
        Memory.putInt(scratch() + LENGTH_OFFSET, length);
        return calls.option(fd, level, option, scratch(), scratch() + LENGTH_OFFSET);
    }

    /** Binds to the address of so many bytes in {@link #scratch}; 0, or a negated error number. */
    public int bind(final int length) {
        return calls.bind(fd, scratch(), length);
    }

    /** What has happened to the socket since this was asked last: a positive error number, 0: nothing. */
    public int error() {
        final int result = read(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_ERROR, Integer.BYTES);
        return result < 0 ? -result : Memory.getInt(scratch());
    }

    /** @throws IOException where the result is an error: what could not be done, and why. */
    public void check(final int result, final String what) throws IOException {
        if (result < 0) {
            throw new IOException("cannot " + what + ' ' + device + ": " + Errno.describe(-result));
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.close(fd);
            scratch.close();
        }
    }
}
