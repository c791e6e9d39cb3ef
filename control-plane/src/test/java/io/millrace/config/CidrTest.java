package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({"10.0.0.2/24,10.0.0.255,true", "10.0.0.2/24,10.0.1.0,false", "10.0.0.2/31,10.0.0.3,true",
            "10.0.0.2/32,10.0.0.3,false", "10.0.0.2/0,200.1.2.3,true", "172.16.200.1/12,172.31.0.1,true",
            "172.16.200.1/12,172.32.0.1,false", "2001:db8::2/64,2001:db8::ffff,true",
            "2001:db8::2/64,2001:db8:0:1::,false", "10.0.0.2/0,2001:db8::1,false"})
    void shouldKnowWhatLiesWithin(final String cidr, final String address, final boolean within) {
        assertThat(Cidr.parse(cidr).contains(InetAddress.ofLiteral(address))).isEqualTo(within);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.2", "10.0.0.2/", "10.0.0.2/-1", "10.0.0.2/33", "10.2/8", "host/24", "::1/129",
            "fe80::1%lo/64", "/24", "10.0.0.2/24/24", "0x0a.0.0.1/8"})
    void shouldRefuseWhatIsNoPrefix(final String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text));
    }
}
