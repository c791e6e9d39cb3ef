package io.millrace.fastpath.simulation;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Family;
import org.jspecify.annotations.Nullable;

/**
 * Two applications that are to be connected: one opens and the other's host listens, or both open at once (RFC 9293
 * §3.5). Both ends have the same port, which no other connection of the simulation has. Thread: the simulation's.
 */
final class SimulatedConnection {
    private static final int FIRST_PORT = 10_000;

    private final int number;
    private final SimulatedHost active;
    private final SimulatedHost passive;
    private final boolean simultaneous;
    private final TcpSettings activeSettings;
    private final TcpSettings passiveSettings;
    private final SimulatedApplication client;
    private final SimulatedApplication server;
    private final @Nullable SimulatedConnection before;
    /** When it begins; where there is one {@link #before}, how long after its end. */
    private long startNs;
    private boolean waits;
    private boolean started;

    /** @param startNs when it begins. */
    SimulatedConnection(final int number, final Ends ends, final SimulatedApplication client,
            final SimulatedApplication server, final boolean simultaneous, final long startNs) {
        this(number, ends, client, server, simultaneous, startNs, null);
    }

    private SimulatedConnection(final int number, final Ends ends, final SimulatedApplication client,
            final SimulatedApplication server, final boolean simultaneous, final long startNs,
            final @Nullable SimulatedConnection before) {
        this.number = number;
        this.active = ends.active;
        this.passive = ends.passive;
        this.activeSettings = ends.activeSettings;
        this.passiveSettings = ends.passiveSettings;
        this.client = client;
        this.server = server;
        this.simultaneous = simultaneous && active != passive;
        this.startNs = startNs;
        this.before = before;
        waits = before != null;
        client.peer(server);
        server.peer(client);
    }

    /**
     * Another connection of the same two ports, some time after the end of this one: while the network may still hold
     * segments of the first, and an end may be in TIME_WAIT, or not know of the end yet.
     */
    SimulatedConnection again(final SimulatedApplication nextClient, final SimulatedApplication nextServer,
            final long delayNs) {
        final Ends ends = new Ends(active, passive, activeSettings, passiveSettings);
        return new SimulatedConnection(number, ends, nextClient, nextServer, false, delayNs, this);
    }

    /** Which hosts, and with which settings. */
    record Ends(SimulatedHost active, SimulatedHost passive, TcpSettings activeSettings, TcpSettings passiveSettings) {}

    int port() {
        return FIRST_PORT + number;
    }

    SimulatedHost active() {
        return active;
    }

    SimulatedHost passive() {
        return passive;
    }

    SimulatedApplication client() {
        return client;
    }

    SimulatedApplication server() {
        return server;
    }

    TcpSettings passiveSettings() {
        return passiveSettings;
    }

    /** When it is to begin; {@link Long#MAX_VALUE} once it has, and while it waits for another to end. */
    long deadlineNs() {
        return started || waits ? Long.MAX_VALUE : startNs;
    }

    private boolean isOver() {
        return started && client.isOver() && (server.isOver() || !server.isAttached());
    }

    /** Opens where it is time; returns the number of things done. */
    int start(final long nowNs) {
        if (waits && before != null && before.isOver()) {
            waits = false;
            startNs += nowNs;
        }
        if (started || waits || nowNs < startNs) {
            return 0;
        }
        started = true;
        if (!simultaneous) {
            passive.listen(this);
        }
        open(active, passive, activeSettings, client, active == passive ? 0 : port());
        if (simultaneous) {
            open(passive, active, passiveSettings, server, port());
        }
        return 1;
    }

    private void open(final SimulatedHost from, final SimulatedHost to, final TcpSettings settings,
            final SimulatedApplication application, final int localPort) {
        application.attached(from.engine().tcp().connect(0, 0, localPort, Family.current().hi(),
                Family.current().lo(to.address()), port(), settings, application));
    }

    /** The handle of a connection that the listener made. */
    void accept(final long handle) {
        if (server.isAttached()) {
            // RFC 7413 §6.1: a SYN with text that the network repeats may bring its text twice, and nothing else may
            server.check(passiveSettings.fastOpen(), "accepted twice");
            passive.engine().tcp().abort(handle);
        } else if (passive.engine().tcp().attach(handle, server)) {
            server.attached(handle);
        }
    }

    /** Lets go of an end whose peer has gone and that nothing will ever tell so: keepalive is off. */
    boolean giveUp() {
        return giveUp(client, server, activeSettings) | giveUp(server, client, passiveSettings);
    }

    private static boolean giveUp(final SimulatedApplication end, final SimulatedApplication peer,
            final TcpSettings settings) {
        final boolean left = !settings.keepAlive() && end.isAttached() && !end.isOver()
                && (peer.isOver() || !peer.isAttached());
        if (left) {
            end.abandon();
        }
        return left;
    }

    /** Asserts what must be true of both TCBs together. */
    void assertEndsAgree() {
        if (active != passive) {
            active.invariants().checkWith(passive.invariants(), active.address(), passive.address(), port());
            passive.invariants().checkWith(active.invariants(), passive.address(), active.address(), port());
        }
    }

    /** Asserts that all arrived, or somebody was told why not. */
    void assertOutcome() {
        client.assertNothingHeld();
        server.assertNothingHeld();
        client.check(client.isOver(), "the client hangs");
        server.check(server.isOver() || !server.isAttached(), "the server hangs");
        final boolean rude = client.isRude() || server.isRude();
        client.check(isWhole() || rude || client.hasFailed() || server.hasFailed(),
                "bytes are lost and nobody was told");
    }

    /** True where each end received all that the other had. */
    boolean isWhole() {
        return client.receivedAll() && server.receivedAll();
    }

    /** Bytes that both ends received. */
    long bytes() {
        return client.received() + (long) server.received();
    }

    @Override
    public String toString() {
        return (simultaneous ? "both open: " : before != null ? "again: " : "") + client + "\n    " + server;
    }
}
