package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.testing.OverBothFamilies;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each invariant finds the harm that it is there to find. */
@OverBothFamilies
class TcpInvariantsTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final int WINDOW = 2_000;

    /** A connection with text outstanding, waiting, unread and out of order; then one thing is made wrong. */
    @ParameterizedTest(name = "{1}")
    @MethodSource("harm")
    void shouldFind(final BiConsumer<TcbTampering, Tcb> harm, final String message) {
        try (Wire wire = Wire.open(Wire.settings().build(), -1, WINDOW)) {
            wire.send(3_000);
            wire.dataAt(0, 1_000);
            wire.dataAt(2_000, 500);
            wire.stack.run();
            final TcpInvariants invariants = new TcpInvariants(wire.tcp);
            invariants.check();
            invariants.check();
            final TcbTampering tampering = new TcbTampering(wire.tcp);
            tampering.first(tcb -> harm.accept(tampering, tcb));
            assertThatExceptionOfType(AssertionError.class).isThrownBy(invariants::check)
                    .withMessageContaining(message);
        }
    }

    private static Stream<Arguments> harm() {
        return Stream.concat(harmToSequenceNumbers(), harmToTimersAndTables());
    }

    private static Stream<Arguments> harmToSequenceNumbers() {
        return Stream.of(harm("SND.UNA is beyond SND.NXT", (by, tcb) -> tcb.sndUna(tcb.sndMax() + 1)),
                harm("SND.UNA went back", (by, tcb) -> tcb.sndUna(tcb.sndUna() - 1)),
                harm("more than a window probe is beyond SND.NXT", (by, tcb) -> tcb.sndMax(tcb.sndMax() + 2)),
                harm("sent more than the application gave", TcpInvariantsTest::sendMoreThanThereIs),
                harm("the scoreboard ends before or behind SND.NXT", TcpInvariantsTest::sendUnnoticed),
                harm("sent beyond every window", TcpInvariantsTest::sendBeyondTheWindow),
                harm("bytes to send do not fit", (by, tcb) -> tcb.sndEnd(tcb.sndEnd() + 5_000)),
                harm("congestion window is below a segment", (by, tcb) -> tcb.cwnd(tcb.sndMss() - 1)),
                harm("a window beyond the largest", (by, tcb) -> tcb.sndWnd(WINDOW + 1)),
                harm("RTO out of its range", (by, tcb) -> tcb.rtoNs(0)),
                harm("the announced window was taken back", (by, tcb) -> tcb.rcvWndRight(tcb.rcvWndRight() - 1)),
                harm("promised more than the buffer",
                        (by, tcb) -> tcb.rcvWndRight(tcb.rcvRead() + tcb.receiveBuffer() + 1)),
                harm("acknowledged what was not received", (by, tcb) -> tcb.lastAckSent(tcb.rcvNxt() + 1)),
                harm("bytes received do not fit", (by, tcb) -> tcb.rcvRead(tcb.rcvNxt() + 1)),
                harm("a range that touches what is before it", (by, tcb) -> tcb.rcvNxt(tcb.rcvNxt() + 1_000)));
    }

    private static void sendBeyondTheWindow(final TcbTampering by, final Tcb tcb) {
        tcb.sndNxt(tcb.sndUna() + WINDOW + 2);
        tcb.sndMax(tcb.sndNxt());
    }

    private static void sendMoreThanThereIs(final TcbTampering by, final Tcb tcb) {
        tcb.sndNxt(tcb.sndEnd() + 1);
        tcb.sndMax(tcb.sndNxt());
    }

    private static void sendUnnoticed(final TcbTampering by, final Tcb tcb) {
        tcb.sndNxt(tcb.sndNxt() + 1);
        tcb.sndMax(tcb.sndNxt());
    }

    private static void probeWithoutATimer(final TcbTampering by, final Tcb tcb) {
        tcb.set(Tcb.PROBING);
        by.stop(tcb, Tcb.TIMER_RETRANSMIT);
    }

    private static Stream<Arguments> harmToTimersAndTables() {
        return Stream.of(harm("though something is outstanding", (by, tcb) -> by.stop(tcb, Tcb.TIMER_RETRANSMIT)),
                harm("probes without a timer", TcpInvariantsTest::probeWithoutATimer),
                harm("a retransmission far ahead", (by, tcb) -> by.start(tcb, Tcb.TIMER_RETRANSMIT, 500 * SECOND_NS)),
                harm("delayed though none is owed", (by, tcb) -> by.start(tcb, Tcb.TIMER_ACK, SECOND_NS)),
                harm("owed and forgotten", (by, tcb) -> tcb.lastAckSent(tcb.rcvNxt() - 1)),
                harm("owed and not listed", (by, tcb) -> tcb.set(Tcb.ACK_NOW)),
                harm("keepalive runs though it is off", (by, tcb) -> by.start(tcb, Tcb.TIMER_LIFE, SECOND_NS)),
                harm("nothing ends a connection", (by, tcb) -> tcb.set(Tcb.KEEP_ALIVE)),
                harm("output pauses for too long", (by, tcb) -> by.start(tcb, Tcb.TIMER_OUTPUT, 20 * SECOND_NS)),
                harm("a connection that is over has a timer", (by, tcb) -> tcb.set(Tcb.SHELL)),
                harm("timers armed", (by, tcb) -> by.startStray()),
                harm("slab bytes in use", (by, tcb) -> by.leak()),
                harm("lists are shorter than their members", (by, tcb) -> tcb.set(Tcb.IN_OUTPUT_LIST)));
    }

    private static Arguments harm(final String message, final BiConsumer<TcbTampering, Tcb> harm) {
        return Arguments.of(harm, message);
    }
}
