package io.millrace.fastpath.testing.script;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One event of a script: something done to the stack, or awaited from it. */
sealed interface Event {
    /** The line it begins in, from 1. */
    int line();

    /** When it happens. */
    When when();

    /**
     * A packet for the stack, or expected from it.
     *
     * @param inbound for the stack.
     */
    record PacketEvent(int line, When when, boolean inbound, PacketSpec packet) implements Event {}

    /**
     * A system call.
     *
     * @param endNs  when a blocking call is done, counted like its start; -1: it does not block.
     * @param result what it returns.
     * @param errno  the name of the errno; null where none is written.
     */
    record CallEvent(int line, When when, long endNs, String name, List<Expression> arguments, Expression result,
            @Nullable String errno) implements Event {
        /** In the notation of a script. */
        String text() {
            final String list = new Expression.Function(name, arguments).toString();
            return list + " = " + result + (errno == null ? "" : " " + errno);
        }
    }

    /** A command in backquotes. */
    record CommandEvent(int line, When when, String command) implements Event {}

    /** Code: assertions about {@code TCP_INFO}. */
    record CodeEvent(int line, When when, Code code) implements Event {}
}
