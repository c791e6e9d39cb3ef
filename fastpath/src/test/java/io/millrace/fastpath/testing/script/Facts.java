package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Code.Statement;
import io.millrace.fastpath.testing.socket.SocketDriver;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What assertions can ask: {@code tcpi_} names of the socket opened last, constants, and two names of our own:
 * {@code connections} and {@code time_waits}, how many the stack holds. Thread: the runner's.
 */
final class Facts {
    private final SocketDriver stack;
    private final Map<String, Long> info;

    Facts(final SocketDriver stack, final Descriptors descriptors) {
        this.stack = stack;
        info = stack.tcpInfo(descriptors.underTest());
    }

    /** @throws Mismatch for the first statement that does not hold. */
    void check(final Code code) {
        for (final Statement statement : code.statements()) {
            final String problem = statement.problem(this::value);
            if (problem != null) {
                throw new Mismatch(statement.line(), "an assertion fails: " + problem);
            }
        }
    }

    private @Nullable Double value(final String name) {
        final Long value = switch (name) {
            case "connections" -> Long.valueOf(stack.connections());
            case "time_waits" -> Long.valueOf(stack.timeWaits());
            default -> name.startsWith("tcpi_") ? info.get(name) : Constants.value(name);
        };
        return value == null ? null : value.doubleValue();
    }
}
