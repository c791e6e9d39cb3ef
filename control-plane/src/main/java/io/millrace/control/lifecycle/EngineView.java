package io.millrace.control.lifecycle;

import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.listen.Listeners;
import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.FastOpenCookies;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.udp.BindingTable;
import org.jspecify.annotations.Nullable;

/** The control plane as one engine sees it: snapshots to read, and a ring to write to. Thread: the engine's. */
public final class EngineView implements EngineControl {
    private final InitialSequenceNumbers sequenceNumbers;
    private final FastOpenCookies cookies;
    private final EphemeralPorts ports;
    private final Listeners listeners;
    private final BindingTable bindings;
    private final PublishedRoutes routes;
    private final EngineEvents events;
    private final Defects defects = new Defects("an engine", () -> {});
    private final long hashSeed;

    /** @param hashSeed secret: {@link EngineControl#hashSeed}. */
    public EngineView(final InitialSequenceNumbers sequenceNumbers, final FastOpenCookies cookies,
            final EphemeralPorts ports, final Listeners listeners, final BindingTable bindings,
            final PublishedRoutes routes, final EngineEvents events, final long hashSeed) {
        this.sequenceNumbers = sequenceNumbers;
        this.cookies = cookies;
        this.ports = ports;
        this.listeners = listeners;
        this.bindings = bindings;
        this.routes = routes;
        this.events = events;
        this.hashSeed = hashSeed;
    }

    @Override
    public InitialSequenceNumbers initialSequenceNumbers() {
        return sequenceNumbers;
    }

    @Override
    public FastOpenCookies fastOpenCookies() {
        return cookies;
    }

    @Override
    public EphemeralPorts ephemeralPorts() {
        return ports;
    }

    @Override
    public @Nullable ListenerPolicy listener(final long localHi, final long localLo, final int localPort) {
        return listeners.lookup(localHi, localLo, localPort);
    }

    @Override
    public BindingTable bindings() {
        return bindings;
    }

    @Override
    public long hashSeed() {
        return hashSeed;
    }

    @Override
    public RouteSnapshot routes() {
        return routes.current();
    }

    @Override
    public void onDefect(final Throwable exception) {
        defects.onException(exception);
    }

    @Override
    public EngineEvents events() {
        return events;
    }
}
