package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7413 §4.1.1: a request, or a cookie of 4 to 16 bytes, of an even number. */
class FastOpenOptionTest extends WithGuardedMemory {
    private static final int ROOM = 20;
    private static final int PATTERN = 0x5A;

    private final TcpOptions options = new TcpOptions();

    /** Just before the end of the memory that may be read. */
    private boolean decode(final int cookie) {
        final int length = 2 + cookie;
        final long address = memory.end() - length;
        Memory.putByte(address, 34);
        Memory.putByte(address + 1, length);
        for (int i = 2; i < length; i++) {
            Memory.putByte(address + i, PATTERN + i);
        }
        return options.decode(address, length);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6, 8, 10, 12, 14, 16})
    void shouldTakeCookiesOfFourToSixteenBytes(final int cookie) {
        assertThat(decode(cookie)).isTrue();
        assertThat(options.hasFastOpen()).isTrue();
        assertThat(options.cookieLength()).isEqualTo(cookie);
        assertThat(Memory.getUnsignedByte(options.cookie())).isEqualTo(PATTERN + 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 15, 17, 18})
    void shouldRefuseOthers(final int cookie) {
        assertThat(decode(cookie)).isFalse();
        assertThat(options.hasFastOpen()).isFalse();
    }

    @Test
    void shouldTellARequestFromACookie() {
        assertThat(decode(0)).isTrue();
        assertThat(options.hasFastOpen()).isTrue();
        assertThat(options.cookieLength()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, 6, 8, 16})
    void shouldPadToAMultipleOfFour(final int cookie) {
        final long address = memory.end() - ROOM;
        final int written = TcpOptions.writeFastOpen(address, cookie);
        assertThat(written % 4).isZero();
        assertThat(written).isBetween(2 + cookie, ROOM);
        assertThat(options.decode(address, written)).isTrue();
        assertThat(options.cookieLength()).isEqualTo(cookie);
    }
}
