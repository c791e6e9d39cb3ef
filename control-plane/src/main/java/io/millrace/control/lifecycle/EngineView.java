package io.millrace.control.lifecycle;

import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.listen.Listeners;
import io.millrace.fastpath.control.DatagramIdentifications;
import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.FastOpenCookies;
import io.millrace.fastpath.control.IcmpErrors;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.MulticastGroups;
import io.millrace.fastpath.control.OtherEngines;
import io.millrace.fastpath.control.OwnPorts;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.control.SynCookies;
import io.millrace.fastpath.udp.BindingTable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The control plane as one engine sees it: snapshots to read, and a ring to write to. Thread: the engine's. */
public final class EngineView implements EngineControl {
    private final EngineSecrets secrets;
    private final EngineViewSettings settings;
    private final Listeners listeners;
    private final BindingTable bindings;
    private final PublishedRoutes routes;
    private final MulticastGroups groups;
    private final EngineEvents events;
    private final Consumer<InternalError> memoryLost;
    private final Defects defects = new Defects("an engine", () -> {});

    /**
     * @param settings   what does not change as long as the stack lives.
     * @param memoryLost {@link EngineControl#onMemoryLost}.
     */
    public EngineView(final EngineSecrets secrets, final EngineViewSettings settings, final Listeners listeners,
            final BindingTable bindings, final PublishedRoutes routes, final MulticastGroups groups,
            final EngineEvents events, final Consumer<InternalError> memoryLost) {
        this.secrets = secrets;
        this.settings = settings;
        this.listeners = listeners;
        this.bindings = bindings;
        this.routes = routes;
        this.groups = groups;
        this.events = events;
        this.memoryLost = memoryLost;
    }

    @Override
    public int engines() {
        return settings.engines();
    }

    @Override
    public IcmpErrors otherEngines() {
        return settings.otherEngines();
    }

    @Override
    public OtherEngines segmentsOfOthers() {
        return settings.segments();
    }

    @Override
    public boolean dualStack() {
        return !settings.v6Only() && routes.current().hasV6();
    }

    @Override
    public boolean v6Only() {
        return settings.v6Only();
    }

    @Override
    public boolean flowLabels() {
        return settings.flowLabels();
    }

    @Override
    public OwnPorts ownPorts() {
        return settings.ownPorts();
    }

    @Override
    public DatagramIdentifications datagramIdentifications() {
        return secrets.identifications();
    }

    @Override
    public MulticastGroups multicastGroups() {
        return groups;
    }

    @Override
    public boolean hasDhcpClient() {
        return settings.hasDhcpClient();
    }

    @Override
    public InitialSequenceNumbers initialSequenceNumbers() {
        return secrets.sequenceNumbers();
    }

    @Override
    public FastOpenCookies fastOpenCookies() {
        return secrets.cookies();
    }

    @Override
    public SynCookies synCookies() {
        return secrets.synCookies();
    }

    @Override
    public EphemeralPorts ephemeralPorts() {
        return secrets.ports();
    }

    @Override
    public @Nullable ListenerPolicy listener(final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports) {
        return listeners.lookup(localHi, localLo, remoteHi, remoteLo, ports);
    }

    @Override
    public BindingTable bindings() {
        return bindings;
    }

    @Override
    public long hashSeed() {
        return secrets.hashSeed();
    }

    @Override
    public long observedMemory() {
        return settings.observedMemory();
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
    public void onMemoryLost(final InternalError error) {
        memoryLost.accept(error);
    }

    @Override
    public EngineEvents events() {
        return events;
    }
}
