package io.millrace.control.lifecycle;

import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.engine.StackEngine;

/**
 * Drives the engines that nobody else drives, before a group of event loops comes and after it has gone: so a ping is
 * answered, orphans finish, and TIME_WAIT ends. An engine is taken for one turn at a time and given back at once.
 * Thread: the agent's.
 */
final class EngineCaretaker {
    private final StackEngine[] engines;
    private final Defects defects;
    private boolean driving;

    EngineCaretaker(final StackEngine[] engines, final ControlCounters counters) {
        this.engines = engines;
        defects = Defects.ofControlPlane(counters);
    }

    /** One turn of each engine that nobody drives; returns how much was done. */
    int doWork() {
        int done = 0;
        driving = false;
        final Thread current = Thread.currentThread();
        for (final StackEngine engine : engines) {
            if (engine.tryAttachDriver(current)) {
                driving = true;
                try {
                    done += engine.doWork();
                } catch (final InternalError e) {
                    engine.onMemoryLost(e);
                } catch (final RuntimeException e) {
                    defects.onException(e);
                } finally {
                    engine.detachDriver();
                }
            }
        }
        return done;
    }

    /** True where an engine had nobody else to drive it in the last turn. */
    boolean isDriving() {
        return driving;
    }
}
