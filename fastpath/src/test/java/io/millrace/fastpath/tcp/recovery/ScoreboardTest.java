package io.millrace.fastpath.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Growth and bounds of what is remembered of what was sent. */
class ScoreboardTest {
    private static final int MSS = Bench.MSS;
    private static final int FEWEST = (1_024 - FlightState.HEAD_LENGTH) / 48;

    private final Bench bench = new Bench(7);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void shouldGrowToWhatIsInFlightAndKeepEveryRecord() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(bench.append(MSS, i + 1)).isTrue();
        }
        assertThat(bench.board.count()).isEqualTo(1_000);
        for (int i = 0; i < 1_000; i++) {
            assertThat(bench.board.seq(bench.board.at(i))).isEqualTo(7 + i * MSS);
            assertThat(bench.board.sentNs(bench.board.at(i))).isEqualTo(i + 1);
        }
    }

    @Test
    void shouldTakeNoMoreMemoryForALongFlowOfASmallWindow() {
        for (int i = 0; i < 5; i++) {
            bench.append(MSS, 1);
        }
        final long before = bench.slab.inUseBytes();
        for (int i = 0; i < 10_000; i++) {
            bench.append(MSS, 1);
            bench.board.removeFirst(MSS);
            bench.tcb.sndUna(bench.tcb.sndUna() + MSS);
        }
        assertThat(bench.slab.inUseBytes()).isEqualTo(before);
        assertThat(bench.board.count()).isEqualTo(5);
    }

    @Test
    void shouldStopAtTheLargestNumberOfRecordsAndExtendTheLast() {
        for (int i = 0; i < Scoreboard.MAX_RECORDS + 10_000; i++) {
            assertThat(bench.append(1, 1)).isTrue();
        }
        assertThat(bench.board.count()).isEqualTo(Scoreboard.MAX_RECORDS);
        final long last = bench.board.at(Scoreboard.MAX_RECORDS - 1);
        assertThat(bench.board.length(last)).isEqualTo(10_001);
        assertThat(bench.board.end(last)).isEqualTo(bench.tcb.sndNxt());
        assertThat(bench.board.split(bench.tcb, Scoreboard.MAX_RECORDS - 1, bench.board.end(last) - 1)).isFalse();
        assertThat(bench.board.count()).isEqualTo(Scoreboard.MAX_RECORDS);
    }

    @Test
    void shouldExtendTheLastWhereTheSlabIsFullAndRefuseToSplit() {
        bench.append(MSS, 1);
        bench.fill();
        int records = 0;
        for (int i = 0; i < 100; i++) {
            assertThat(bench.append(MSS, 2)).isTrue();
            records = Math.max(records, bench.board.count());
        }
        assertThat(records).as("a block of 1 KiB").isEqualTo(FEWEST);
        final long last = bench.board.at(records - 1);
        assertThat(bench.board.end(last)).isEqualTo(bench.tcb.sndNxt());
        assertThat(bench.board.split(bench.tcb, records - 1, bench.board.seq(last) + 1)).isFalse();
        assertThat(bench.board.end(bench.board.at(records - 1))).isEqualTo(bench.tcb.sndNxt());
    }

    @Test
    void shouldNotExtendWhatIsSelectivelyAcknowledgedOrSentAgain() {
        bench.append(MSS, 1);
        bench.fill();
        while (bench.board.count() < FEWEST) {
            bench.append(MSS, 2);
        }
        bench.board.markSacked(bench.board.at(bench.board.count() - 1), MSS);
        assertThat(bench.append(MSS, 3)).isFalse();
        assertThat(bench.board.end(bench.board.at(bench.board.count() - 1))).isEqualTo(bench.tcb.sndNxt());
    }

    @Test
    void shouldExtendWhatWasSentWhileTheApplicationWasTheLimit() {
        bench.append(MSS, 1);
        bench.board.applicationLimited(1);
        bench.fill();
        for (int i = 0; i < 100; i++) {
            assertThat(bench.append(MSS, 2)).isTrue();
        }
    }

    @Test
    void shouldRefuseTheFirstWhereThereIsNoMemoryAtAll() {
        bench.fill();
        assertThat(bench.append(MSS, 1)).isFalse();
        assertThat(bench.board.count()).isZero();
        assertThat(bench.board.reserve(bench.tcb)).isFalse();
    }

    @Test
    void shouldTakeBackWhatCouldNotBeSent() {
        bench.append(MSS, 1);
        bench.board.append(bench.tcb, bench.tcb.sndNxt() + MSS, 2);
        bench.board.removeLast(bench.tcb.sndNxt());
        assertThat(bench.board.count()).isEqualTo(1);
        assertThat(bench.board.end(bench.board.at(0))).isEqualTo(bench.tcb.sndNxt());
    }

    /** Else a peer that tells of each by itself, and of all behind it again and again, makes a step for each of them. */
    @Test
    void shouldStepOverARunAtOnceWhereverItIsEntered() {
        final Scoreboard board = bench.board;
        for (int i = 0; i < 100; i++) {
            bench.append(MSS, 1);
        }
        for (int i = 0; i < 99; i++) {
            board.markSacked(board.at(i), MSS);
        }
        assertThat(board.skipSacked(0)).isEqualTo(99);
        for (int i = 0; i < 99; i++) {
            assertThat(board.inFlightWhenSent(board.at(i))).as("run from %d", i).isEqualTo(99 - i);
        }
    }

    @Test
    void shouldGiveTheMemoryBack() {
        bench.append(MSS, 1);
        assertThat(bench.slab.inUseBytes()).isPositive();
        bench.board.release(bench.tcb);
        assertThat(bench.slab.inUseBytes()).isZero();
        assertThat(bench.tcb.flight()).isZero();
        assertThat(bench.board.wrap(bench.tcb).count()).isZero();
    }
}
