package io.millrace.nativeports.threads;

import io.millrace.fastpath.idle.Waiter;
import io.millrace.fastpath.memory.Memory;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.ThreadCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Sleeps in poll(2), which an eventfd ends. The kernel knows of it only while it sleeps: who sends frames pays nothing for
 * a loop that polls.
 * <p>
 * Thread: the one that made it, but for {@link #wakeup}.
 */
final class PollWaiter implements Waiter {
    /** By how much the kernel may be late, instead of 50 µs. */
    private static final long TIMER_SLACK_NS = 1_000;
    private static final long SECOND_NS = 1_000_000_000;
    /** A descriptor that has nothing but an error, again, is looked at after such a pause; each is twice the one before. */
    private static final long ERROR_PAUSE_NS = 1_000_000;
    private static final int MAX_ERROR_DOUBLINGS = 6;

    private final ThreadCalls calls = new ThreadCalls();
    private final LinuxCalls reads = new LinuxCalls();
    /** Of those who wake it. */
    private final LinuxCalls wakers = new LinuxCalls();
    private final int event;
    private final int count;
    /** Freed with this object: a stack need not wait for the loop that sleeps by it. */
    private final MemorySegment memory;
    private final long entries;
    private final long timespec;
    private final long value;
    private final int slackNs;
    private final boolean fences;
    /** How often in a row there was nothing but errors, as of a device that is gone. */
    private int errors;
    private boolean closed;

    /** @param fences true where {@link ThreadCalls#fenceOthers} may be called. */
    PollWaiter(final boolean fences, final int... descriptors) throws IOException {
        this.fences = fences;
        event = calls.eventDescriptor();
        if (event < 0) {
            throw new IOException("cannot make an eventfd: " + Errno.describe(-event));
        }
        count = 1 + descriptors.length;
        memory = Arena.ofAuto().allocate(
                (long) count * ThreadCalls.POLL_LENGTH + ThreadCalls.TIMESPEC_LENGTH + 2L * Long.BYTES, Long.BYTES);
        entries = memory.address();
        timespec = entries + (long) count * ThreadCalls.POLL_LENGTH;
        value = timespec + ThreadCalls.TIMESPEC_LENGTH;
        watch(0, event);
        for (int i = 0; i < descriptors.length; i++) {
            watch(1 + i, descriptors[i]);
        }
        Memory.putLong(value, 1);
        slackNs = calls.timerSlackNs();
        calls.timerSlackNs(TIMER_SLACK_NS);
    }

    private void watch(final int index, final int descriptor) {
        Memory.putInt(entry(index), descriptor);
        Memory.putShort(entry(index) + ThreadCalls.POLL_EVENTS_OFFSET, ThreadCalls.POLLIN);
        Memory.putShort(entry(index) + ThreadCalls.POLL_RESULT_OFFSET, 0);
    }

    @Override
    public int await(final long timeoutNs, final boolean descriptors) {
        final int result = poll(timeoutNs, descriptors);
        if (result != READABLE || !hasOnlyErrors()) {
            errors = 0;
            return result;
        }
        // the port must learn of it at once, but a device that is gone has its error for ever
        final int before = errors++;
        if (before == 0) {
            return READABLE;
        }
        final long pauseNs = ERROR_PAUSE_NS << Math.min(before - 1, MAX_ERROR_DOUBLINGS);
        return poll(Math.min(timeoutNs, pauseNs), false);
    }

    private boolean hasOnlyErrors() {
        for (int i = 1; i < count; i++) {
            if ((Memory.getShort(entry(i) + ThreadCalls.POLL_RESULT_OFFSET) & ThreadCalls.POLLIN) != 0) {
                return false;
            }
        }
        return true;
    }

    private int poll(final long timeoutNs, final boolean descriptors) {
        Memory.putLong(timespec, timeoutNs / SECOND_NS);
        Memory.putLong(timespec + ThreadCalls.TIMESPEC_NS_OFFSET, timeoutNs % SECOND_NS);
        final int ready = calls.poll(entries, descriptors ? count : 1, timespec);
        if (ready <= 0) {
            return ready == -Errno.EINTR ? WOKEN : TIMED_OUT;
        }
        if (Memory.getUnsignedShort(entry(0) + ThreadCalls.POLL_RESULT_OFFSET) == 0) {
            return READABLE;
        }
        // sets it to 0, however often it was written to
        reads.read(event, value + Long.BYTES, Long.BYTES);
        return WOKEN;
    }

    @Override
    public synchronized void wakeup() {
        if (!closed) {
            wakers.write(event, value, Long.BYTES);
        }
    }

    @Override
    public boolean fence() {
        if (fences && calls.fenceOthers() == 0) {
            return true;
        }
        VarHandle.fullFence();
        return false;
    }

    @Override
    public boolean watchesDescriptors() {
        return true;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            calls.timerSlackNs(Math.max(0, slackNs));
            wakers.close(event);
        }
    }

    private long entry(final int index) {
        return entries + (long) index * ThreadCalls.POLL_LENGTH;
    }
}
