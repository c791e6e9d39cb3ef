package io.millrace.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class HexLinesTest {
    @Test
    void shouldNumberLinesInHexadecimal() {
        final ByteBuf text = Unpooled.buffer();
        HexLines.write(text, 0x9F * HexLines.LINE, 2 * HexLines.LINE);

        assertThat(text.toString(StandardCharsets.US_ASCII)).isEqualTo("00000000000009f\n0000000000000a0\n");
    }

    @Property
    void shouldWriteWhatEachOffsetSays(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE - 1_000) final long offset,
            @ForAll @IntRange(max = 100) final int length) {
        final ByteBuf text = Unpooled.buffer(1);
        HexLines.write(text, offset, length);

        assertThat(text.readableBytes()).isEqualTo(length);
        for (int i = 0; i < length; i++) {
            final long line = offset + i >>> 4;
            assertThat((char) text.getByte(i)).isEqualTo("%015x\n".formatted(line).charAt((int) (offset + i & 15)));
        }
        assertThat(HexLines.matches(text, offset)).isTrue();
    }

    @Test
    void shouldSeeAByteThatIsWrongOrInTheWrongPlace() {
        final ByteBuf text = Unpooled.buffer();
        HexLines.write(text, 5, 100);

        assertThat(HexLines.matches(text, 5)).isTrue();
        assertThat(HexLines.matches(text, 21)).isFalse();
        for (int i = 0; i < 100; i++) {
            text.setByte(i, text.getByte(i) ^ 1);
            assertThat(HexLines.matches(text, 5)).isFalse();
            text.setByte(i, text.getByte(i) ^ 1);
        }
    }
}
