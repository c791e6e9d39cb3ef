package io.millrace.nativeports.dpdk;

import java.util.HashMap;
import java.util.Map;

/**
 * Threads that poll, as DPDK knows them: each has one of its 128 numbers, and with it the pools' caches. Thread: any; the
 * methods concern the caller.
 */
final class PollingThreads {
    private static final NativeFunction REGISTER = NativeFunction.of(Libraries.load("eal"), "rte_thread_register");
    private static final NativeFunction UNREGISTER = NativeFunction.of(Libraries.load("eal"), "rte_thread_unregister");
    private static final Map<Thread, Integer> PORTS = new HashMap<>();

    private PollingThreads() {}

    /** The calling thread polls one port more. Where DPDK has no number left it works without, only slower. */
    static void enter() {
        synchronized (Eal.class) {
            if (PORTS.merge(Thread.currentThread(), 1, Integer::sum) == 1) {
                REGISTER.call();
            }
        }
    }

    /** The calling thread polls one port less. */
    static void leave() {
        synchronized (Eal.class) {
            if (PORTS.merge(Thread.currentThread(), -1, Integer::sum) == 0) {
                PORTS.remove(Thread.currentThread());
                UNREGISTER.call();
            }
        }
    }

    /** Threads that DPDK knows. */
    static int count() {
        synchronized (Eal.class) {
            return PORTS.size();
        }
    }
}
