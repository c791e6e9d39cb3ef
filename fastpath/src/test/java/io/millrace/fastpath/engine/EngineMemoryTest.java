package io.millrace.fastpath.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.ip.ReassemblySettings;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is computed before an engine is made is what it takes. */
class EngineMemoryTest {
    /** Of what has a fixed size, which is rounded up. */
    private static final long SLACK = 256 << 10;

    static Stream<EngineSettings> settings() {
        return Stream.of(EngineSettings.DEFAULT, new EngineSettings(16, 16, 1 << 20, 16, 1 << 16, 16, 4, 1_000),
                new EngineSettings(1_000_000, 16, 1 << 20, 16, 1 << 16, 16, 4, 1_000),
                new EngineSettings(16, 1_000_000, 1 << 20, 16, 1 << 16, 16, 4, 1_000),
                new EngineSettings(16, 16, 1 << 30, 16, 1 << 16, 16, 4, 1_000, 1, 1, ReassemblySettings.DEFAULT,
                        1 << 28),
                EngineSettings.DEFAULT.with(new ReassemblySettings(0, 1_000_000_000L)),
                EngineSettings.DEFAULT.with(new ReassemblySettings(1 << 27, 1_000_000_000L)));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void shouldBeWhatAnEngineTakes(final EngineSettings settings) {
        final QueuePort port = new QueuePort(1_500);
        final long before = MemoryRegion.bytesInUse();
        try (StackDriver stack = new StackDriver(settings, port)) {
            final long scratch = 1 << 20;
            final long taken = MemoryRegion.bytesInUse() - before - scratch;
            assertThat(stack.engine().isClosed()).isFalse();
            assertThat(EngineMemory.of(settings).total()).isBetween(taken, taken + SLACK);
        }
    }
}
