package io.millrace.control.channel;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Commands to an engine that survive a full command ring: what the ring refuses waits here, in order, until the agent
 * tries again. Nobody spins, for the caller may be the very thread that empties the ring. At most {@link #LIMIT}
 * commands wait; the next is refused. ARP, IGMP, ICMPv6, DHCP and ICMP errors do not wait: they repeat themselves.
 * <p>
 * Thread: any; commands of one thread keep their order. {@link #doWork}: the agent's.
 */
public final class PatientCommands implements EngineCommands {
    /** How many commands may wait: more than a full accept queue of every listener is likely to need. */
    static final int LIMIT = 1 << 20;

    private final Supplier<EngineCommands> engine;
    private final ControlCounters counters;
    private final ConcurrentLinkedQueue<BooleanSupplier> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /** @param engine gives the engine's own proxy; asked at every command, for the engine is made after this. */
    public PatientCommands(final Supplier<EngineCommands> engine, final ControlCounters counters) {
        this.engine = engine;
        this.counters = counters;
    }

    /** Tries again what waits; returns how many commands went. */
    public int doWork() {
        int done = 0;
        for (BooleanSupplier next = waiting.peek(); next != null && next.getAsBoolean(); next = waiting.peek()) {
            waiting.poll();
            count.getAndDecrement();
            done++;
        }
        return done;
    }

    /** True where commands wait. */
    public boolean isWaiting() {
        return !isClear();
    }

    @Override
    public boolean neighbourResolved(final int link, final long hi, final long lo, final long mac) {
        return isClear() && engine.get().neighbourResolved(link, hi, lo, mac)
                || defer(() -> engine.get().neighbourResolved(link, hi, lo, mac));
    }

    @Override
    public boolean neighbourFailed(final int link, final long hi, final long lo) {
        return isClear() && engine.get().neighbourFailed(link, hi, lo)
                || defer(() -> engine.get().neighbourFailed(link, hi, lo));
    }

    @Override
    public boolean neighbourForgotten(final int link, final long hi, final long lo) {
        return isClear() && engine.get().neighbourForgotten(link, hi, lo)
                || defer(() -> engine.get().neighbourForgotten(link, hi, lo));
    }

    @Override
    public boolean transmitArp(final int link, final int operation, final long senderMac, final int senderIp,
            final long targetMac,
            final int targetIp) {
        return engine.get().transmitArp(link, operation, senderMac, senderIp, targetMac, targetIp) || refuse();
    }

    @Override
    public boolean transmitIgmp(final int link, final int source, final int destination, final long address,
            final int length) {
        return engine.get().transmitIgmp(link, source, destination, address, length) || refuse();
    }

    @Override
    public boolean transmitIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final long linkDestination, final int hopLimit, final boolean routerAlert,
            final long address, final int length) {
        return engine.get().transmitIcmpv6(link, sourceHi, sourceLo, destinationHi, destinationLo, linkDestination,
                hopLimit, routerAlert, address, length) || refuse();
    }

    @Override
    public boolean transmitDatagram(final int link, final int source, final int destination, final long linkDestination,
            final long address, final int length) {
        return engine.get().transmitDatagram(link, source, destination, linkDestination, address, length) || refuse();
    }

    @Override
    public boolean icmpError(final int error, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports, final int sequence, final int mtu) {
        return engine.get().icmpError(error, localHi, localLo, remoteHi, remoteLo, ports, sequence, mtu) || refuse();
    }

    @Override
    public boolean linkMtuV6(final int link, final int mtu) {
        return isClear() && engine.get().linkMtuV6(link, mtu) || defer(() -> engine.get().linkMtuV6(link, mtu));
    }

    @Override
    public boolean linkMtuV4(final int link, final int mtu) {
        return isClear() && engine.get().linkMtuV4(link, mtu) || defer(() -> engine.get().linkMtuV4(link, mtu));
    }

    @Override
    public boolean linkHopLimitV6(final int link, final int hopLimit) {
        return isClear() && engine.get().linkHopLimitV6(link, hopLimit)
                || defer(() -> engine.get().linkHopLimitV6(link, hopLimit));
    }

    @Override
    public boolean addressesRemoved() {
        return isClear() && engine.get().addressesRemoved() || defer(() -> engine.get().addressesRemoved());
    }

    @Override
    public boolean listenerClosed(final int listenerId) {
        return isClear() && engine.get().listenerClosed(listenerId)
                || defer(() -> engine.get().listenerClosed(listenerId));
    }

    @Override
    public boolean abort(final long connection) {
        return isClear() && engine.get().abort(connection) || defer(() -> engine.get().abort(connection));
    }

    @Override
    public boolean closeEndpoint(final int endpoint) {
        return isClear() && engine.get().closeEndpoint(endpoint) || defer(() -> engine.get().closeEndpoint(endpoint));
    }

    private boolean isClear() {
        return count.get() == 0;
    }

    private boolean defer(final BooleanSupplier command) {
        if (count.getAndIncrement() >= LIMIT) {
            count.getAndDecrement();
            return refuse();
        }
        counters.increment(ControlCounter.COMMANDS_DEFERRED);
        waiting.add(command);
        return true;
    }

    private boolean refuse() {
        counters.increment(ControlCounter.COMMANDS_REFUSED);
        return false;
    }
}
