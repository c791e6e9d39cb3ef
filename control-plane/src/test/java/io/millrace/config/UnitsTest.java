package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({"0,0", "1500,1500", "1 B,1", "64KiB,65536", "64k,65536", "1.5KiB,1536", "1kB,1000", "1MB,1000000",
            "16MiB,16777216", "1 G,1073741824", "2 bytes,2", "-1KiB,-1024", "9E,9223372036854775807"})
    void shouldReadSizes(final String text, final long bytes) {
        assertThat(Units.bytes(text)).contains(bytes);
    }

    @ParameterizedTest
    @CsvSource({"''", "KiB", "1x", "1Kix", "0.3", "1xb", "--1", "1 2", "1Kbit"})
    void shouldRefuseWhatIsNoSize(final String text) {
        assertThat(Units.bytes(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1ns,1", "50us,50000", "50µs,50000", "40ms,40000000", "1.5s,1500000000", "2 seconds,2000000000",
            "1 second,1000000000", "2m,120000000000", "1h,3600000000000", "1 day,86400000000000", "0,0",
            "999999d,9223372036854775807"})
    void shouldReadTimes(final String text, final long nanos) {
        assertThat(Units.nanos(text)).contains(nanos);
    }

    @ParameterizedTest
    @CsvSource({"''", "40", "ms", "0.5ns", "1 week", "1S", "1ss"})
    void shouldRefuseWhatIsNoTime(final String text) {
        assertThat(Units.nanos(text)).isEmpty();
    }

    @Property
    void shouldReadBackTheTimesItWrites(@ForAll @LongRange(min = 0) final long nanos) {
        final QuantityType.Quantity quantity = Units.ofNanos(nanos);

        assertThat(Units.nanos(quantity.number() + quantity.unit())).isEqualTo(Optional.of(nanos));
    }

    @Property
    void shouldReadBackTheSizesItWrites(@ForAll @LongRange(min = 0) final long bytes) {
        final QuantityType.Quantity quantity = Units.ofBytes(bytes);

        assertThat(Units.bytes(quantity.number() + quantity.unit())).isEqualTo(Optional.of(bytes));
    }
}
