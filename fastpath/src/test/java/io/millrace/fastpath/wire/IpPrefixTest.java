package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {
    @ParameterizedTest
    @CsvSource({"10.0.0.0/8, 10.255.1.2, true", "10.0.0.0/8, 11.0.0.0, false", "0.0.0.0/0, 203.0.113.7, true",
            "0.0.0.0/0, ::1, false", "192.0.2.7/32, 192.0.2.7, true", "192.0.2.7/32, 192.0.2.6, false",
            "192.0.2.7, 192.0.2.7, true", "192.0.2.7, 192.0.2.8, false", "::/0, fd00::1, true", "::/0, 10.0.0.1, true",
            "fd00::/8, fdff::1, true", "fd00::/8, fe00::1, false", "2001:db8::/64, 2001:db8::ffff:1:2:3, true",
            "2001:db8::/64, 2001:db8:0:1::, false", "2001:db8::1:0/112, 2001:db8::1:ffff, true",
            "2001:db8::1:0/112, 2001:db8::2:0, false", "2001:db8::1, 2001:db8::1, true",
            "2001:db8::1, 2001:db8::2, false"})
    void shouldContainWhatBeginsWithIt(final String prefix, final String address, final boolean contained) {
        final InetAddress inet = InetAddress.ofLiteral(address);
        assertThat(IpPrefix.parse(prefix).contains(IpAddress.hi(inet), IpAddress.lo(inet))).isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8", "fd00::1/64", "fd00::/129", "example.org/8",
            "10.0.0.0/", "/8", "", "10.0.0.0/8/8"})
    void shouldRefuse(final String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> IpPrefix.parse(text));
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8, 10.0.0.0/8", "192.0.2.7, 192.0.2.7/32", "::/0, ::/0",
            "fd00::/8, fd00::/8"})
    void shouldShowItself(final String text, final String shown) {
        assertThat(IpPrefix.parse(text)).hasToString(shown).isEqualTo(IpPrefix.parse(shown));
    }
}
