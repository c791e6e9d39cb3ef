package io.millrace.control.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.RecordingCommands;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.wire.IpAddress;
import org.junit.jupiter.api.Test;

class PatientCommandsTest {
    private static final long A = IpAddress.v4(0x0a000001);

    private final RecordingCommands ring = new RecordingCommands();
    private final ControlCounters counters = new ControlCounters();
    private final PatientCommands commands = new PatientCommands(() -> ring, counters);

    @Test
    void shouldPassCommandsOn() {
        commands.neighbourResolved(1, 0, A, 5);
        commands.neighbourFailed(2, 0, A);
        commands.neighbourForgotten(3, 0, A);
        commands.transmitArp(4, 1, 2, 3, 4, 5);
        commands.linkMtuV6(6, 1_280);
        commands.linkHopLimitV6(7, 99);
        commands.transmitIcmpv6(5, 1, 2, 3, 4, 5, 255, true, 6, 0);
        commands.listenerClosed(6);
        commands.abort(7);
        commands.closeEndpoint(8);
        assertThat(ring.take()).containsExactly("link 1: resolved 10.0.0.1 5", "link 2: failed 10.0.0.1",
                "link 3: forgotten 10.0.0.1", "link 4: request 2 0.0.0.3 > 4 0.0.0.5", "link 6: link mtu v6 1280",
                "link 7: link hop limit v6 99",
                "link 5: icmpv6 ::1:0:0:0:2 > ::3:0:0:0:4 5 255 alert: ", "closed 6", "abort 7",
                "close endpoint 8");
        assertThat(counters.get(ControlCounter.COMMANDS_DEFERRED)).isZero();
    }

    @Test
    void shouldTryAgainInOrderWhatAFullRingRefused() {
        ring.full(true);
        assertThat(commands.neighbourResolved(0, 0, A, 5)).isTrue();
        assertThat(commands.neighbourFailed(0, 0, A)).isTrue();
        assertThat(commands.listenerClosed(6)).isTrue();
        assertThat(commands.doWork()).isZero();
        ring.full(false);
        assertThat(commands.neighbourForgotten(0, 0, A)).isTrue();
        assertThat(commands.abort(7)).isTrue();
        assertThat(commands.closeEndpoint(9)).isTrue();
        assertThat(ring.take()).as("the later ones wait behind the earlier ones").isEmpty();
        assertThat(commands.doWork()).isEqualTo(6);
        assertThat(ring.take()).containsExactly("resolved 10.0.0.1 5", "failed 10.0.0.1", "closed 6",
                "forgotten 10.0.0.1", "abort 7", "close endpoint 9");
        assertThat(counters.get(ControlCounter.COMMANDS_DEFERRED)).isEqualTo(6);
        commands.abort(8);
        assertThat(ring.take()).containsExactly("abort 8");
    }

    @Test
    void shouldNotKeepArpIgmpAndIcmpv6Packets() {
        ring.full(true);
        assertThat(commands.transmitArp(0, 1, 2, 3, 4, 5)).isFalse();
        assertThat(commands.transmitIgmp(0, 1, 2, 3, 4)).isFalse();
        assertThat(commands.transmitIcmpv6(0, 1, 2, 3, 4, 5, 255, false, 6, 0)).isFalse();
        assertThat(counters.get(ControlCounter.COMMANDS_REFUSED)).isEqualTo(3);
        ring.full(false);
        assertThat(commands.doWork()).isZero();
        assertThat(ring.take()).isEmpty();
    }

    @Test
    void shouldRefuseMoreThanTheLimit() {
        ring.full(true);
        for (int i = 0; i < PatientCommands.LIMIT; i++) {
            assertThat(commands.abort(i)).isTrue();
        }
        assertThat(commands.abort(-1)).isFalse();
        assertThat(counters.get(ControlCounter.COMMANDS_REFUSED)).isEqualTo(1);
        ring.full(false);
        assertThat(commands.doWork()).isEqualTo(PatientCommands.LIMIT);
        assertThat(commands.abort(1)).isTrue();
    }
}
