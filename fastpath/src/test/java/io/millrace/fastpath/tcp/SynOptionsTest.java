package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.Packet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Options that belong to a SYN: RFC 9293 §3.7.1, RFC 7323 §2.2, RFC 2018 §2. */
class SynOptionsTest {
    @Test
    void shouldOfferWhatASynOffersInNoOtherSegment() {
        try (Wire wire = Wire.open(Wire.settings().build(),
                packet -> packet.withSackPermitted().withTimestamps(1, 1))) {
            final List<Packet> sent = new ArrayList<>();
            wire.dataAt(100, 100);
            wire.send(2_000);
            wire.tcp.shutdownOutput(wire.handle);
            wire.untilSent();
            sent.addAll(wire.stack.allSent());
            wire.tcp.abort(wire.handle);
            wire.stack.run();
            sent.addAll(wire.stack.allSent());
            assertThat(sent).hasSizeGreaterThan(4).anyMatch(packet -> packet.has("F"))
                    .anyMatch(packet -> packet.has("R"))
                    .allMatch(packet -> packet.mss() == -1 && packet.scale() == -1 && !packet.extras().sackPermitted());
        }
    }

    @Test
    void shouldIgnoreThemOutsideOfASyn() {
        try (Wire wire = Wire.open(Wire.settings().build(), 2, 65_535)) {
            wire.peer.window(1_000);
            wire.peer.send("A", new byte[0], 100, 7);
            wire.send(10_000);
            // a shift of 2 still, and segments of the size that was agreed on
            assertThat(wire.sent()).containsExactly("0+1460", "1460+1460");
        }
    }
}
