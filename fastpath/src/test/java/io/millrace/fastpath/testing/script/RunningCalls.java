package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Event.CallEvent;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** System calls that were made, and whether they answer what and when the script says. Thread: the runner's. */
final class RunningCalls {
    private final SystemCalls system;
    private final long startNs;
    private final long toleranceNs;
    private final Trace trace;
    private final List<Running> running = new ArrayList<>();

    RunningCalls(final SystemCalls system, final long startNs, final long toleranceNs, final Trace trace) {
        this.system = system;
        this.startNs = startNs;
        this.toleranceNs = toleranceNs;
        this.trace = trace;
    }

    /** @param endNs when it is done. */
    private record Running(CallEvent event, Started started, long endNs) {}

    /** Makes a call. @param baseNs what its end is counted from. */
    void start(final CallEvent event, final long baseNs, final long nowNs) {
        final Started started = system.start(event);
        if (event.endNs() >= 0) {
            running.add(new Running(event, started, baseNs + event.endNs()));
        } else if (started.call().isDone()) {
            trace.add(nowNs, shown(event, started));
            verify(event, started);
        } else {
            throw new Mismatch(event.text() + ": the call blocks");
        }
    }

    private static String shown(final CallEvent event, final Started started) {
        final String answer = started.call().toString();
        return new Expression.Function(event.name(), event.arguments()) + answer.substring(answer.indexOf(" ="));
    }

    /** Looks at those that may be done. */
    void check(final long nowNs) {
        for (final Iterator<Running> all = running.iterator(); all.hasNext();) {
            final Running one = all.next();
            if (one.started.call().isDone()) {
                all.remove();
                done(one);
            } else if (nowNs > one.endNs + toleranceNs) {
                throw new Mismatch(one.event.line(), one.event.text() + ": expected to be done at "
                        + Trace.time(one.endNs) + ", still blocks");
            }
        }
    }

    private void done(final Running one) {
        final long doneNs = one.started.call().doneNs() - startNs;
        trace.add(doneNs, "..." + shown(one.event, one.started));
        if (Math.abs(doneNs - one.endNs) > toleranceNs) {
            throw new Mismatch(one.event.line(), one.event.text() + ": expected to be done at "
                    + Trace.time(one.endNs) + ", was done at " + Trace.time(doneNs));
        }
        verify(one.event, one.started);
    }

    private static void verify(final CallEvent event, final Started started) {
        final String problem = started.check().problem(started.call());
        if (problem != null) {
            throw new Mismatch(event.line(), "a system call differs: " + problem + "\n  expected: " + event.text()
                    + "\n  actual:   " + shown(event, started));
        }
    }

    /** When the last of them should be done; 0 where none runs. */
    long lastEndNs() {
        return running.stream().mapToLong(Running::endNs).max().orElse(0);
    }

    /** Fails where one still blocks. */
    void requireNone() {
        if (!running.isEmpty()) {
            final Running one = running.getFirst();
            throw new Mismatch(one.event.line(), one.event.text() + ": still blocks at the end");
        }
    }

    /** Where the last listener listens. */
    int listenPort() {
        return system.listenPort();
    }

    boolean isPatternOnly() {
        return system.isPatternOnly();
    }
}
