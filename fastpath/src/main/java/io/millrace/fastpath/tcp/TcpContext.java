package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.FlowLabel;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.TokenBucket;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.millrace.fastpath.timer.TimerWheel;
import io.millrace.fastpath.wire.IpAddress;

/**
 * What the parts of one engine's TCP share: tables, memory, timers, the way out, and the time of this turn. Thread: the
 * engine's.
 */
final class TcpContext {
    /** One tick of the timestamp clock: 1 ms, as Linux. */
    static final long TIMESTAMP_TICK_NS = 1_000_000L;

    private static final int ETHERNET_MSS = 1_460;

    /** Which engine of the stack this is. */
    final int engine;
    final EngineControl control;
    final EngineCounters counters;
    final IpOutput ip;
    final ConnectionTable connections;
    final Slab slab;
    final TimerWheel timers;
    final TokenBucket challenges;
    final TcpLists lists;
    final HeldTexts heldTexts;
    final LentTexts lentTexts;
    final FastOpenCache fastOpen = new FastOpenCache();
    final SendRoom sendRoom = new SendRoom(this);
    final LifeTimer lifeTimer = new LifeTimer(this);
    /** The engine's clock, read once a turn. */
    long nowNs;

    TcpContext(final int engine, final EngineControl control, final EngineCounters counters, final IpOutput ip,
            final ConnectionTable connections, final Slab slab, final TimerWheel timers, final TokenBucket challenges,
            final LentFrames frames) {
        this.engine = engine;
        this.control = control;
        this.counters = counters;
        this.ip = ip;
        this.connections = connections;
        this.slab = slab;
        this.timers = timers;
        this.challenges = challenges;
        this.lists = new TcpLists(connections);
        this.lentTexts = new LentTexts(frames, connections.capacity());
        this.heldTexts = new HeldTexts(connections.capacity(), control, counters);
    }

    CongestionControl congestion(final Tcb tcb) {
        return CongestionControls.at(tcb.congestion());
    }

    /**
     * Bytes of the initial window: RFC 6928 §2, min (10 * MSS, max (2 * MSS, 14600)), with the configured number of
     * segments in the place of 10; RFC 5681 §3.1: one segment after a lost SYN.
     */
    int initialWindow(final Tcb tcb) {
        final int mss = tcb.sndMss();
        if (tcb.has(Tcb.SYN_RETRANSMITTED)) {
            return mss;
        }
        final int segments = connections.settings(tcb).initialWindow();
        return Math.min(segments * mss, Math.max(2 * mss, segments * ETHERNET_MSS));
    }

    /** Timestamp clock of a connection (RFC 7323 §5.4): milliseconds, from an origin that is its own. */
    int timestamp(final Tcb tcb) {
        return timestamp(tcb.tsOffset());
    }

    /** The same for a TIME_WAIT record. */
    int timestamp(final int offset) {
        return (int) Math.floorDiv(nowNs, TIMESTAMP_TICK_NS) + offset;
    }

    /** The label of a connection's packets over IPv6 (RFC 6437); 0 for none. */
    int flowLabel(final Tcb tcb) {
        return isLabelled(tcb.remoteHi(), tcb.remoteLo()) ? FlowLabel.of(tcb.tsOffset(), tcb.ports()) : 0;
    }

    /** The same where there is no connection, or none any more. */
    int flowLabel(final long localHi, final long localLo, final long remoteHi, final long remoteLo, final int ports) {
        return isLabelled(remoteHi, remoteLo)
                ? FlowLabel.of(control.initialSequenceNumbers().timestampOffset(localHi, localLo, remoteHi, remoteLo),
                        ports)
                : 0;
    }

    private boolean isLabelled(final long remoteHi, final long remoteLo) {
        return !IpAddress.isV4(remoteHi, remoteLo) && control.flowLabels();
    }

    void count(final Counter counter) {
        counters.increment(counter);
    }
}
