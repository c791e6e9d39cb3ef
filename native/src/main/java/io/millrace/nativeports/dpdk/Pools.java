package io.millrace.nativeports.dpdk;

import java.util.ArrayList;
import java.util.List;

/**
 * Pools of devices that are closed but of which somebody may still have mbufs: the application frames that are lent to it,
 * the other end of a ring what it has received. They are freed when nobody can have any more.
 * <p>
 * Thread: any; it holds {@link Eal}'s lock.
 */
final class Pools {
    private static final List<MbufPool> RETIRED = new ArrayList<>();
    private static int openDevices;
    private static int kept;

    private Pools() {}

    static void onOpen() {
        openDevices++;
    }

    /** A device is closed; its driver has no mbufs any more. */
    static void onClose(final List<MbufPool> pools) {
        openDevices--;
        RETIRED.addAll(pools);
        sweep();
    }

    /** Frees no pool until the answer is run, once, by any thread. */
    static Runnable keep() {
        synchronized (Eal.class) {
            kept++;
        }
        return () -> {
            synchronized (Eal.class) {
                kept--;
                sweep();
            }
        };
    }

    private static void sweep() {
        RETIRED.removeIf(pool -> {
            final boolean free = pool.isWhole() || kept == 0 && (openDevices == 0 || !pool.travels());
            if (free) {
                pool.free();
            }
            return free;
        });
    }
}
