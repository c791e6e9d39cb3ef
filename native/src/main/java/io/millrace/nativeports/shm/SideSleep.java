package io.millrace.nativeports.shm;

import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * How each side sleeps and is woken: a side that is about to sleep says so and looks once more; the other one shows something
 * and looks whether it sleeps. Thread: the engine's.
 */
final class SideSleep {
    private final SideControl own;
    private final SideControl peer;
    @Nullable
    private final Doorbell bell;
    /** A sleep of this side's is told by an odd number; the last sleep of the other side that was ended by the bell. */
    private long sleep;
    private long rungFor;

    SideSleep(final SideControl own, final SideControl peer, final @Nullable Doorbell bell) {
        this.own = own;
        this.peer = peer;
        this.bell = bell;
        sleep = own.sleep() + 1 & ~1L;
        own.sleep(sleep);
    }

    /** From here on the other side rings; what it showed before is seen by whoever looks now. */
    void begin() {
        sleep |= 1;
        own.sleep(sleep);
        VarHandle.fullFence();
    }

    void end() {
        if ((sleep & 1) != 0) {
            sleep++;
            own.sleep(sleep);
            if (bell != null) {
                bell.silence();
            }
        }
    }

    /** Wakes the other side where it sleeps; to be called when it has been shown something. */
    void wakePeer() {
        if (bell != null) {
            // What was published is seen by a side that falls asleep, or its sleep is seen here.
            VarHandle.fullFence();
            final long number = peer.sleep();
            if ((number & 1) != 0 && number != rungFor) {
                rungFor = number;
                bell.ring();
            }
        }
    }
}
