package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.tcp.recovery.ScoreboardInvariants;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must be true of every TCB of an engine between two turns, and of the engine's tables as a whole. Checked by
 * walking all of them; what it saw last time tells what may only ever grow. Thread: the engine's.
 */
public final class TcpInvariants {
    private final TcpContext context;
    private final ScoreboardInvariants scoreboard;
    private final List<PastTcb> past = new ArrayList<>();

    /** @param calls of the engine to look into. */
    public TcpInvariants(final TcpCalls calls) {
        context = ((UserCalls) calls).context();
        scoreboard = new ScoreboardInvariants(context.slab);
    }

    /**
     * To be called after each turn.
     *
     * @throws AssertionError naming what is not true, and the TCB.
     */
    public void check() {
        final Totals totals = new Totals();
        final TimerInvariants timers = new TimerInvariants(context);
        for (int index = 0; index < context.connections.highest(); index++) {
            if (!context.connections.isLive(index)) {
                continue;
            }
            final Tcb tcb = context.connections.wrap(index);
            final PastTcb before = pastOf(tcb);
            try {
                check(tcb, before, timers);
            } catch (final AssertionError e) {
                throw new AssertionError(e.getMessage() + ": " + TcbView.describe(tcb, context), e);
            }
            before.remember(tcb, context.nowNs);
            totals.add(tcb, timers.armed(tcb), TcbView.slabBytes(tcb, context));
        }
        totals.check(context);
        checkTimeWait();
    }

    /** Every TCB, a line each. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (int index = 0; index < context.connections.highest(); index++) {
            if (context.connections.isLive(index)) {
                text.append("\n    ").append(TcbView.describe(context.connections.wrap(index), context));
            }
        }
        return text.toString();
    }

    private void check(final Tcb tcb, final PastTcb before, final TimerInvariants timers) {
        ReceiveInvariants.check(tcb, before, context);
        timers.check(tcb, before);
        if (!tcb.has(Tcb.SHELL)) {
            SendInvariants.check(tcb, before, context);
            if (TcbView.isSynchronized(tcb)) {
                scoreboard.check(tcb, context.nowNs);
            }
        }
    }

    private PastTcb pastOf(final Tcb tcb) {
        while (past.size() <= tcb.index()) {
            past.add(new PastTcb());
        }
        final PastTcb found = past.get(tcb.index());
        if (!found.isOf(tcb)) {
            found.begin(tcb);
        }
        return found;
    }

    /** The records are in the order of their ends, and what is over is gone. */
    private void checkTimeWait() {
        final int oldest = context.connections.timeWait().oldest();
        require(oldest < 0 || context.connections.timeWait().endNs(oldest) > context.nowNs,
                "a TIME_WAIT record outlives its end");
        require(oldest < 0 == (context.connections.timeWait().size() == 0), "TIME_WAIT records without an oldest");
    }

    /**
     * What must be true of a connection's two ends together: neither believes anything that the other has not said.
     * Nothing where one of them is not there.
     *
     * @param peer          the other end's engine.
     * @param address       of this end, in host order.
     * @param remoteAddress of the other end.
     * @param port          of both.
     */
    public void checkWith(final TcpInvariants peer, final int address, final int remoteAddress, final int port) {
        final Tcb here = find(address, remoteAddress, port);
        final Tcb there = peer.find(remoteAddress, address, port);
        if (here == null || there == null || !TcbView.isSynchronized(here) || !TcbView.isSynchronized(there)
                || here.irs() != there.iss() || there.irs() != here.iss()) {
            return;
        }
        try {
            SendInvariants.checkWith(here, there);
        } catch (final AssertionError e) {
            throw new AssertionError(e.getMessage() + ": " + TcbView.describe(here, context) + "; peer "
                    + TcbView.describe(there, peer.context), e);
        }
    }

    private @Nullable Tcb find(final int address, final int remoteAddress, final int port) {
        final int found = context.connections.find(Family.current().hi(), Family.current().lo(address),
                Family.current().hi(), Family.current().lo(remoteAddress), port << 16 | port);
        return found < 0 ? null : context.connections.wrap(found);
    }

    static void require(final boolean condition, final String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    /** Sums over all TCBs, to be compared with what the engine's tables say. */
    private static final class Totals {
        private int connections;
        private int ready;
        private int output;
        private int timers;
        private long slabBytes;

        void add(final Tcb tcb, final int armed, final long bytes) {
            connections++;
            ready += tcb.has(Tcb.IN_READY_LIST) ? 1 : 0;
            output += tcb.has(Tcb.IN_OUTPUT_LIST) ? 1 : 0;
            timers += armed;
            slabBytes += bytes;
        }

        void check(final TcpContext context) {
            final TcpLists lists = context.lists;
            require(timers == context.timers.armed(),
                    "timers armed: " + context.timers.armed() + ", of connections " + timers);
            require(slabBytes == context.slab.inUseBytes(),
                    "slab bytes in use: " + context.slab.inUseBytes() + ", held by connections " + slabBytes);
            require(ready <= lists.readySize() && output <= lists.outputSize(), "lists are shorter than their members");
            // a record that died while it was in a list is given back when the list comes to it
            final int dead = context.connections.inUse() - connections;
            require(dead >= 0 && dead <= lists.readySize() - ready + lists.outputSize() - output,
                    "records in use that are no connections: " + dead);
        }
    }
}
