package io.millrace.fastpath.testing;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.FastOpenCookies;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.MulticastGroups;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.control.SynCookies;
import io.millrace.fastpath.udp.BindingTable;
import io.millrace.fastpath.udp.PortRange;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The control plane of one engine under test: the parts that it is made of, and at most one listener a port, whatever the
 * address. It keeps the first defect and ignores every other event. Thread: the engine's.
 */
public class StandInControl implements EngineControl, EngineEvents {
    private static final long HASH_SEED = 42;

    private RouteSnapshot routes;
    private final InitialSequenceNumbers initialSequenceNumbers;
    private final EphemeralPorts ephemeralPorts;
    private final FastOpenCookies fastOpenCookies;
    private final SynCookies synCookies = new StandInSynCookies();
    private final Int2ObjectHashMap<ListenerPolicy> listeners = new Int2ObjectHashMap<>();
    private final BindingTable bindings = new BindingTable(new PortRange(50_000, 59_999, count -> 0));
    private @Nullable Throwable defect;
    private boolean dualStack;
    private boolean v6Only;
    private boolean flowLabels = true;

    /** Without Fast Open. */
    public StandInControl(final RouteSnapshot routes, final InitialSequenceNumbers initialSequenceNumbers,
            final EphemeralPorts ephemeralPorts) {
        this(routes, initialSequenceNumbers, ephemeralPorts, FastOpenCookies.NONE);
    }

    public StandInControl(final RouteSnapshot routes, final InitialSequenceNumbers initialSequenceNumbers,
            final EphemeralPorts ephemeralPorts, final FastOpenCookies fastOpenCookies) {
        this.routes = routes;
        this.initialSequenceNumbers = initialSequenceNumbers;
        this.ephemeralPorts = ephemeralPorts;
        this.fastOpenCookies = fastOpenCookies;
    }

    /** Takes SYNs to this port to the listener. */
    public final void listen(final int port, final ListenerPolicy listener) {
        listeners.put(port, listener);
    }

    /** Knows no listener on this port any more; returns the one that was there, or null. */
    public final @Nullable ListenerPolicy unlisten(final int port) {
        return listeners.remove(port);
    }

    /** The exception that the engine caught first; null where there was none. */
    public final @Nullable Throwable defect() {
        return defect;
    }

    /** How wildcards are meant: {@link EngineControl#dualStack}, {@link EngineControl#v6Only}. */
    public final void wildcards(final boolean forBoth, final boolean forV6Only) {
        dualStack = forBoth;
        v6Only = forV6Only;
    }

    /** Other routes from now on. */
    public final void routes(final RouteSnapshot next) {
        routes = next;
    }

    /** Whether packets carry flow labels. */
    public final void flowLabels(final boolean value) {
        flowLabels = value;
    }

    @Override
    public final boolean dualStack() {
        return dualStack;
    }

    @Override
    public final boolean v6Only() {
        return v6Only;
    }

    @Override
    public final boolean flowLabels() {
        return flowLabels;
    }

    @Override
    public final InitialSequenceNumbers initialSequenceNumbers() {
        return initialSequenceNumbers;
    }

    @Override
    public final FastOpenCookies fastOpenCookies() {
        return fastOpenCookies;
    }

    @Override
    public final SynCookies synCookies() {
        return synCookies;
    }

    @Override
    public final EphemeralPorts ephemeralPorts() {
        return ephemeralPorts;
    }

    @Override
    public @Nullable ListenerPolicy listener(final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports) {
        return listeners.get(ports >>> 16);
    }

    /** The routes, where they know groups. */
    @Override
    public final MulticastGroups multicastGroups() {
        return routes instanceof final MulticastGroups groups ? groups : MulticastGroups.NONE;
    }

    @Override
    public BindingTable bindings() {
        return bindings;
    }

    @Override
    public final long hashSeed() {
        return HASH_SEED;
    }

    @Override
    public final RouteSnapshot routes() {
        return routes;
    }

    @Override
    public final void onDefect(final Throwable exception) {
        if (defect == null) {
            defect = exception;
        }
    }

    @Override
    public final EngineEvents events() {
        return this;
    }

    @Override
    public void onArp(final int link, final int operation, final long senderMac, final int senderIp,
            final int targetIp) {}

    @Override
    public void onNeighbourWanted(final int link, final long hi, final long lo) {}

    @Override
    public void onNeighbourConfirmed(final int link, final long hi, final long lo) {}
}
