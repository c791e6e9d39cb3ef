package io.millrace.fastpath.simulation;

import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInCookies;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import java.util.Random;

/** The control plane of one simulated stack, with cookies of its own. Thread: the simulation's. */
final class SimulatedControl extends StandInControl {
    private static final long COOKIE_FACTOR = 0x9E3779B97F4A7C15L;

    /** @param address in host order. */
    SimulatedControl(final int address, final Random random) {
        super(StandInRoutes.of(address), wrapping(random), new LowestFree(),
                new StandInCookies(address * COOKIE_FACTOR));
    }

    /** Half of them so that the numbers wrap during the transfer. */
    private static InitialSequenceNumbers wrapping(final Random random) {
        return (localHi, localLo, localPort, remoteHi, remoteLo, remotePort, now) -> random.nextBoolean()
                ? -random.nextInt(100_000)
                : random.nextInt();
    }

    /** Each active open has the lowest port that is free, so that ports are used again as soon as can be. */
    private static final class LowestFree extends StandInPorts {
        private static final int FIRST = 50_000;

        LowestFree() {
            super(FIRST, FIRST + 999);
        }

        @Override
        public void begin(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
                final int remotePort) {
            from(FIRST);
        }
    }
}
