package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.nativeports.bypass.BypassCode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TapArgumentTest {
    @Test
    void shouldReadWhatThereIs() throws IOException {
        assertThat(TapArgument.parse(TunKind.TAP, "mr0")).isEqualTo(new TapArgument("mr0", "mr0", null, true, true));
        assertThat(TapArgument.parse(TunKind.TAP, "mr0@mill,receive=queue"))
                .isEqualTo(new TapArgument("mr0@mill", "mr0", "mill", false, true));
        assertThat(TapArgument.parse(TunKind.TAP, "mr0,bulk=direct,receive=queue"))
                .isEqualTo(new TapArgument("mr0", "mr0", null, false, false));
        assertThat(TapArgument.parse(TunKind.TAP, "mr0,bulk=steered").steered()).isTrue();
        assertThat(TapArgument.parse(TunKind.TAP, "mr0,receive=ring").ring()).isTrue();
        assertThat(TapArgument.parse(TunKind.TUN, "mr0@/proc/1/ns/net"))
                .isEqualTo(new TapArgument("mr0@/proc/1/ns/net", "mr0", "/proc/1/ns/net", false, false));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "TAP | mr0,receive=both | \"receive=both\" is no option of a port tap:; there is receive=ring, receive=queue, bulk=steered, bulk=direct",
            "TAP | mr0, | \"\" is no option of a port tap:; there is receive=ring, receive=queue, bulk=steered, bulk=direct",
            "TAP | mr0,bulk=direct,bulk | \"bulk\" is no option of a port tap:; there is receive=ring, receive=queue, bulk=steered, bulk=direct",
            "TUN | mr0,receive=queue | \"receive=queue\" is no option of a port tun:, which has none",
            "TAP | a:b,receive=queue | interface name \"a:b\" has a character that Linux forbids; use letters, digits, - and _"})
    void shouldRefuseWhatThereIsNot(final TunKind kind, final String argument, final String message) {
        assertThatThrownBy(() -> TapArgument.parse(kind, argument)).isInstanceOf(IOException.class).hasMessage(message);
    }

    @Test
    void shouldBeASettingOfTapsAlone() {
        assertThat(new TapDeviceProvider().options()).contains(TapArgument.RECEIVE, TapArgument.BULK);
        assertThat(new TunDeviceProvider().options()).doesNotContain(TapArgument.RECEIVE, TapArgument.BULK);
    }

    /** The memory that a stack says it may come to has it so. */
    @Test
    void shouldHaveARingOf130Pages() {
        assertThat(BypassCode.LENGTH).isEqualTo(130 * 4_096);
    }
}
