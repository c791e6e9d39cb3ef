package io.millrace.control.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.wire.IpAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.2/24", "0.0.0.0/0", "192.168.1.1/32", "fd00:0:0:0:0:0:0:2/64", "0:0:0:0:0:0:0:0/0"})
    void shouldPrintWhatItParsed(final String text) {
        assertThat(Cidr.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "10.0.0.2|\"10.0.0.2\" has no prefix length; write it like 10.0.0.2/24 or fd00::2/64",
            "10.0.0.2/33|prefix length 33 of 10.0.0.2 is not 0 to 32",
            "fd00::1/129|prefix length 129 of fd00:0:0:0:0:0:0:1 is not 0 to 128",
            "10.0.0.2/x|\"x\" in \"10.0.0.2/x\" is no prefix length",
            "10.0.0.2/|\"\" in \"10.0.0.2/\" is no prefix length",
            "10.0.0.256/24|\"10.0.0.256\" is no IP address",
            "10.1/24|\"10.1\" is no IP address; names are not resolved here",
            "localhost/8|\"localhost\" is no IP address; names are not resolved here",
            "fe80::1%eth0/64|\"fe80::1%eth0\" is no IP address; names are not resolved here"})
    void shouldSayWhatIsWrong(final String text, final String message) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.2/24,10.0.0.255,true", "10.0.0.2/24,10.0.1.0,false", "0.0.0.0/0,8.8.8.8,true",
            "10.0.0.2/32,10.0.0.2,true", "10.0.0.2/32,10.0.0.3,false", "::/0,10.0.0.1,false", "::/0,fd00::1,true",
            "0.0.0.0/0,fd00::1,false", "fd00::/64,fd00::ffff:1,true", "fd00::/64,fd00:0:0:1::1,false",
            "fd00::/63,fd00:0:0:1::1,true"})
    void shouldContainTheAddressesOfItsPrefix(final String prefix, final String address, final boolean contained) {
        final var inet = Cidr.parseAddress(address);
        assertThat(Cidr.parse(prefix).contains(IpAddress.hi(inet), IpAddress.lo(inet))).isEqualTo(contained);
    }

    @Test
    void shouldKnowTheDirectedBroadcast() {
        assertThat(Cidr.parse("10.1.2.3/22").broadcastLo()).isEqualTo(IpAddress.v4(0x0a0103ff));
        assertThat(Cidr.parse("10.1.2.3/30").hasBroadcast()).isTrue();
        assertThat(Cidr.parse("10.1.2.3/31").hasBroadcast()).isFalse();
        assertThat(Cidr.parse("fd00::1/64").hasBroadcast()).isFalse();
    }

    @Test
    void shouldKnowTheNetwork() {
        assertThat(Cidr.parse("10.1.2.3/22").network()).hasToString("10.1.0.0/22");
        assertThat(Cidr.parse("10.1.2.3/22").isNetwork()).isFalse();
        assertThat(Cidr.parse("10.1.0.0/22").isNetwork()).isTrue();
    }
}
