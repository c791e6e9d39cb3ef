package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PortCount;
import io.millrace.nativeports.threads.EngineCpus;

/**
 * The queue by which frames go to the host while bulk transfers are under way. By the others the host's whole receive path runs
 * within the write, on the engine's CPU: the shortest way for one frame, and the dearest for many, whose connection and
 * reader are on another CPU. What is written here is only put in line for another CPU, which takes what has gathered.
 * <p>
 * All frames go this way then, also short ones, so that none overtakes another; and after the last burst until there is a
 * pause in which the other CPU takes what is in line. Thread: the engine's.
 */
final class BulkQueue implements AutoCloseable {
    /** So many long frames at once are a bulk transfer: fewer wait for the other CPU longer than this one takes. */
    static final int BURST = 8;
    /** After the last burst: the next one is mostly there by then. */
    static final long QUIET_NS = 10_000_000;
    /** After the last frame, whatever it is: a time slice of whoever keeps the other CPU. */
    static final long PAUSE_NS = 1_000_000;
    /** After the last burst, where there is no such pause: small frames are dearer here. */
    static final long LATEST_NS = 100_000_000;

    private static final int UNKNOWN = -1;

    private final int descriptor;
    private final ReceiveSteering steering;
    private final EngineCpus engines;
    private final int engine;
    private int place = UNKNOWN;
    private boolean on;
    private long burstNs;
    private long sentNs;
    /** When the CPUs that there are were looked at. */
    private long lookNs = -LATEST_NS;
    private long frames;
    private long begun;
    private long ended;
    private long refused;
    private long withoutCpu;

    /**
     * @param descriptor of a queue that nothing else is written to; somebody else's to close.
     * @param steering   of this queue; closed by {@link #close}.
     * @param engines    among them the one that this is of.
     */
    BulkQueue(final int descriptor, final ReceiveSteering steering, final EngineCpus engines, final int engine) {
        this.descriptor = descriptor;
        this.steering = steering;
        this.engines = engines;
        this.engine = engine;
    }

    /** @param cpu that the engine runs on; negative where that is not known. */
    void onTurn(final int cpu) {
        if (cpu != place && cpu >= 0) {
            place = cpu;
            engines.onMove(engine, cpu);
        }
    }

    /**
     * Before frames are written.
     *
     * @return true where all of them are to go by this queue.
     */
    boolean takes(final long[] burst, final int offset, final int length, final long nowNs) {
        if (length >= BURST && isBurst(burst, offset, length)) {
            onBurst(nowNs);
        }
        if (on && isOver(nowNs)) {
            on = false;
            ended++;
        }
        sentNs = nowNs;
        return on;
    }

    private void onBurst(final long nowNs) {
        if (!on && nowNs - lookNs >= LATEST_NS) {
            lookNs = nowNs;
            engines.lookAgain();
        }
        if (steering.follow()) {
            burstNs = nowNs;
            begun += on ? 0 : 1;
            on = true;
        } else if (steering.isRefused()) {
            refused++;
        } else {
            withoutCpu++;
        }
    }

    /** So many have gone by it. */
    void onSent(final int count) {
        frames += count;
    }

    long counted(final PortCount what) {
        return switch (what) {
            case BULK_FRAMES -> frames;
            case BULK_BEGUN -> begun;
            case BULK_ENDED -> ended;
            case BULK_REFUSED -> refused;
            case BULK_WITHOUT_CPU -> withoutCpu;
        };
    }

    private boolean isOver(final long nowNs) {
        final long quietNs = nowNs - burstNs;
        return quietNs >= QUIET_NS && (nowNs - sentNs >= PAUSE_NS || quietNs >= LATEST_NS);
    }

    int descriptor() {
        return descriptor;
    }

    private static boolean isBurst(final long[] frames, final int offset, final int length) {
        int lengthy = 0;
        for (int i = offset; i < offset + length && lengthy < BURST; i++) {
            if (Frame.length(frames[i]) > TapPort.SMALL) {
                lengthy++;
            }
        }
        return lengthy == BURST;
    }

    @Override
    public void close() {
        steering.close();
    }
}
