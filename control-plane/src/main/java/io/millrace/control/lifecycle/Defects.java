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

    private final ControlCounters counters;
    private final Set<String> logged = new HashSet<>();

    Defects(final ControlCounters counters) {
        this.counters = counters;
    }

    void onException(final Throwable exception) {
        counters.increment(ControlCounter.EXCEPTIONS);
        final StackTraceElement[] trace = exception.getStackTrace();
        final String place = exception.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
        if (logged.size() < MAX_PLACES && logged.add(place)) {
            LOG.error("exception in the control plane, logged once and counted from now on", exception);
        }
    }
}
