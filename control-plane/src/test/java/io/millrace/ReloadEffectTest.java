package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.ConfigKey;
import io.millrace.control.listen.TcpListener;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a key says of its change at run time is so, key by key. */
@Timeout(60)
class ReloadEffectTest {
    private static final int LISTENER = 80;
    /** Asks for more places than it gets. */
    private static final int GREEDY = 81;

    static List<ConfigKey<?>> keys() {
        return ReloadEffect.keys();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void shouldShowTheChange(final ConfigKey<?> key) throws IOException {
        final ReloadEffect effect = ReloadEffect.of(key);
        final List<?> before = observed(effect, false);
        final List<?> after = observed(effect, true);
        assertThat(after).hasSameSizeAs(before).isNotEmpty();
        for (int i = 0; i < before.size(); i++) {
            assertThat(after.get(i)).as("%s, what there is to see, number %s", key, i).isNotEqualTo(before.get(i));
        }
    }

    /** The same twice, but for the reload: of a listener, and with a peer, that were there before it. */
    private static List<?> observed(final ReloadEffect effect, final boolean reloads) throws IOException {
        try (StackPair pair = new StackPair(effect.before());
                TcpListener listener = StackPair.listen(pair.stack, LISTENER, 0)) {
            StackPair.listen(pair.stack, GREEDY, 1_000);
            StackPair.listen(pair.peer, LISTENER, 0);
            pair.run(3_000); // announcements are over
            if (reloads) {
                final ReloadReport report = pair.stack
                        .reload(StackPair.config("10.0.0.2/24", effect.before() + "\n" + effect.after()));
                assertThat(report.refused()).isEmpty();
                assertThat(report.changes()).hasSize(1);
            }
            pair.run(1);
            return effect.observe().look(pair, listener);
        }
    }
}
