package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Event.CallEvent;
import io.millrace.fastpath.testing.socket.Call;
import io.millrace.fastpath.testing.socket.Errno;
import org.jspecify.annotations.Nullable;

/**
 * A system call that was made.
 *
 * @param check says what is wrong with what it answered, beside the result; null for nothing.
 */
record Started(Call call, Check check) {
    /** Looks at a call that is done. */
    interface Check {
        @Nullable
        String problem(Call call);
    }

    /** One whose result is all that counts. */
    static Started plain(final CallEvent event, final Call call) {
        return new Started(call, done -> resultProblem(event, done, done.result()));
    }

    /** Compares result and errno with what the script expects; null where they are the same. */
    static @Nullable String resultProblem(final CallEvent event, final Call call, final long result) {
        final String actual = result + (call.errno() == Errno.OK ? "" : " " + call.errno());
        final boolean same = switch (event.result()) {
            case Expression.Any _ -> true;
            case Expression.Number number -> number.value() == result && errnoMatches(event, call);
            case Expression.Name name -> Long.valueOf(result).equals(Constants.value(name.parts()));
            default -> false;
        };
        return same ? null : "it returned " + actual;
    }

    /** A script may leave the errno out. */
    private static boolean errnoMatches(final CallEvent event, final Call call) {
        return event.errno() == null || event.errno().equals(call.errno().name());
    }
}
