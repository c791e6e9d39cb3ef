package io.millrace.nativeports.tap;

import io.millrace.nativeports.linux.LinuxCalls;

/**
 * A queue of a TAP that {@link SynSteering} puts SYNs into, as its port sees it. Thread: the engine's.
 */
final class SynQueue implements AutoCloseable {
    /** SYNs of a turn at the most: what else waits shall not wait long for them. */
    static final int BURST = 8;

    private final SynSteering steering;
    private final int index;
    private final int fd;
    private final int length;
    private final SynLooks looks = new SynLooks();
    private long lost;

    /**
     * @param index  as the steering calls it.
     * @param fd     the queue's descriptor, non-blocking; closed by {@link #close}.
     * @param length how many frames the kernel keeps in it.
     */
    SynQueue(final SynSteering steering, final int index, final int fd, final int length) {
        this.steering = steering;
        this.index = index;
        this.fd = fd;
        this.length = length;
    }

    /** As the steering, and the kernel, call it. */
    int index() {
        return index;
    }

    int descriptor() {
        return fd;
    }

    /** True where a look into the queue is worth a system call; who looks says what it found by {@link #onLook}. */
    boolean isWorthALook(final long nowNs) {
        return looks.isWorthIt(steering.steered(index), nowNs);
    }

    /**
     * @param frames  how many were read, dropped ones included.
     * @param toTheEnd true where there were no more.
     */
    void onLook(final int frames, final boolean toTheEnd, final long nowNs) {
        looks.onLook(frames, toTheEnd, nowNs);
    }

    /** The next look is worth it. */
    void lookAgain() {
        looks.lookAgain();
    }

    /** SYNs that found the queue full: at least so many, since some that are counted as steered may still wait in it. */
    long lost() {
        lost = Math.max(lost, steering.steered(index) - looks.taken() - length);
        return lost;
    }

    @Override
    public void close() {
        new LinuxCalls().close(fd);
    }
}
