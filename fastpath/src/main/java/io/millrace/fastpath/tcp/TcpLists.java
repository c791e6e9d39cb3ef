package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;

/**
 * Two queues of connections, linked through their TCBs: those with events to tell (ready), and those with something to
 * send at the end of the turn (output). A connection is in each at most once. Thread: the engine's.
 */
final class TcpLists {
    private static final int NONE = -1;

    private final ConnectionTable connections;
    private int readyFirst = NONE;
    private int readyLast = NONE;
    private int outputFirst = NONE;
    private int outputLast = NONE;
    private int readySize;
    private int outputSize;

    TcpLists(final ConnectionTable connections) {
        this.connections = connections;
    }

    /** Adds events; the application is told in the ready phase of this turn or the next. */
    void ready(final Tcb tcb, final int events) {
        tcb.events(tcb.events() | events);
        if (tcb.has(Tcb.IN_READY_LIST)) {
            return;
        }
        tcb.set(Tcb.IN_READY_LIST);
        tcb.readyNext(NONE);
        final int index = tcb.index();
        if (readyFirst == NONE) {
            readyFirst = index;
        } else {
            connections.wrap(readyLast).readyNext(index);
            connections.wrap(index);
        }
        readyLast = index;
        readySize++;
    }

    /** Asks for output at the end of this turn. */
    void output(final Tcb tcb) {
        if (tcb.has(Tcb.IN_OUTPUT_LIST)) {
            return;
        }
        tcb.set(Tcb.IN_OUTPUT_LIST);
        tcb.outputNext(NONE);
        final int index = tcb.index();
        if (outputFirst == NONE) {
            outputFirst = index;
        } else {
            connections.wrap(outputLast).outputNext(index);
            connections.wrap(index);
        }
        outputLast = index;
        outputSize++;
    }

    int readySize() {
        return readySize;
    }

    int outputSize() {
        return outputSize;
    }

    /** Takes the first ready connection off the list and wraps it. Only while {@link #readySize} is above 0. */
    Tcb pollReady() {
        final Tcb tcb = connections.wrap(readyFirst);
        readyFirst = tcb.readyNext();
        readySize--;
        tcb.clear(Tcb.IN_READY_LIST);
        return tcb;
    }

    /** Takes the first connection with output off the list and wraps it. Only while {@link #outputSize} is above 0. */
    Tcb pollOutput() {
        final Tcb tcb = connections.wrap(outputFirst);
        outputFirst = tcb.outputNext();
        outputSize--;
        tcb.clear(Tcb.IN_OUTPUT_LIST);
        return tcb;
    }
}
