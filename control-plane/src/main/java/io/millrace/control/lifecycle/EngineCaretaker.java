package io.millrace.control.lifecycle;

import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.engine.StackEngine;
import org.agrona.concurrent.Agent;

/**
 * Drives the engines that nobody else drives, before a group of event loops comes and after it has gone: so a ping is
 * answered, orphans finish, and TIME_WAIT ends. An engine is taken for one turn at a time and given back at once.
 * Thread: the agent's.
 */
final class EngineCaretaker implements Agent {
    private final StackEngine[] engines;
    private final Defects defects;

    EngineCaretaker(final StackEngine[] engines, final ControlCounters counters) {
        this.engines = engines;
        defects = Defects.ofControlPlane(counters);
    }

    @Override
    public int doWork() {
        int done = 0;
        final Thread current = Thread.currentThread();
        for (final StackEngine engine : engines) {
            if (engine.tryAttachDriver(current)) {
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

    @Override
    public String roleName() {
        return "millrace-caretaker";
    }
}
