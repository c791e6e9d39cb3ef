package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortCapabilitiesTest {
    private static final int MTU = 1_500;
    private static final int HEADER = 14;
    private static final int TAG = 4;
    private static final int SEGMENT = 9_000;
    private static final int VLAN = 0x8100;

    private final FramePool pool = new FramePool("test", 1, 2_048);
    private final long frame = pool.acquire();

    @AfterEach
    void close() {
        pool.close();
    }

    private static PortCapabilities port(final boolean linkLayer, final int segment) {
        return new PortCapabilities(linkLayer, MTU, 0, segment > 0, false, segment,
                Math.max(MTU, segment) + (linkLayer ? HEADER + TAG : 0));
    }

    @ParameterizedTest
    @CsvSource({"true, 1514, 0x0800, false", "true, 1515, 0x0800, true", "true, 1518, 0x8100, false",
            "true, 1519, 0x8100, true", "false, 1500, 0x0800, false", "false, 1501, 0x0800, true",
            "false, 1501, 0x8100, true"})
    void shouldCountNeitherTheLinksHeaderNorATagToThePacket(final boolean linkLayer, final int length, final int type,
            final boolean tooLong) {
        Memory.putShortBE(Frame.data(frame) + HEADER - 2, type);
        Frame.length(frame, length);
        assertThat(port(linkLayer, 0).isTooLong(frame)).isEqualTo(tooLong);
        assertThat(port(linkLayer, SEGMENT).isTooLong(frame)).isEqualTo(tooLong);
    }

    @Test
    void shouldLetAVirtualSegmentBeAsLongAsAFrame() {
        Memory.putShortBE(Frame.data(frame) + HEADER - 2, VLAN);
        Frame.segmentation(frame, Frame.GSO_TCPV4, 1_448, 66);
        Frame.length(frame, SEGMENT + HEADER + TAG);
        assertThat(port(true, SEGMENT).isTooLong(frame)).isFalse();
        Frame.length(frame, SEGMENT + HEADER + TAG + 1);
        assertThat(port(true, SEGMENT).isTooLong(frame)).isTrue();
    }

    @Test
    void shouldLetNoVirtualSegmentPassAPortThatDoesNotCutIt() {
        Memory.putShortBE(Frame.data(frame) + HEADER - 2, 0x0800);
        Frame.segmentation(frame, Frame.GSO_TCPV4, 1_448, 66);
        Frame.length(frame, MTU + HEADER + 1);
        assertThat(port(true, 0).isTooLong(frame)).isTrue();
    }
}
