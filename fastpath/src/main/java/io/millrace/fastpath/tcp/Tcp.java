package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.counters.Mailbox;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IcmpError;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.TokenBucket;
import io.millrace.fastpath.ip.TransportInput;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.timer.TimerNodes;
import io.millrace.fastpath.timer.TimerWheel;
import io.millrace.fastpath.wire.AddressTest;

/**
 * One engine's TCP, put together: the engine hands in segments and the time, calls the phases of its turn, and gives the
 * {@linkplain #calls user calls} to the application. Thread: the engine's, but for {@link #isPortInUse}.
 */
public final class Tcp implements AutoCloseable {
    /** Bytes of the smallest block of the slab. */
    public static final int SLAB_BLOCK = 1_024;
    private static final int TIMERS_A_TURN = 1_024;

    private final ConnectionTable connections;
    private final Slab slab;
    private final TimerWheel timers;
    private final TcpContext context;
    private final TcpLists lists;
    private final LentTexts lentTexts;
    private final HeldTexts heldTexts;
    private final Lifecycle lifecycle;
    private final TcpOutput output;
    private final ReceiveQueue receiveQueue;
    private final TcpInput input;
    private final TimeWaitState timeWait;
    private final TcpTimers expiry;
    private final ConnectionSweep sweep;
    private final BurstPreview preview;
    private final UserCalls calls;
    private final ConnectionReporter reporter;
    private final SegmentWriter writer;

    public Tcp(final int engine, final Limits limits, final EngineControl control, final EngineCounters counters,
            final IpOutput ip, final LentFrames frames, final TokenBucket challenges, final long nowNs) {
        connections = new ConnectionTable(limits.maxConnections(), limits.maxTimeWait(), control.hashSeed());
        slab = new Slab("byte rings", limits.slabBytes(), SLAB_BLOCK);
        final TimerNodes nodes = new TimerNodes(connections.base(), Tcb.LENGTH, Tcb.TIMERS_OFFSET, Tcb.TIMER_SHIFT);
        timers = new TimerWheel(nodes, limits.timerTickNs(), nowNs);
        context = new TcpContext(engine, control, counters, ip, connections, slab, timers, challenges, frames);
        context.nowNs = nowNs;
        lists = context.lists;
        lentTexts = context.lentTexts;
        heldTexts = context.heldTexts;
        writer = new SegmentWriter(context);
        final Persist persist = new Persist(context, writer);
        final ReceiveTuning tuning = new ReceiveTuning(context);
        receiveQueue = new ReceiveQueue(slab, context, tuning);
        final LossRecovery recovery = new LossRecovery(slab, counters);
        final SendQueue sendQueue = new SendQueue(slab, recovery, context.heldTexts);
        final RetransmissionTimer timer = new RetransmissionTimer(context, recovery);
        final PathMtu pathMtu = new PathMtu(context, recovery);
        output = new TcpOutput(context, writer, persist, recovery, timer, pathMtu);
        lifecycle = new Lifecycle(context, sendQueue, receiveQueue, recovery, output, tuning, pathMtu,
                limits.maxOrphans());
        sweep = new ConnectionSweep(context, lifecycle);
        preview = new BurstPreview(limits.burst(), connections, ip.links().capabilities(0).linkLayer());
        timeWait = new TimeWaitState(context, writer);
        expiry = new TcpTimers(context, lifecycle, recovery, output, writer, persist, timer, pathMtu);
        calls = new UserCalls(context, lifecycle, sendQueue, receiveQueue, output, recovery);
        reporter = new ConnectionReporter(context, new InfoReader(context, recovery));
        final ClosedState closed = new ClosedState(context, writer);
        final AckStep ackStep = new AckStep(context, lifecycle, sendQueue, recovery, output, persist, timer,
                pathMtu);
        final Acknowledgement acknowledgement = new Acknowledgement(context, writer);
        final TextStep textStep = new TextStep(context, lifecycle, receiveQueue, output, acknowledgement);
        final SynchronizedStates synchronizedStates = new SynchronizedStates(context, lifecycle, output, closed,
                ackStep, textStep,
                acknowledgement, tuning);
        final ListenState listen = new ListenState(context, lifecycle, output, closed,
                new FastOpenServer(context, lifecycle, receiveQueue),
                new CookieHandshake(context, lifecycle, writer, closed, synchronizedStates));
        input = new TcpInput(context, lifecycle, closed, listen, new SynSentState(context, lifecycle, output, closed),
                synchronizedStates, timeWait, pathMtu);
    }

    /** Sizes; ranges as in the engine's settings. */
    public record Limits(int maxConnections, int maxTimeWait, long slabBytes, int burst, long timerTickNs,
            int maxOrphans) {}

    /** As many connections live on without an application from now on; those there are stay. */
    public void maxOrphans(final int most) {
        lifecycle.maxOrphans(most);
    }

    /** Answers of TIME_WAIT records, and challenges, sent in a second at the most from now on. */
    public void challengesPerSecond(final int most) {
        context.challenges.rate(most);
    }

    /** Where IP hands segments to. */
    public TransportInput input() {
        return input;
    }

    /** An ICMP error that reached another engine. */
    public void onForwardedIcmpError(final IcmpError error, final long localHi, final long localLo,
            final long remoteHi, final long remoteLo, final int ports, final int sequence, final int mtu) {
        input.onForwardedIcmpError(error, localHi, localLo, remoteHi, remoteLo, ports, sequence, mtu);
    }

    /** The user/TCP interface. */
    public TcpCalls calls() {
        return calls;
    }

    /** A burst of frames came, and is worked off next: a preview of what it is for. */
    public void onBurst(final long[] received, final int count) {
        preview.look(received, count);
    }

    /** One of them is worked off next. */
    public void onFrame(final int index) {
        preview.onFrame(index);
    }

    /** A turn begins. */
    public void onTurn(final long nowNs) {
        context.nowNs = nowNs;
    }

    /** Timers that are due, and what closed listeners and removed addresses have left; returns how many things were done. */
    public int onTimers() {
        return timers.poll(context.nowNs, expiry, TIMERS_A_TURN) + timeWait.expire(context.nowNs, TIMERS_A_TURN)
                + sweep.onTurn();
    }

    /** Tells the applications of connections that are ready now; returns how many. */
    public int dispatchReady() {
        final int ready = lists.readySize();
        for (int i = 0; i < ready; i++) {
            dispatch(lists.pollReady());
        }
        return ready;
    }

    private void dispatch(final Tcb tcb) {
        if (tcb.has(Tcb.DEAD)) {
            lifecycle.freeIfUnlinked(tcb);
            return;
        }
        final int events = tcb.events();
        if (!(connections.attachment(tcb) instanceof ConnectionHandler handler)) {
            // not accepted yet: attach tells what is there then
            return;
        }
        tcb.events(0);
        final long handle = tcb.handle();
        try {
            handler.onReady(handle, events);
        } catch (final RuntimeException e) {
            // the application's defect must not stop the loop for everyone else
            context.count(Counter.EXCEPTIONS);
            context.control.onDefect(e);
        }
        if ((events & (ConnectionHandler.FAILED | ConnectionHandler.CLOSED)) != 0) {
            final Tcb over = connections.find(handle);
            if (over != null && over.has(Tcb.SHELL)) {
                lifecycle.forget(over);
            }
        }
    }

    /** Sends for the connections that asked for it in this turn; returns how many. */
    public int flushOutput() {
        final int waiting = lists.outputSize();
        for (int i = 0; i < waiting; i++) {
            final Tcb tcb = lists.pollOutput();
            if (tcb.has(Tcb.DEAD)) {
                lifecycle.freeIfUnlinked(tcb);
            } else if (!tcb.has(Tcb.SHELL)) {
                flush(tcb);
            }
        }
        return waiting;
    }

    private void flush(final Tcb tcb) {
        final int index = tcb.index();
        try {
            if (tcb.state() == TcpState.SYN_SENT.ordinal() && tcb.sndNxt() == tcb.iss()) {
                // Fast Open waited for what the application would send in this turn
                output.sendSyn(tcb);
            } else {
                output.pump(tcb);
            }
        } catch (final RuntimeException e) {
            expiry.tryAgain(index, Tcb.TIMER_OUTPUT);
            throw e;
        }
    }

    /**
     * A turn ends: text that waited for its application in frames moves into rings, and the owners of text that was sent
     * from their memory are told what is acknowledged, or given up.
     */
    public void endTurn() {
        try {
            if (lentTexts.isWaiting()) {
                lentTexts.endTurn(connections, receiveQueue);
            }
        } finally {
            heldTexts.tellOwners();
        }
    }

    /** True where {@link #dispatchReady}, {@link #flushOutput} or {@link #endTurn} has something to do. */
    public boolean hasWork() {
        return sweep.isWaiting() || lists.readySize() != 0 || lists.outputSize() != 0
                || heldTexts.hasReleases()
                || lentTexts.isWaiting();
    }

    /** When the next timer is due, in nanoseconds of the engine's clock; {@link Long#MAX_VALUE} where none is. */
    public long nextDeadlineNs() {
        return Math.min(timers.nextDeadlineNs(), timeWait.nextEndNs());
    }

    /**
     * Adds some {@linkplain io.millrace.fastpath.counters.ConnectionRecord connections} to an answer; returns where the next
     * slice goes on.
     */
    public long report(final Mailbox into) {
        return reporter.report(into);
    }

    /** The listener is closed: its half-open connections are reset, in this turn and the next ones. */
    public void onListenerClosed(final int listenerId) {
        sweep.onListenerClosed(listenerId);
    }

    /** Connections whose local address is not ours any more fail, in this turn and the next ones. */
    public void onAddressesRemoved() {
        sweep.onAddressesRemoved();
    }

    /** Resets every connection, behind what was flushed in this turn; handlers are told in the ready phase that follows. */
    public void abortAll() {
        for (int index = 0; index < connections.highest(); index++) {
            try {
                final Tcb tcb = connections.wrap(index);
                if (tcb.generation() != 0 && !tcb.has(Tcb.SHELL)) {
                    calls.sendBeforeReset(tcb);
                    lifecycle.abort(tcb, TcpFailure.ABORTED);
                }
            } catch (final RuntimeException e) {
                // the peers of the others shall still learn it
                context.count(Counter.EXCEPTIONS);
                context.control.onDefect(e);
            }
        }
    }

    /** State of the connection with this 4-tuple: TIME_WAIT for a record, CLOSED where there is none. */
    public TcpState state(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports) {
        final int found = connections.find(localHi, localLo, remoteHi, remoteLo, ports);
        if (found >= 0) {
            return TcpState.of(connections.wrap(found).state());
        }
        return found == ConnectionTable.NONE ? TcpState.CLOSED : TcpState.TIME_WAIT;
    }

    /** True while a connection or TIME_WAIT record uses the local port. Thread: any, until closed. */
    public boolean isPortInUse(final int localPort) {
        return connections.isPortInUse(localPort);
    }

    /** True while a connection has such a local address. Thread: any, until closed. */
    public boolean isAddressInUse(final AddressTest meant) {
        return connections.isAddressInUse(meant);
    }

    /** Connections now, shells included. */
    public int connections() {
        return connections.inUse();
    }

    /** Connections in TIME_WAIT now. */
    public int timeWaits() {
        return connections.timeWait().size();
    }

    /** Bytes of the slab in use now. */
    public long slabInUse() {
        return slab.inUseBytes();
    }

    /**
     * Of shells whose applications have not received everything, and of what could not be aborted. Every handle is stale from
     * now on: whoever is told that a text is let go of cannot send it again.
     */
    private void releaseTexts() {
        for (int index = 0; index < connections.highest(); index++) {
            final Tcb tcb = connections.wrap(index);
            lentTexts.free(tcb);
            heldTexts.free(tcb);
            tcb.generation(0);
        }
    }

    @Override
    public void close() {
        writer.releaseBegun();
        releaseTexts();
        heldTexts.tellOwners();
        timers.close();
        connections.close();
        slab.close();
    }
}
