package io.millrace.fastpath.engine;

import io.millrace.fastpath.counters.ConnectionRecord;
import io.millrace.fastpath.counters.EngineArea;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.counters.Gauge;
import io.millrace.fastpath.counters.LoopTimes;
import io.millrace.fastpath.counters.Mailbox;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.Links;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCount;
import io.millrace.fastpath.tcp.Tcp;
import io.millrace.fastpath.udp.Udp;
import org.jspecify.annotations.Nullable;

/**
 * Through which others look into an engine without stopping it: counters, the times of its loop, gauges that are at most
 * {@value #GAUGES_NS} ns old while it runs and true while it sleeps, and connections and UDP endpoints, a slice a turn,
 * for who asks in the mailbox.
 * Thread: the engine's.
 */
final class EngineWindow implements AutoCloseable {
    private static final long GAUGES_NS = 1_000_000;

    private final @Nullable MemoryRegion ownMemory;
    private final EngineCounters counters;
    private final LoopTimes loop;
    private final Mailbox mailbox;
    private final long gauges;
    private long gaugesNs;
    private boolean lost;

    /** @param observedMemory as the control plane gives it; 0: there is none. */
    EngineWindow(final long observedMemory, final long nowNs) {
        ownMemory = observedMemory == 0 ? MemoryRegion.allocate("counters", EngineArea.LENGTH) : null;
        final long address = ownMemory == null ? observedMemory : ownMemory.address();
        counters = new EngineCounters(address + EngineArea.COUNTERS);
        loop = new LoopTimes(address + EngineArea.LOOP);
        mailbox = new Mailbox(address + EngineArea.MAILBOX, ConnectionRecord.LENGTH, EngineArea.ANSWER_RECORDS);
        gauges = address + EngineArea.GAUGES;
        gaugesNs = nowNs - GAUGES_NS;
    }

    EngineCounters counters() {
        return counters;
    }

    /** A turn begins. */
    void onTurn(final long nowNs, final StackEngine engine) {
        loop.onTurn(nowNs);
        if (nowNs - gaugesNs >= GAUGES_NS) {
            showGauges(nowNs, engine);
        }
    }

    /** The driver falls asleep: what is shown now stays until it wakes, and must not be of a millisecond ago. */
    void onFallingAsleep(final long nowNs, final StackEngine engine) {
        if (!lost) {
            showGauges(nowNs, engine);
        }
    }

    private void showGauges(final long nowNs, final StackEngine engine) {
        gaugesNs = nowNs;
        engine.show(this);
        gauge(Gauge.LONGEST_GAP_NS, loop.longestNs());
        gauge(Gauge.LOOK_NS, nowNs);
    }

    /** Answers who asks for connections or UDP endpoints; returns 1 where somebody does. */
    int answer(final Tcp tcp, final Udp udp, final long nowNs) {
        if (!mailbox.isAsked()) {
            return 0;
        }
        final long kind = mailbox.begin();
        long next = Mailbox.END;
        try {
            next = kind == EngineArea.KIND_DATAGRAMS ? udp.report(mailbox) : tcp.report(mailbox);
        } finally {
            // also where an application's name for itself throws: the same question must not fail every turn
            mailbox.endSlice(next, nowNs);
        }
        return 1;
    }

    /** True where somebody waits for an answer. */
    boolean isAsked() {
        return mailbox.isAsked();
    }

    void show(final PacketPort port, final LentFrames frames, final IpOutput ip) {
        final Links links = ip.links();
        gauge(Gauge.PORT_DROPPED, port.dropped());
        gauge(Gauge.PORT_SYNS_DROPPED, port.synsDropped());
        gauge(Gauge.PORT_BULK_FRAMES, port.counted(PortCount.BULK_FRAMES));
        gauge(Gauge.PORT_BULK_BEGUN, port.counted(PortCount.BULK_BEGUN));
        gauge(Gauge.PORT_BULK_ENDED, port.counted(PortCount.BULK_ENDED));
        gauge(Gauge.PORT_BULK_REFUSED, port.counted(PortCount.BULK_REFUSED));
        gauge(Gauge.PORT_BULK_WITHOUT_CPU, port.counted(PortCount.BULK_WITHOUT_CPU));
        gauge(Gauge.PORT_MTU, port.capabilities().mtu());
        gauge(Gauge.LINK_MTU_V4, links.mtuV4(0));
        gauge(Gauge.LINK_MTU_V6, links.mtuV6(0));
        gauge(Gauge.LINK_HOP_LIMIT_V6, links.hopLimitV6(0, 0));
        gauge(Gauge.FRAMES_LENT, frames.lent());
    }

    void show(final Tcp tcp, final EngineSettings limits) {
        gauge(Gauge.CONNECTIONS, tcp.connections());
        gauge(Gauge.CONNECTIONS_LIMIT, limits.maxConnections());
        gauge(Gauge.TIME_WAITS, tcp.timeWaits());
        gauge(Gauge.TIME_WAITS_LIMIT, limits.maxTimeWait());
        gauge(Gauge.SLAB_BYTES, tcp.slabInUse());
        gauge(Gauge.SLAB_BYTES_LIMIT, limits.slabBytes());
    }

    void show(final Udp udp, final EngineSettings limits) {
        gauge(Gauge.DATAGRAM_ENDPOINTS, udp.endpoints());
        gauge(Gauge.DATAGRAM_BYTES, udp.bytesInUse());
        gauge(Gauge.DATAGRAM_BYTES_LIMIT, limits.datagramBytes());
    }

    /** The driver slept until now, as there was nothing to do. */
    void onSlept(final long nowNs) {
        loop.onSlept(nowNs);
    }

    /** The driver goes: until another comes, no turn is due. */
    void onDriverLeft() {
        loop.pause();
    }

    private void gauge(final Gauge gauge, final long value) {
        Memory.putLongOpaque(gauges + ((long) gauge.ordinal() << 3), value);
    }

    /** The memory is gone: nothing is shown any more, and counted where nobody looks. */
    void onMemoryLost() {
        lost = true;
        counters.moveToOwnMemory();
    }

    @Override
    public void close() {
        try {
            counters.close();
        } catch (final InternalError e) {
            counters.moveToOwnMemory();
            counters.close();
        }
        if (ownMemory != null) {
            ownMemory.close();
        }
    }
}
