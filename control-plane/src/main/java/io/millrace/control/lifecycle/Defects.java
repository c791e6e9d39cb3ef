package io.millrace.control.lifecycle;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of an exception that nobody expected: it is counted, and logged the first time it comes from a place,
 * so a defect that returns every turn does not fill the log. Thread: one.
 */
final class Defects {
    private static final Logger LOG = LoggerFactory.getLogger(Defects.class);
    private static final int MAX_PLACES = 100;

    private final String where;
    private final Runnable counter;
    private final Set<String> logged = new HashSet<>();

    /**
     * @param where   for the log, e.g. {@code the control plane}.
     * @param counter counts one.
     */
    Defects(final String where, final Runnable counter) {
        this.where = where;
        this.counter = counter;
    }

    /** Counts and logs what the control plane's threads throw. */
    static Defects ofControlPlane(final ControlCounters counters) {
        return new Defects("the control plane", () -> counters.increment(ControlCounter.CONTROL_EXCEPTIONS));
    }

    void onException(final Throwable exception) {
        counter.run();
        final StackTraceElement[] trace = exception.getStackTrace();
        final String place = exception.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
        if (logged.size() < MAX_PLACES && logged.add(place)) {
            LOG.error("exception in {}, logged once and counted from now on", where, exception);
        }
    }
}
