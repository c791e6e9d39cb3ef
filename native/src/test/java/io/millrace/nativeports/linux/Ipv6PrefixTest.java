package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Ipv6PrefixTest {
    @Test
    void shouldReadAddressAndLength() {
        final Ipv6Prefix prefix = Ipv6Prefix.parse("fd00::1/64");
        assertThat(prefix.address()).isEqualTo(InetAddress.ofLiteral("fd00::1"));
        assertThat(prefix.length()).isEqualTo(64);
        assertThat(prefix).hasToString("fd00::1/64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "fd00::1", "fd00::1/129", "fd00::1/", "fd00::1/-1", "fd00::g/64", "fe80::1%eth0/64",
            "10.0.0.1/24", "::ffff:10.0.0.1/120", "/64"})
    void shouldRefuseWhatIsNoAddressWithPrefix(final String text) {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Ipv6Prefix.parse(text))
                .withMessage("\"" + text + "\" is no IPv6 address with prefix such as fd00::1/64");
    }
}
