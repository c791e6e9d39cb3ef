package io.millrace.bench.compare.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LooksTest {
    private final AtomicInteger looks = new AtomicInteger();

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void shouldLookUntilItIsThere(final long pauseMs) throws IOException {
        Looks.until(() -> looks.incrementAndGet() == 3, pauseMs, 60_000, "never");
        assertThat(looks).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void shouldGiveUpAndSayWhat(final long pauseMs) {
        assertThatThrownBy(() -> Looks.until(() -> looks.incrementAndGet() < 0, pauseMs, 2, "x does not stop"))
                .isInstanceOf(IOException.class).hasMessage("x does not stop");
        assertThat(looks).hasPositiveValue();
    }

    @Test
    void shouldPassOnWhatIsWrong() {
        assertThatThrownBy(() -> Looks.until(() -> {
            throw new IOException("it has ended");
        }, 0, 60_000, "never")).hasMessage("it has ended");
    }
}
