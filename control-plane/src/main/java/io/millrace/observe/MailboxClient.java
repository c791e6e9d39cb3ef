package io.millrace.observe;

import io.millrace.fastpath.counters.Mailbox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Asks an agent for its records, one answer after the other, and waits for each. Several may ask at once, of several
 * processes: they take turns, an answer at a time. Thread: any; not one that drives what is asked.
 */
final class MailboxClient {
    /** The id of the process in the upper bits of what stands in the lock. */
    private static final int PID_SHIFT = 24;
    private static final long PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(20);
    private static final AtomicLong LAST_TOKEN = new AtomicLong();

    private final ObservationMemory memory;
    private final long offset;
    private final int recordLength;
    private final int capacity;
    private final String agent;
    private final long timeoutNs;

    /**
     * @param offset    of the mailbox.
     * @param agent     for messages, e.g. {@code engine 0}.
     * @param timeoutNs how long to wait for each answer.
     */
    MailboxClient(final ObservationMemory memory, final long offset, final int recordLength, final int capacity,
            final String agent, final long timeoutNs) {
        this.memory = memory;
        this.offset = offset;
        this.recordLength = recordLength;
        this.capacity = capacity;
        this.agent = agent;
        this.timeoutNs = timeoutNs;
    }

    /**
     * Hands over every record there is, each in the first {@code recordLength} bytes of its buffer.
     *
     * @throws IOException one sentence: nobody answers, or the stack is closed.
     */
    void ask(final long kind, final Consumer<ByteBuffer> each) throws IOException {
        long cursor = 0;
        while (cursor != Mailbox.END) {
            final ByteBuffer answer = ask(kind, cursor);
            final int count = answer.getInt(Mailbox.COUNT);
            if (count < 0 || count > capacity) {
                throw new IOException(agent + " answered " + count + " records: the file is damaged");
            }
            cursor = answer.getLong(Mailbox.NEXT);
            for (int i = 0; i < count; i++) {
                each.accept(answer.slice(Mailbox.RECORDS + i * recordLength, recordLength).order(answer.order()));
            }
        }
    }

    private ByteBuffer ask(final long kind, final long cursor) throws IOException {
        final long token = ProcessHandle.current().pid() << PID_SHIFT
                | LAST_TOKEN.incrementAndGet() & (1L << PID_SHIFT) - 1;
        final long deadlineNs = System.nanoTime() + timeoutNs;
        lock(token, deadlineNs);
        try {
            final long request = memory.getLong(offset + Mailbox.REQUEST) + 1;
            memory.putLong(offset + Mailbox.KIND, kind);
            memory.putLong(offset + Mailbox.CURSOR, cursor);
            memory.putLongRelease(offset + Mailbox.REQUEST, request);
            while (memory.getLongAcquire(offset + Mailbox.RESPONSE) != request) {
                pause(deadlineNs);
            }
            return memory.copy(offset, Mailbox.lengthFor(capacity, recordLength));
        } finally {
            memory.compareAndSetLong(offset + Mailbox.LOCK, token, 0);
        }
    }

    private void lock(final long token, final long deadlineNs) throws IOException {
        while (!memory.compareAndSetLong(offset + Mailbox.LOCK, 0, token)) {
            final long holder = memory.getLong(offset + Mailbox.LOCK);
            final long pid = holder >>> PID_SHIFT;
            if (holder != 0 && ProcessIdentity.startOf(pid) == ProcessIdentity.NONE) {
                // it ended without having let go
                memory.compareAndSetLong(offset + Mailbox.LOCK, holder, 0);
            } else if (System.nanoTime() - deadlineNs > 0) {
                throw new IOException("process " + pid + " is asking " + agent + " and does not come to an end");
            } else {
                LockSupport.parkNanos(PAUSE_NS);
            }
        }
    }

    private void pause(final long deadlineNs) throws IOException {
        if (memory.getLong(FileLayout.STATE) == FileLayout.STATE_CLOSED) {
            throw new IOException("the stack was closed meanwhile");
        }
        if (System.nanoTime() - deadlineNs > 0) {
            final long pid = memory.getLong(FileLayout.PID);
            throw new IOException(ProcessIdentity.hasEnded(pid, memory.getLong(FileLayout.PROCESS_START),
                    memory.getLong(FileLayout.PID_NAMESPACE))
                            ? "process " + pid + " has ended"
                            : agent + " of process " + pid
                                    + " does not answer: its thread hangs, or nobody drives it");
        }
        LockSupport.parkNanos(PAUSE_NS);
    }
}
