package io.millrace.fastpath.idle;

/**
 * Polls for a while after the last work, since more often follows soon and a sleep costs some 20 µs; then yields for a
 * while; then sleeps until a frame, a task, a command or a deadline comes. A port that cannot wake the loop is looked at
 * after pauses that grow.
 */
final class SleepingIdle extends LoopIdle {
    /** The loop wakes up so long before a deadline: about what it needs for that. */
    private static final long EARLY_NS = 30_000;
    /** Shorter sleeps are not worth it. */
    private static final long SHORTEST_NS = 2 * EARLY_NS;
    private static final long FIRST_PAUSE_NS = 20_000;
    /** Descriptors that end so many sleeps in a row for nothing are not watched until a longest sleep later. */
    private static final int IN_VAIN = 3;

    private final HostThreads host;
    private final IdleTimes times;
    private volatile Waiter waiter = new ParkWaiter();
    /** True where there are descriptors that nobody watches. */
    private boolean blind;
    private boolean worked = true;
    private long idleSinceNs;
    private long pauseNs = FIRST_PAUSE_NS;
    private int inVain;
    private long inVainSinceNs;

    SleepingIdle(final HostThreads host, final IdleTimes times) {
        this.host = host;
        this.times = times;
    }

    @Override
    public void begin() {
        super.begin();
        waiter = new ParkWaiter();
    }

    @Override
    public void start(final IdleSource driven) {
        super.start(driven);
        final int[] descriptors = new int[driven.descriptors()];
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i] = driven.descriptor(i);
        }
        waiter = host.newWaiter(descriptors);
        blind = descriptors.length > 0 && !waiter.watchesDescriptors();
        driven.sleeper(this);
    }

    @Override
    public void stop() {
        super.stop();
        final Waiter used = waiter;
        waiter = new ParkWaiter();
        used.close();
    }

    @Override
    public void onWork() {
        worked = true;
    }

    @Override
    public boolean isPolling() {
        return times.spinNs() != 0 && idleNs(System.nanoTime()) < times.spinNs();
    }

    /** For how long there has been nothing to do. */
    private long idleNs(final long nowNs) {
        if (worked) {
            worked = false;
            idleSinceNs = nowNs;
            pauseNs = FIRST_PAUSE_NS;
            inVain = 0;
        }
        return nowNs - idleSinceNs;
    }

    @Override
    void idle(final IdleSource driven, final long nowNs, final long limitNs) {
        final long idleNs = idleNs(nowNs);
        if (idleNs < times.spinNs()) {
            Thread.onSpinWait();
        } else if (idleNs < times.spinNs() + times.yieldNs() || limitNs < SHORTEST_NS) {
            Thread.yield();
        } else {
            sleep(driven, nowNs, limitNs - EARLY_NS);
        }
    }

    private void sleep(final IdleSource driven, final long nowNs, final long limitNs) {
        if (inVain == IN_VAIN && nowNs - inVainSinceNs >= times.maxSleepNs()) {
            inVain--;
        }
        final boolean descriptors = inVain < IN_VAIN;
        final boolean watched = !blind && driven.wakesSleeper() && descriptors;
        final long timeoutNs = Math.min(limitNs, watched ? times.maxSleepNs() : nextPauseNs());
        int end = Waiter.TIMED_OUT;
        boolean slept = false;
        try {
            if (fallAsleep() && driven.prepareToBlock()) {
                slept = true;
                end = waiter.await(timeoutNs, descriptors);
            }
        } finally {
            wakeUp();
            driven.onWoken(slept, end != Waiter.TIMED_OUT);
        }
        if (end == Waiter.READABLE) {
            inVain++;
            inVainSinceNs = nowNs;
        } else if (end == Waiter.TIMED_OUT && slept && descriptors) {
            inVain = 0;
        }
    }

    private long nextPauseNs() {
        final long next = Math.min(pauseNs, times.maxPauseNs());
        pauseNs = next << 1;
        return next;
    }

    @Override
    void wake() {
        waiter.wakeup();
    }

    @Override
    public boolean fence() {
        return waiter.fence();
    }
}
