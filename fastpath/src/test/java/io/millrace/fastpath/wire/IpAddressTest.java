package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpAddressTest {
    private static final long GROUP = 0xFFFF;

    /** RFC 5952 §2 and §4. */
    @ParameterizedTest
    @CsvSource({"0:0:0:0:0:0:0:0, ::", "0:0:0:0:0:0:0:1, ::1", "fd00:0:0:0:0:0:0:0, fd00::",
            "fd00:0:0:0:0:0:0:2, fd00::2",
            "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1", "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
            "2001:0:0:1:0:0:0:1, 2001:0:0:1::1", "0:0:1:2:3:4:5:6, ::1:2:3:4:5:6", "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
            "2001:0DB8:0:0:0:0:0:00Aa, 2001:db8::aa", "10.0.0.1, 10.0.0.1"})
    void shouldWriteTheShortestText(final String address, final String text) {
        assertThat(IpAddress.toString(InetAddress.ofLiteral(address))).isEqualTo(text);
    }

    /** Of any address, with zeros in any of its groups. */
    @Property
    void shouldBeReadAsTheSameAddress(@ForAll final long hi, @ForAll final long lo, @ForAll final byte zeros) {
        final long someHi = hi & mask(zeros >>> 4);
        final long someLo = lo & mask(zeros);
        final InetAddress read = InetAddress.ofLiteral(IpAddress.toString(someHi, someLo));
        assertThat(IpAddress.hi(read)).isEqualTo(someHi);
        assertThat(IpAddress.lo(read)).isEqualTo(someLo);
    }

    private static long mask(final int zeros) {
        long mask = 0;
        for (int i = 0; i < 4; i++) {
            mask |= (zeros >> i & 1) == 0 ? GROUP << 16 * i : 0;
        }
        return mask;
    }
}
