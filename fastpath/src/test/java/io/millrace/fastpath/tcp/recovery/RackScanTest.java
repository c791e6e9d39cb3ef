package io.millrace.fastpath.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import io.millrace.fastpath.tcp.congestion.NewReno;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** RACK looks at few records; it must find what one would find who looks at all of them. */
class RackScanTest {
    private static final int MSS = Bench.MSS;
    private static final long MS = 1_000_000;
    private static final CongestionControl CONTROL = new NewReno();

    /** A connection to which anything happens. */
    private static final class Run implements AutoCloseable {
        final Random random;
        final Bench bench;
        final Tcb tcb;
        final Scoreboard board;
        final Rack rack;
        long nowNs = -50 * MS;

        Run(final int start, final long seed) {
            random = new Random(seed);
            bench = new Bench(start);
            tcb = bench.tcb;
            board = bench.board;
            rack = new Rack(board, new Losses(board, new MtuProbe(board)));
            tcb.set(Tcb.SACK);
            tcb.srttNs(20 * MS);
            tcb.minRttNs((int) (20 * MS));
        }

        void step() {
            nowNs += random.nextInt(3) * MS;
            final int count = board.wrap(tcb).count();
            switch (random.nextInt(count == 0 ? 1 : 12)) {
                case 0, 1, 2 -> bench.append((1 + random.nextInt(3)) * MSS, nowNs);
                case 3, 4, 5 -> arrive(random.nextInt(count));
                case 6 -> acknowledge();
                case 7, 8 -> sendAgain(board.firstLost());
                case 9 -> sendAgain(count - 1);
                case 10 -> takeBack();
                default -> split(random.nextInt(count));
            }
            if (board.wrap(tcb).count() > 0) {
                compare();
            }
        }

        private void arrive(final int index) {
            final long record = board.at(index);
            if (!board.has(record, Scoreboard.SACKED)) {
                overtake(record);
                board.markSacked(record, MSS);
            }
        }

        /** What Deliveries does. */
        private void overtake(final long record) {
            if (Deliveries.isSentAfter(board.sentNs(record), board.end(record), board.rackSentNs(), board.rackEnd())) {
                board.rackSentNs(board.sentNs(record));
                board.rackEnd(board.end(record));
                board.rackRttNs(nowNs - board.sentNs(record));
            }
        }

        private void acknowledge() {
            final int end = board.end(board.at(0));
            if (!board.has(board.at(0), Scoreboard.SACKED)) {
                overtake(board.at(0));
            }
            board.removeFirst(MSS);
            tcb.sndUna(end);
            board.raiseHints(end);
        }

        private void sendAgain(final int index) {
            if (index >= 0 && !board.has(board.at(index), Scoreboard.SACKED)) {
                board.markRetransmitted(tcb, board.at(index), nowNs);
            }
        }

        /** A spurious recovery, or a peer that reneges. */
        private void takeBack() {
            if (random.nextInt(4) == 0) {
                board.forgetSacked();
            } else if (random.nextInt(2) == 0) {
                for (int i = board.firstLost(); i >= 0; i = board.firstLost()) {
                    board.unmarkLost(board.at(i));
                }
            }
        }

        private void split(final int index) {
            final long record = board.at(index);
            if (!board.has(record, Scoreboard.SACKED) && board.length(record) > MSS) {
                board.split(tcb, index, board.seq(record) + MSS);
            }
        }

        private void compare() {
            final List<Integer> expected = new ArrayList<>();
            long latestNs = FlightState.FOREVER;
            final long patienceNs = board.rackRttNs() + rack.reorderingWindowNs(tcb);
            for (int i = 0; i < board.count(); i++) {
                final long record = board.at(i);
                final boolean before = !board.has(record, Scoreboard.SACKED | Scoreboard.LOST)
                        && Deliveries.isSentAfter(board.rackSentNs(), board.rackEnd(), board.sentNs(record),
                                board.end(record));
                final long dueNs = board.sentNs(record) + patienceNs;
                if (board.has(record, Scoreboard.LOST) || before && dueNs <= nowNs) {
                    expected.add(board.seq(record));
                } else if (before) {
                    latestNs = latestNs == FlightState.FOREVER ? dueNs : Math.max(latestNs, dueNs);
                }
            }
            rack.detect(tcb, CONTROL, nowNs);
            final List<Integer> lost = new ArrayList<>();
            for (int i = 0; i < board.count(); i++) {
                if (board.has(board.at(i), Scoreboard.LOST)) {
                    lost.add(board.seq(board.at(i)));
                }
            }
            assertThat(lost).isEqualTo(expected);
            assertThat(board.reorderingAtNs()).isEqualTo(latestNs);
        }

        @Override
        public void close() {
            bench.close();
        }
    }

    @Property(tries = 300)
    void shouldFindWhatALookAtAllRecordsFinds(@ForAll final int start, @ForAll final long seed) {
        try (Run run = new Run(start, seed)) {
            for (int i = 0; i < 300; i++) {
                run.step();
            }
        }
    }
}
