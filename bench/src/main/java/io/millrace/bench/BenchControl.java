package io.millrace.bench;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.control.SynCookies;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.udp.BindingTable;
import io.millrace.fastpath.udp.PortRange;
import org.jspecify.annotations.Nullable;

/**
 * A control plane for one engine that costs next to nothing: one address, every other one hop away, one listener on
 * {@link #PORT}, ports one after the other, always the same ISN.
 */
final class BenchControl implements EngineControl, RouteSnapshot, EphemeralPorts, EngineEvents {
    /** Where the listener listens. */
    static final int PORT = 80;
    /** The ISN of each connection. */
    static final int ISS = 1_000;

    private static final int FIRST_EPHEMERAL = 1_024;
    private static final int LAST_EPHEMERAL = 65_535;

    private final Family family;
    private final long own;
    private final Listener listener;
    private InitialSequenceNumbers sequenceNumbers = Isn.FIXED;
    private SynCookies cookies = SynCookies.NONE;
    private final BindingTable bindings = new BindingTable(
            new PortRange(FIRST_EPHEMERAL, LAST_EPHEMERAL, count -> 0));
    private int ephemeral = FIRST_EPHEMERAL;
    private long observedMemory;
    private @Nullable NeighbourAsker asker;
    private int link;

    /** Who finds out the MAC of a neighbour. */
    interface NeighbourAsker {
        void ask(int link, long hi, long lo);
    }

    BenchControl(final int address, final TcpSettings settings) {
        this(Family.IPV4, address, settings);
    }

    BenchControl(final Family family, final int host, final TcpSettings settings) {
        this.family = family;
        own = family.lo(host);
        listener = new Listener(settings);
    }

    /** Where the engine that is made next shows itself. */
    void observe(final MemoryRegion memory) {
        observedMemory = memory.address();
    }

    @Override
    public long observedMemory() {
        return observedMemory;
    }

    /** Every neighbour is on this link, and somebody knows its MAC. */
    void neighbours(final int on, final NeighbourAsker known) {
        link = on;
        asker = known;
    }

    Listener listener() {
        return listener;
    }

    /** Every SYN is answered with a cookie, and numbers are those that a stack has. */
    void answerWithCookies(final InitialSequenceNumbers numbers, final SynCookies made) {
        sequenceNumbers = numbers;
        cookies = made;
        listener.cookies = true;
    }

    @Override
    public InitialSequenceNumbers initialSequenceNumbers() {
        return sequenceNumbers;
    }

    @Override
    public SynCookies synCookies() {
        return cookies;
    }

    @Override
    public EphemeralPorts ephemeralPorts() {
        return this;
    }

    @Override
    public @Nullable ListenerPolicy listener(final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports) {
        return ports >>> 16 == PORT ? listener : null;
    }

    @Override
    public BindingTable bindings() {
        return bindings;
    }

    @Override
    public long hashSeed() {
        return 42;
    }

    @Override
    public RouteSnapshot routes() {
        return this;
    }

    @Override
    public EngineEvents events() {
        return this;
    }

    @Override
    public boolean isOwn(final long hi, final long lo) {
        return hi == family.hi() && lo == own;
    }

    @Override
    public boolean isBroadcast(final long hi, final long lo) {
        return false;
    }

    @Override
    public int route(final long hi, final long lo) {
        return isOwn(hi, lo) ? LOCAL : 0;
    }

    @Override
    public int link(final int route) {
        return link;
    }

    @Override
    public long nextHopHi(final int route, final long hi, final long lo) {
        return hi;
    }

    @Override
    public long nextHopLo(final int route, final long hi, final long lo) {
        return lo;
    }

    @Override
    public long sourceHi(final int route) {
        return family.hi();
    }

    @Override
    public long sourceLo(final int route) {
        return own;
    }

    @Override
    public int candidates() {
        return LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
    }

    @Override
    public void begin(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int remotePort) {}

    @Override
    public int next() {
        ephemeral = ephemeral == LAST_EPHEMERAL ? FIRST_EPHEMERAL : ephemeral + 1;
        return ephemeral;
    }

    @Override
    public void onArp(final int of, final int operation, final long senderMac, final int senderIp,
            final int targetIp) {}

    @Override
    public void onNeighbourWanted(final int of, final long hi, final long lo) {
        if (asker != null) {
            asker.ask(of, hi, lo);
        }
    }

    @Override
    public void onNeighbourConfirmed(final int of, final long hi, final long lo) {}

    private enum Isn implements InitialSequenceNumbers {
        FIXED;

        @Override
        public int next(final long localHi, final long localLo, final int localPort, final long remoteHi,
                final long remoteLo, final int remotePort, final long nowNs) {
            return ISS;
        }
    }

    /** A listener with room for everyone; its accept queue is a ring. */
    static final class Listener implements ListenerPolicy {
        private static final int QUEUE = 1_024;

        private final TcpSettings settings;
        private final long[] accepted = new long[QUEUE];
        private int head;
        private int tail;
        private boolean cookies;

        private Listener(final TcpSettings settings) {
            this.settings = settings;
        }

        /** The next established connection; 0 where there is none. */
        long poll() {
            return head == tail ? 0 : accepted[head++ & QUEUE - 1];
        }

        @Override
        public int id() {
            return 1;
        }

        @Override
        public TcpSettings settings() {
            return settings;
        }

        @Override
        public boolean reserveSyn() {
            return true;
        }

        @Override
        public SynAnswer onSyn(final boolean cookiePossible, final long nowNs) {
            return cookies ? SynAnswer.COOKIE : SynAnswer.QUEUED;
        }

        @Override
        public boolean expectsCookies(final long nowNs) {
            return cookies;
        }

        @Override
        public void releaseSyn() {}

        @Override
        public boolean reserveAccept() {
            return tail - head < QUEUE;
        }

        @Override
        public boolean offer(final int engine, final long connection) {
            accepted[tail++ & QUEUE - 1] = connection;
            return true;
        }
    }
}
