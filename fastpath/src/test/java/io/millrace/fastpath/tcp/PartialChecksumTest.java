package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A port that completes checksums: what it is given must be the sum of the pseudo-header. */
@OverBothFamilies
class PartialChecksumTest {
    /** {@link Packet} fails where a checksum is wrong. */
    @Test
    void shouldLeaveTheSumOfTheTextToThePort() {
        final QueuePort port = QueuePort.completing(1_500);
        try (Wire wire = Wire.open(new StackDriver(EngineSettings.DEFAULT, port), Wire.settings().build(),
                Wire.PEER_ISS)) {
            int sent = 0;
            for (final int length : new int[]{1, 2, 63, 64, 127, 128, 1_000, 1_460}) {
                wire.peer.data(Wire.bytes(0, 7));
                assertThat(wire.receive()).hasSize(7);
                assertThat(wire.stack.send(wire.handle, Wire.bytes(sent, length))).isEqualTo(length);
                final List<Packet> packets = wire.stack.allSent();
                assertThat(packets).isNotEmpty();
                sent += length;
                wire.ackBytes(sent);
            }
            assertThat(port.completed()).isGreaterThan(8);
        }
    }
}
