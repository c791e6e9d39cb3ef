package io.millrace.fastpath.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimerNodesTest {
    @Test
    void shouldPlaceTimersSideBySideInEachRecord() {
        final TimerNodes nodes = new TimerNodes(1000, 512, 64, 2);
        assertThat(nodes.address(0)).isEqualTo(1064);
        assertThat(nodes.address(3)).isEqualTo(1064 + 3 * 24);
        assertThat(nodes.address(4)).isEqualTo(1064 + 512);
        assertThat(nodes.address(Integer.MAX_VALUE)).isEqualTo(1064 + (Integer.MAX_VALUE >>> 2) * 512L + 3 * 24);
    }

    @Test
    void shouldNameATimerByItsRecordAndPlace() {
        final TimerNodes nodes = new TimerNodes(0, 512, 0, 2);
        final int node = nodes.node(1234, 3);
        assertThat(nodes.record(node)).isEqualTo(1234);
        assertThat(nodes.which(node)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"96,0,-1", "96,0,9", "96,8,2", "100,0,2", "104,4,2", "104,-8,2"})
    void shouldRefuseWhatDoesNotFit(final long strideBytes, final int firstOffset, final int shift) {
        assertThatThrownBy(() -> new TimerNodes(0, strideBytes, firstOffset, shift))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldAcceptWhatFitsExactly() {
        assertThat(new TimerNodes(0, 104, 8, 2).address(3)).isEqualTo(8 + 72);
        assertThat(new TimerNodes(0, 24, 0, 0).address(3)).isEqualTo(72);
    }
}
