package io.millrace.bench.shm;

/** Spins; where others want the processor, too, it lets them have it now and then: the one waited for may be among them. */
final class Patience {
    private static final int MOST = 0x3FF;

    private int lost;

    /** Nothing was there. */
    void lose() {
        if ((++lost & MOST) == 0) {
            Thread.yield();
        } else {
            Thread.onSpinWait();
        }
    }
}
