package io.millrace.fastpath.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What was sent, against a list of bytes that does the same in the plainest way. */
class ScoreboardModelTest {
    private static final int MSS = Bench.MSS;
    private static final int SACKED = Scoreboard.SACKED;
    private static final int LOST = Scoreboard.LOST;
    private static final int OUT_AGAIN = Scoreboard.OUT_AGAIN;

    /** One byte of the model: the flags of the record that holds it. A record begins where {@code starts} is set. */
    private static final class Model {
        final List<Integer> flags = new ArrayList<>();
        final List<Boolean> starts = new ArrayList<>();
        int una;

        void append(final int bytes) {
            for (int i = 0; i < bytes; i++) {
                flags.add(0);
                starts.add(i == 0);
            }
        }

        void acknowledge(final int bytes) {
            flags.subList(0, bytes).clear();
            starts.subList(0, bytes).clear();
            if (!starts.isEmpty()) {
                starts.set(0, true);
            }
            una += bytes;
        }

        int bytes(final int flag) {
            return (int) flags.stream().filter(value -> (value & flag) != 0).count();
        }

        int records() {
            return (int) starts.stream().filter(start -> start).count();
        }

        /** Offset of the record at an index; the end where there is none. */
        int offset(final int index) {
            int left = index;
            for (int i = 0; i < starts.size(); i++) {
                if (starts.get(i) && left-- == 0) {
                    return i;
                }
            }
            return starts.size();
        }

        void change(final int index, final int clear, final int set) {
            for (int i = offset(index); i < offset(index + 1); i++) {
                flags.set(i, flags.get(i) & ~clear | set);
            }
        }
    }

    private static final class Run {
        private final Random random;
        private final Bench bench;
        private final Model model = new Model();
        private final int start;
        private final String name;
        private long nowNs = 1;

        Run(final long seed, final int start) {
            random = new Random(seed);
            this.start = start;
            bench = new Bench(start);
            name = "seed " + seed + " start " + start;
        }

        void run(final int steps) {
            try (bench) {
                for (int i = 0; i < steps; i++) {
                    nowNs += random.nextInt(3);
                    step();
                    compare();
                }
            }
        }

        private void step() {
            final int count = bench.board.count();
            if (count == 0 || random.nextInt(3) == 0) {
                final int bytes = 1 + random.nextInt(3 * MSS);
                assertThat(bench.append(bytes, nowNs)).isTrue();
                model.append(bytes);
                return;
            }
            final int index = random.nextInt(count);
            final long record = bench.board.at(index);
            switch (random.nextInt(7)) {
                case 0 -> acknowledge();
                case 1 -> sack(index, record);
                case 2 -> lose(index, record);
                case 3 -> sendAgain(index, record);
                case 4 -> split(index, record);
                case 5 -> fill(index);
                default -> forgive();
            }
        }

        private void acknowledge() {
            final int bytes = 1 + random.nextInt(model.flags.size());
            final int ack = bench.tcb.sndUna() + bytes;
            while (bench.board.count() > 0 && bench.board.end(bench.board.at(0)) - ack <= 0) {
                bench.board.removeFirst(MSS);
            }
            if (bench.board.count() > 0 && bench.board.seq(bench.board.at(0)) - ack < 0) {
                bench.board.trimFirst(ack, MSS);
            }
            bench.tcb.sndUna(ack);
            bench.board.raiseHints(ack);
            model.acknowledge(bytes);
        }

        private void sack(final int index, final long record) {
            if (!bench.board.has(record, SACKED)) {
                bench.board.markSacked(record, MSS);
                model.change(index, LOST | OUT_AGAIN, SACKED);
            }
        }

        private void lose(final int index, final long record) {
            if (!bench.board.has(record, SACKED | LOST)) {
                bench.board.markLost(record);
                model.change(index, OUT_AGAIN, LOST);
            }
        }

        private void sendAgain(final int index, final long record) {
            if (!bench.board.has(record, SACKED)) {
                bench.board.markRetransmitted(bench.tcb, record, nowNs);
                model.change(index, LOST, OUT_AGAIN);
            }
        }

        private void split(final int index, final long record) {
            final int length = bench.board.length(record);
            if (length > 1 && !bench.board.has(record, SACKED)) {
                final int at = 1 + random.nextInt(length - 1);
                assertThat(bench.board.split(bench.tcb, index, bench.board.seq(record) + at)).isTrue();
                model.starts.set(model.offset(index) + at, true);
            }
        }

        private void fill(final int index) {
            final int begin = model.offset(index);
            final int end = model.offset(index + 1);
            final int most = end - begin + 1 + random.nextInt(2 * MSS);
            final int behind = Math.min(model.offset(index + 2) - end, most - (end - begin));
            final boolean expected = index + 1 < model.records() && (model.flags.get(begin) & LOST) != 0
                    && (model.flags.get(end) & LOST) != 0;
            assertThat(bench.board.fillFromNext(index, most)).as(name).isEqualTo(expected);
            if (expected) {
                model.starts.set(end, false);
                if (end + behind < model.starts.size()) {
                    model.starts.set(end + behind, true);
                }
            }
        }

        /** Spurious: nothing is lost, or nothing selectively acknowledged. */
        private void forgive() {
            if (random.nextInt(8) == 0) {
                bench.board.forgetSacked();
                model.flags.replaceAll(flags -> flags & ~SACKED);
            } else if (random.nextInt(4) == 0) {
                for (int i = bench.board.firstLost(); i >= 0; i = bench.board.firstLost()) {
                    bench.board.unmarkLost(bench.board.at(i));
                }
                model.flags.replaceAll(flags -> flags & ~LOST);
            }
        }

        private void compare() {
            final Scoreboard board = bench.board;
            assertThat(board.count()).as(name).isEqualTo(model.records());
            assertThat(board.sackedBytes()).as(name).isEqualTo(model.bytes(SACKED));
            assertThat(board.lostBytes()).as(name).isEqualTo(model.bytes(LOST));
            assertThat(board.retransmittedBytes()).as(name).isEqualTo(model.bytes(OUT_AGAIN));
            assertThat(board.inFlight(bench.tcb)).as(name)
                    .isEqualTo(model.flags.size() - model.bytes(SACKED | LOST));
            int next = bench.tcb.sndUna();
            int lost = -1;
            int highest = 0;
            for (int i = 0; i < board.count(); i++) {
                final long record = board.at(i);
                final int offset = model.offset(i);
                assertThat(board.seq(record)).as(name).isEqualTo(next).isEqualTo(start + model.una + offset);
                next = board.end(record);
                assertThat(board.flags(record) & (SACKED | LOST | OUT_AGAIN)).as(name)
                        .isEqualTo(model.flags.get(offset));
                if (lost < 0 && board.has(record, LOST)) {
                    lost = i;
                }
                highest = board.has(record, SACKED) ? next : highest;
                assertThat(board.find(board.seq(record))).isEqualTo(i);
                assertThat(board.find(next - 1)).isEqualTo(i);
            }
            assertThat(next).as(name).isEqualTo(bench.tcb.sndNxt());
            assertThat(board.firstLost()).as(name).isEqualTo(lost);
            if (board.sackedBytes() > 0) {
                assertThat(board.highestSacked()).as(name).isEqualTo(highest);
            }
            compareRuns();
        }

        private void compareRuns() {
            final int count = bench.board.count();
            if (count == 0) {
                return;
            }
            final int from = random.nextInt(count);
            int expected = from;
            while (expected < count && bench.board.has(bench.board.at(expected), SACKED)) {
                expected++;
            }
            assertThat(bench.board.skipSacked(from)).as(name).isEqualTo(expected);
        }
    }

    @Property(tries = 60)
    void shouldAgreeWithAList(@ForAll final long seed) {
        new Run(seed, 1_000).run(120);
    }

    @Property(tries = 60)
    void shouldAgreeWithAListWhereNumbersWrap(@ForAll final long seed) {
        new Run(seed, -2_000).run(120);
        new Run(seed, Integer.MAX_VALUE - 2_000).run(120);
    }
}
