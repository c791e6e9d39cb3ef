package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestKeyTest {
    @ParameterizedTest
    @CsvSource({"'','',0", "a,'',1", "'',ab,2", "abc,abc,0", "abc,abd,1", "abc,ab,1", "abc,acb,1", "abcd,badc,2",
            "kitten,sitting,3", "ca,abc,3"})
    void shouldCountEdits(final String from, final String to, final int distance) {
        assertThat(NearestKey.distance(from, to)).isEqualTo(distance);
    }

    @Property(tries = 200)
    void shouldCountTheSameBothWays(@ForAll @StringLength(max = 12) final String from,
            @ForAll @StringLength(max = 12) final String to) {
        assertThat(NearestKey.distance(from, to)).isEqualTo(NearestKey.distance(to, from))
                .isLessThanOrEqualTo(Math.max(from.length(), to.length()));
    }
}
