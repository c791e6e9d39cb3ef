package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The urgent pointer takes nothing out of the stream (RFC 6093 §4). */
@OverBothFamilies
class UrgentTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 6, 7, 65_535})
    void shouldLeaveUrgentBytesInLine(final int pointer) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            urgent(at, "UPA", at.rcvNxt(), pointer, "urgent");
            assertThat(at.stack().receive(at.handle(), 10)).isEqualTo("urgent".getBytes());
            at.peer().seq(at.rcvNxt() + 6).send("PA", "plain");
            assertThat(at.stack().receive(at.handle(), 10)).isEqualTo("plain".getBytes());
            assertThat(at.stack().counter(Counter.TCP_URGENT)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotMindAPointerWithoutText() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            urgent(at, "UA", at.rcvNxt(), 10_000, "");
            assertThat(at.application().calls()).isZero();
            assertThat(at.stack().allSent()).isEmpty();
            at.peer().send("PA", "text");
            assertThat(at.stack().receive(at.handle(), 10)).isEqualTo("text".getBytes());
        }
    }

    @Test
    void shouldNotMindAPointerBehindTheFin() {
        try (Scenario at = Scenario.in(TcpState.CLOSE_WAIT)) {
            urgent(at, "UA", at.rcvNxt(), 1, "");
            assertThat(at.state()).isEqualTo(TcpState.CLOSE_WAIT);
            assertThat(at.application().events() & ConnectionHandler.FAILED).isZero();
        }
    }

    private static void urgent(final Scenario at, final String flags, final int seq, final int pointer,
            final String text) {
        at.stack().inject(new Packet(Packet.address(Peer.ADDRESS), 40_000, Packet.address(StackDriver.ADDRESS),
                Scenario.PORT, seq, at.sndNxt(), Packet.flags(flags), 65_535, pointer, -1, -1, text.getBytes()));
    }
}
