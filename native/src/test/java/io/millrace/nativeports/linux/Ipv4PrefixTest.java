package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv4PrefixTest {
    @Test
    void shouldReadAddressAndLength() {
        final Ipv4Prefix prefix = Ipv4Prefix.parse("192.168.1.254/20");
        assertThat(prefix.address()).isEqualTo(0xC0A801FE);
        assertThat(prefix.mask()).isEqualTo(0xFFFFF000);
        assertThat(prefix).hasToString("192.168.1.254/20");
    }

    @Test
    void shouldMakeTheMasksAtBothEnds() {
        assertThat(Ipv4Prefix.parse("0.0.0.0/0").mask()).isZero();
        assertThat(Ipv4Prefix.parse("255.255.255.255/32").mask()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.1", "10.0.0.256/24", "10.0.0.1/33", "10.0.0/24", "fd00::1/64", "10.0.0.1/24 "})
    void shouldRefuseWhatIsNoAddressWithPrefix(final String text) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Ipv4Prefix.parse(text))
                .withMessage("\"" + text + "\" is no IPv4 address with prefix such as 10.0.0.1/24");
    }
}
