package io.millrace.nativeports.threads;

import io.millrace.fastpath.memory.Memory;
import io.millrace.nativeports.linux.ThreadCalls;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Leaves the CPU that a loop which polls has come to share with the local peer that it wakes by what it sends.
 * <p>
 * A socket that wakes its reader tells Linux that who has brought the data is about to sleep, which a loop is not; so the
 * reader is often placed on the loop's CPU, in a virtual machine whenever its own is halted. From then on the two take turns,
 * a switch for each frame, however many CPUs are idle: balancing does not move who has just run. The loop can tell by how
 * often it has to leave its CPU; time slices of others cost it that once in some milliseconds.
 * <p>
 * Where it may run on no other CPU it stays. Thread: the loop's.
 */
public final class CrowdedCpu {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(CrowdedCpu.class);

    private final ThreadCalls calls = new ThreadCalls();
    private final MemorySegment usage = Arena.ofAuto().allocate(ThreadCalls.USAGE_LENGTH, Long.BYTES);
    private final Crowding crowding = new Crowding();
    private @Nullable Thread thread;
    private int place = -1;
    private long lookedNs;
    private long switches;

    public CrowdedCpu() {}

    /**
     * @param nowNs of this turn of the loop; once a millisecond something is done here.
     * @return true where the loop has just gone to another CPU.
     */
    public boolean onTurn(final long nowNs) {
        final long sinceNs = nowNs - lookedNs;
        return (sinceNs >= Crowding.LOOK_NS || sinceNs < 0) && look(nowNs, sinceNs);
    }

    /** The CPU that the loop was on when this looked last; negative where that is not known. */
    public int cpu() {
        return place;
    }

    private boolean look(final long nowNs, final long sinceNs) {
        lookedNs = nowNs;
        if (calls.usage(usage.address()) < 0) {
            return false;
        }
        final long before = switches;
        switches = Memory.getLong(usage.address() + ThreadCalls.USAGE_INVOLUNTARY_OFFSET);
        final Thread current = Thread.currentThread();
        final int here = calls.cpu();
        if (current != thread || sinceNs < 0 || here < 0 || here != place) {
            // its first turn, a turn of another loop, or it has gone already: another port of this loop looks, too
            thread = current;
            place = here;
            return false;
        }
        return crowding.onLook(switches - before, sinceNs) && move();
    }

    private boolean move() {
        try {
            final BitSet others = Affinity.ofThread();
            others.clear(place);
            if (others.isEmpty()) {
                return false;
            }
            // it has gone; from then on it may be wherever it might before
            Affinity.keepOn(others).run();
            return true;
        } catch (final IOException e) {
            LOGGER.debug("A loop stays on the CPU that it shares: {}", e.getMessage());
            return false;
        }
    }
}
