package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class MillraceTransportTest {
    @Test
    void shouldBeAvailableHere() {
        assertThat(MillraceTransport.unavailabilityCause()).isNull();
        assertThat(MillraceTransport.isAvailable()).isTrue();
        assertThatCode(MillraceTransport::ensureAvailability).doesNotThrowAnyException();
    }

    @Test
    void shouldNameTheFlagThatIsMissing() {
        // A module that exports nothing to this one, as java.base does without the flag.
        final Module other = ModuleLayer.boot().findModule("java.logging").orElseThrow();
        assertThat(MillraceTransport.probe(25, other))
                .hasMessage("Millrace needs the JVM flag --add-exports java.base/jdk.internal.misc=ALL-UNNAMED");
    }

    @Test
    void shouldNameTheJavaVersionItNeeds() {
        assertThat(MillraceTransport.probe(21, Object.class.getModule())).hasMessage(
                "Millrace needs Java 25 or later, this is Java 21");
    }
}
