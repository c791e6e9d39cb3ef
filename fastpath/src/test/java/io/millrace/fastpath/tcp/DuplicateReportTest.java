package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RFC 2883 §4.2.3: a segment that repeats two ranges reports the first of them. */
@OverBothFamilies
class DuplicateReportTest {
    @Test
    void shouldReportTheFirstOfTwoRangesThatCameTwice() {
        try (Wire wire = Wire.open(Wire.settings().build(), Packet::withSackPermitted)) {
            wire.dataAt(100, 100);
            wire.dataAt(300, 100);
            wire.stack.allSent();
            wire.dataAt(50, 400);
            final List<Integer> edges = wire.stack.sent().sack();
            assertThat(edges).containsExactly(wire.first() + 100, wire.first() + 200, wire.first() + 50,
                    wire.first() + 450);
        }
    }
}
