package io.millrace.control.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.control.RecordingCommands;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one engine has heard is told to every other. */
class IcmpErrorFanTest {
    @Test
    void shouldTellEveryEngineButItsOwn() {
        final List<RecordingCommands> engines = List.of(new RecordingCommands(), new RecordingCommands(),
                new RecordingCommands());
        new IcmpErrorFan(engines, 1).onIcmpError(3, 0, 0xFFFF_0A00_0001L, 0, 0xFFFF_0A00_0002L, 80 << 16 | 90, 7,
                1_000);
        assertThat(engines.get(0).take()).containsExactly("icmp error 3 10.0.0.1 > 10.0.0.2 50005a 7 1000");
        assertThat(engines.get(1).take()).isEmpty();
        assertThat(engines.get(2).take()).hasSize(1);
    }
}
