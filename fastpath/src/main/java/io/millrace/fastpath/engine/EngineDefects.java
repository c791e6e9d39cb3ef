package io.millrace.fastpath.engine;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;

/** Where exceptions end that no peer and no application may cause: counted, told, and the engine goes on. */
record EngineDefects(EngineCounters counters, EngineControl control) {
    void onDefect(final Throwable exception) {
        counters.increment(Counter.EXCEPTIONS);
        control.onDefect(exception);
    }
}
