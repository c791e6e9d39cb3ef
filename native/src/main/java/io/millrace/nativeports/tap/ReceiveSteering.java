package io.millrace.nativeports.tap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.threads.EngineCpus;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * Has the kernel receive what comes by one queue of a device on CPUs that no engine runs on, not on that of who sends it
 * (receive packet steering, {@code Documentation/networking/scaling.rst} of Linux). Thread: the engine's.
 */
final class ReceiveSteering implements AutoCloseable {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ReceiveSteering.class);
    private static final BitSet NONE = new BitSet();
    private static final int WORD_BITS = 32;
    /** Text of more CPUs than a kernel can be built for. */
    private static final int LONGEST = 4_096;
    private static final int NOT_SET = -1;

    private final LinuxCalls calls = new LinuxCalls();
    private final MemoryRegion text = MemoryRegion.allocate("CPUs that receive", LONGEST);
    private final EngineCpus engines;
    private final int fd;
    private final String device;
    private int moves = NOT_SET;
    private boolean steers;
    /** What is set is not what was there. */
    private boolean isSet;
    private boolean isRefused;
    private boolean hasFailed;

    /**
     * @param fd     of the queue's {@code rps_cpus}, closed by {@link #close}.
     * @param device its name, for the log.
     */
    ReceiveSteering(final EngineCpus engines, final int fd, final String device) {
        this.engines = engines;
        this.fd = fd;
        this.device = device;
    }

    /**
     * Whether this process may steer, by setting what is set already.
     *
     * @throws IOException where it may not: one clause.
     */
    void check() throws IOException {
        final int result = set(NONE);
        if (result < 0) {
            throw new IOException("cannot have other CPUs receive: " + Errno.describe(-result));
        }
    }

    /**
     * Away from where the engines are now. Where one has moved to another CPU this makes a mask on the heap and a system call, at
     * most once in a thousandth of a second; else it is one look. @return false where there is no other CPU.
     */
    boolean follow() {
        final int now = engines.moves();
        if (now != moves) {
            moves = now;
            final BitSet others = engines.others();
            isRefused = false;
            steers = !others.isEmpty() && steerTo(others);
        }
        return steers;
    }

    /** True where there are other CPUs, and Linux did not take them. */
    boolean isRefused() {
        return isRefused;
    }

    /** Linux refuses CPUs all of which are isolated ({@code isolcpus}); an interface that is gone says so elsewhere. */
    private boolean steerTo(final BitSet cpus) {
        final int result = set(cpus);
        isSet |= result > 0;
        isRefused = result < 0;
        if (result < 0 && result != -Errno.ENODEV && !hasFailed) {
            hasFailed = true;
            LOGGER.info("{}: the host receives bulk transfers on the CPU of the engine where the others are {}: {}",
                    device, cpus, Errno.describe(-result));
        }
        return result > 0;
    }

    /** As the kernel writes it, too: words of 32 CPUs, the highest first. */
    static String mask(final BitSet cpus) {
        final StringBuilder mask = new StringBuilder();
        for (int word = Math.max(0, cpus.length() - 1) / WORD_BITS; word >= 0; word--) {
            final long[] bits = cpus.get(word * WORD_BITS, (word + 1) * WORD_BITS).toLongArray();
            mask.append(String.format("%08x", bits.length == 0 ? 0 : bits[0])).append(word == 0 ? "" : ",");
        }
        return mask.toString();
    }

    private int set(final BitSet cpus) {
        final byte[] mask = mask(cpus).getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < mask.length; i++) {
            Memory.putByte(text.address() + i, mask[i]);
        }
        return (int) calls.write(fd, text.address(), mask.length);
    }

    /** The queue's number may be another one's from now on. */
    @Override
    public void close() {
        if (isSet) {
            set(NONE);
        }
        calls.close(fd);
        text.close();
    }
}
