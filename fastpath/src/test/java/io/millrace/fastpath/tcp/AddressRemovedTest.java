package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An address leaves the stack (a lease expires, RFC 2131 §4.4.5): what uses it ends, and nothing more is sent. */
@OverBothFamilies
class AddressRemovedTest {
    @ParameterizedTest
    @EnumSource(names = {"SYN_SENT", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK"})
    void shouldFailConnectionsOfTheAddressInSilence(final TcpState state) {
        try (Scenario at = Scenario.in(state)) {
            at.stack().removeAddress();
            assertThat(at.stack().allSent()).isEmpty();
            assertThat(at.application().took(ConnectionHandler.FAILED)).isTrue();
            assertThat(at.application().failure()).isEqualTo(TcpFailure.ADDRESS_REMOVED);
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().engine().slabInUse()).isZero();
            assertThat(at.stack().nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldForgetHalfOpenConnections() {
        try (Scenario at = Scenario.in(TcpState.SYN_RECEIVED)) {
            at.stack().removeAddress();
            assertThat(at.stack().allSent()).isEmpty();
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldLeaveConnectionsOfOtherAddressesAlone() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().engine().commands().addressesRemoved();
            at.stack().run();
            assertThat(at.state()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(at.stack().allSent()).isEmpty();
        }
    }

    @Test
    void shouldFailManyConnectionsAFewATurn() {
        final int many = 1_000;
        try (StackDriver stack = new StackDriver()) {
            stack.listen(80, many, TcpSettings.DEFAULT);
            for (int i = 0; i < many; i++) {
                new Peer(stack, 40_000 + i, 80, 5_000).send("S", new byte[0], 1_460, -1);
            }
            stack.allSent();
            stack.routes().removeAddresses();
            stack.engine().commands().addressesRemoved();
            stack.engine().doWork();
            assertThat(stack.engine().connections()).isBetween(many / 2, many - 1);
            assertThat(stack.engine().nextDeadlineNs()).as("there is more to do").isEqualTo(Long.MIN_VALUE);
            stack.run();
            assertThat(stack.engine().connections()).isZero();
            assertThat(stack.allSent()).isEmpty();
        }
    }
}
