package io.millrace.fastpath.testing.socket;

/**
 * A socket call: done, with a result or an errno, or waiting as a blocked thread would. One that waits is done by a
 * later {@link SocketDriver#inject}, {@link SocketDriver#advanceTo} or call, never by itself. Thread: the driver's.
 */
public final class Call {
    private static final byte[] NOTHING = {};

    private final String name;
    private final long startedNs;
    private long deadlineNs = Long.MAX_VALUE;
    private long doneNs = -1;
    private long result = -1;
    private Errno errno = Errno.OK;
    private byte[] data = NOTHING;

    Call(final String name, final long startedNs) {
        this.name = name;
        this.startedNs = startedNs;
    }

    /** True once there is a result or an errno. */
    public boolean isDone() {
        return doneNs >= 0;
    }

    /** What the call returned, -1 where it failed. @throws IllegalStateException while it waits. */
    public long result() {
        requireDone();
        return result;
    }

    /** Why it failed, {@link Errno#OK} where it did not. @throws IllegalStateException while it waits. */
    public Errno errno() {
        requireDone();
        return errno;
    }

    /** The result of a call that must have succeeded: a descriptor, a number. @throws AssertionError otherwise. */
    public int value() {
        if (result() < 0) {
            throw new AssertionError(this.toString());
        }
        return (int) result;
    }

    /** What {@code read} received; empty for other calls. @throws IllegalStateException while it waits. */
    public byte[] data() {
        requireDone();
        return data.clone();
    }

    /** Virtual time of the call, in nanoseconds. */
    public long startedNs() {
        return startedNs;
    }

    /** Virtual time at which it was done. @throws IllegalStateException while it waits. */
    public long doneNs() {
        requireDone();
        return doneNs;
    }

    private void requireDone() {
        if (!isDone()) {
            throw new IllegalStateException(name + " still waits");
        }
    }

    /** Until when it waits at the most, in nanoseconds of virtual time. */
    long deadlineNs() {
        return deadlineNs;
    }

    /** What the last attempt gave, done or not. */
    long outcome() {
        return result;
    }

    void deadlineNs(final long value) {
        deadlineNs = value;
    }

    void succeed(final long value) {
        result = value;
    }

    void succeed(final byte[] received) {
        result = received.length;
        data = received;
    }

    void fail(final Errno why) {
        result = -1;
        errno = why;
    }

    void done(final long nowNs) {
        doneNs = nowNs;
    }

    /** In the notation of strace, e.g. {@code read = -1 ECONNRESET (Connection reset by peer)}. */
    @Override
    public String toString() {
        if (!isDone()) {
            return name + " = ?";
        }
        return name + " = " + result + (errno == Errno.OK ? "" : " " + errno + " (" + errno.text() + ")");
    }
}
