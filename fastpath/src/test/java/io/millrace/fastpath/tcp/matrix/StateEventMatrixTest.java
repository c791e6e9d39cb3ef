package io.millrace.fastpath.tcp.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every state of RFC 9293 against every kind of segment and every user call: what is answered, where the connection
 * goes, what the user is told. The cells are data, in {@code matrix/*.txt}, and the same over either family.
 */
@OverBothFamilies
class StateEventMatrixTest {
    /** The stack's and the peer's: one wraps within a segment or the window, the sign of the other changes there. */
    private static final int[][] ISS = {{-3, Integer.MAX_VALUE - 3}, {Integer.MAX_VALUE - 3, -3}};
    private static final List<Cell> CELLS = Matrix.cells();
    private static final int FEWEST = 600;
    private static final Set<Place> ACROSS = EnumSet.of(Place.ACROSS_LEFT_EDGE, Place.ACROSS_RIGHT_EDGE);
    private static final Set<Place> PLACES = EnumSet.complementOf(EnumSet.copyOf(ACROSS));
    /** Kinds that must come from every place. */
    private static final Set<EventKind> WHOLE = EnumSet.of(EventKind.ACK, EventKind.TEXT, EventKind.TEXT_FIN,
            EventKind.FIN, EventKind.RST, EventKind.SYN, EventKind.NO_FLAGS, EventKind.FIN_WITHOUT_ACK);
    /** Kinds that are long enough to lie across an edge of the window. */
    private static final Set<EventKind> CUT = EnumSet.of(EventKind.TEXT, EventKind.TEXT_FIN);

    @ParameterizedTest(name = "{0}")
    @MethodSource("cells")
    void shouldAnswerMoveAndTellAsTheRfcSays(final Cell cell) {
        for (final int[] iss : ISS) {
            CellRun.check(cell, iss[0], iss[1]);
        }
    }

    static Stream<Cell> cells() {
        return CELLS.stream();
    }

    @Test
    void shouldHoldSixHundredCellsAndNoneTwice() {
        final Set<String> keys = new HashSet<>();
        assertThat(CELLS).hasSizeGreaterThanOrEqualTo(FEWEST)
                .allSatisfy(cell -> assertThat(keys.add(cell.key())).as("%s is new", cell.key()).isTrue());
    }

    @ParameterizedTest
    @EnumSource
    void shouldPutEveryKindOfEventToEveryState(final Start start) {
        final Set<EventKind> missing = EnumSet.allOf(EventKind.class);
        cells(start).forEach(cell -> missing.remove(EventKind.of(cell)));
        assertThat(missing).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldPutSegmentsFromEveryPlaceToEverySynchronizedState(final Start start) {
        final Set<String> missing = new TreeSet<>();
        if (start.isSynchronized()) {
            WHOLE.forEach(kind -> PLACES.forEach(place -> missing.add(kind + " " + place)));
            CUT.forEach(kind -> ACROSS.forEach(place -> missing.add(kind + " " + place)));
        }
        cells(start).filter(cell -> !cell.isCall() && cell.given().isEmpty())
                .forEach(cell -> missing.remove(EventKind.of(cell) + " " + Place.of(cell)));
        assertThat(missing).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void shouldPutEveryAcknowledgementToEverySynchronizedState(final Start start) {
        final Set<Acknowledgement> missing = start.isSynchronized()
                ? Acknowledgement.possible(start)
                : EnumSet.noneOf(Acknowledgement.class);
        // judged in the fifth step, so the segment must come so far
        cells(start).filter(cell -> !cell.isCall() && cell.given().isEmpty() && cell.has('A') && !cell.has('R')
                && !cell.has('S') && Place.of(cell) == Place.AT_RCV_NXT)
                .forEach(cell -> missing.remove(Acknowledgement.of(cell)));
        assertThat(missing).isEmpty();
    }

    private static Stream<Cell> cells(final Start start) {
        return CELLS.stream().filter(cell -> cell.start() == start);
    }
}
