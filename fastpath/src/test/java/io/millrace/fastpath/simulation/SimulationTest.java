package io.millrace.fastpath.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Five hundred seeds; {@code -Dmillrace.test.seed=N} replays one. */
class SimulationTest {
    private static final int SEEDS = 500;
    /** What the networks and applications must have brought about, or the simulation shows less than it says. */
    private static final List<Counter> SEEN = List.of(Counter.ICMP_ERRORS_RECEIVED,
            Counter.TCP_PATH_MTU_REDUCED, Counter.TCP_MTU_BLACK_HOLES, Counter.TCP_MTU_PROBES_ARRIVED,
            Counter.TCP_MTU_PROBES_LOST, Counter.TCP_BAD_CHECKSUM, Counter.TCP_OUT_OF_ORDER,
            Counter.TCP_OUT_OF_ORDER_DROPPED, Counter.TCP_OVERLAP, Counter.TCP_RETRANSMITS, Counter.TCP_TIMEOUTS,
            Counter.TCP_SYN_RETRANSMITS, Counter.TCP_SIMULTANEOUS_OPENS, Counter.TCP_WINDOW_PROBES,
            Counter.TCP_DELAYED_ACKS, Counter.TCP_KEEPALIVE_PROBES, Counter.TCP_TIMED_OUT, Counter.TCP_RESETS_RECEIVED,
            Counter.TCP_SLAB_FULL, Counter.HANDSHAKES_HELD_BACK, Counter.TRANSMIT_NO_FRAME, Counter.FRAMES_LOCAL,
            Counter.TIME_WAIT_RESTARTED, Counter.TIME_WAIT_REOPENED, Counter.TCP_FAST_OPEN_DELIVERED,
            Counter.TCP_CONGESTION_EXPERIENCED,
            Counter.TCP_ECN_REDUCTIONS, Counter.TCP_LOSS_PROBES, Counter.TCP_FAST_RECOVERIES,
            Counter.TCP_SPURIOUS_RECOVERIES, Counter.TCP_DSACKS_RECEIVED, Counter.TCP_CLOSED_WITH_UNREAD,
            Counter.TCP_DATA_AFTER_CLOSE, Counter.TCP_BYTES_HELD, Counter.TCP_FRAMES_LENT, Counter.TCP_FRAMES_NOT_LENT,
            Counter.TCP_FRAMES_COPIED_LATE);

    @Test
    void shouldDeliverEveryByteInOrderOrFailWithAReason() {
        final Tally tally = Seeds.run(0, SEEDS);
        if (System.getProperty(Seeds.ONE) == null) {
            assertThat(SEEN).allSatisfy(counter -> assertThat(tally.count(counter)).as("%s", counter).isPositive());
            assertThat(tally.whole()).as("connections that failed in nothing: %s", tally)
                    .isGreaterThan(tally.connections() / 2);
        }
    }
}
