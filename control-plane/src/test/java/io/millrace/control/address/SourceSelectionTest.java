package io.millrace.control.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Cidr;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceSelectionTest {
    /** RFC 6724 §10.1, where one interface is enough, and what follows from the rules; a star: deprecated. */
    @ParameterizedTest(name = "{0} from {1}: {2}")
    @CsvSource({"2001:db8:1::1, 2001:db8:3::1/64 fe80::1/64, 2001:db8:3::1",
            "ff05::1, 2001:db8:3::1/64 fe80::1/64, 2001:db8:3::1", "ff02::1, 2001:db8:3::1/64 fe80::1/64, fe80::1",
            "2001:db8:1::1, 2001:db8:1::1/64* 2001:db8:2::1/64, 2001:db8:1::1",
            "fe80::1, fe80::2/64* 2001:db8:1::1/64, fe80::2",
            "2001:db8:1::1, 2001:db8:1::2/64 2001:db8:3::2/64, 2001:db8:1::2",
            "2001:db8:1::1, 2001:db8:3::2/64 2001:db8:1::2/64, 2001:db8:1::2",
            "2001:db8:1::1, 2001:db8:1::2/64* 2001:db8:3::2/64, 2001:db8:3::2",
            "2002:c633:6401::1, 2002:c633:6401::d5e3:7953:13eb:22e8/64 2001:db8:1::2/64, 2002:c633:6401::d5e3:7953:13eb:22e8",
            "fd11::9, 2001:db8::1/64 fd00::1/64, fd00::1", "2001:db8::9, fd00::1/64 2001:4860::1/64, 2001:4860::1",
            "2001:db8::8000:0:0:1, 2001:db8::1/32 2001:db8::8000:0:0:2/32, 2001:db8::1"})
    void shouldTakeTheSourceThatSuitsTheDestination(final String destination, final String own, final String source) {
        final SourceSelection selection = of(own.split(" "));
        final InetAddress to = InetAddress.ofLiteral(destination);
        final int best = selection.select(IpAddress.hi(to), IpAddress.lo(to), 0);
        assertThat(IpAddress.toInetAddress(selection.hi(best), selection.lo(best)))
                .isEqualTo(InetAddress.ofLiteral(source));
    }

    @Test
    void shouldHaveNoneWithoutAnIpv6Address() {
        assertThat(of("10.0.0.2/24").select(1, 1, 0)).isEqualTo(SourceSelection.NONE);
    }

    private static SourceSelection of(final String... addresses) {
        return new SourceSelection(Arrays.stream(addresses)
                .map(text -> OwnAddress.of(Cidr.parse(text.replace("*", "")))
                        .in(text.endsWith("*") ? OwnAddress.State.DEPRECATED : OwnAddress.State.PREFERRED))
                .toList());
    }
}
