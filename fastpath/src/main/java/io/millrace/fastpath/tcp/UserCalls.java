package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.ByteRing;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The calls of RFC 9293 §3.10.1 to §3.10.6. Thread: the engine's. */
final class UserCalls implements TcpCalls {
    private static final long MEMORY_RETRY_NS = 10_000_000L;
    /** As Linux, TCP_MAX_QUICKACKS. */
    private static final int QUICK_ACKS = 16;

    private final TcpContext context;
    private final ConnectionTable connections;
    private final Lifecycle lifecycle;
    private final SendQueue sendQueue;
    private final ReceiveQueue receiveQueue;
    private final TcpOutput output;
    private final SettingsChange change;
    private final InfoReader reader;
    private TcpFailure connectFailure = TcpFailure.NONE;
    private ByteBuffer claimed = ByteBuffer.allocate(0);

    UserCalls(final TcpContext context, final Lifecycle lifecycle, final SendQueue sendQueue,
            final ReceiveQueue receiveQueue, final TcpOutput output,
            final LossRecovery recovery) {
        this.context = context;
        this.connections = context.connections;
        this.lifecycle = lifecycle;
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
        this.output = output;
        this.change = new SettingsChange(context);
        this.reader = new InfoReader(context, recovery);
    }

    /** For tests that look into every connection. */
    TcpContext context() {
        return context;
    }

    @Override
    public long connect(final long localHi, final long localLo, final int localPort, final long remoteHi,
            final long remoteLo, final int remotePort, final TcpSettings settings, final ConnectionHandler handler) {
        if (connections.isClosed()) {
            return refuse(TcpFailure.ABORTED);
        }
        final RouteSnapshot routes = context.control.routes();
        final int route = routes.route(remoteHi, remoteLo);
        if (route == RouteSnapshot.NO_ROUTE || !isUnicast(routes, remoteHi, remoteLo)) {
            return refuse(TcpFailure.NETWORK_UNREACHABLE);
        }
        if (remotePort == 0) {
            return refuse(TcpFailure.ADDRESS_NOT_AVAILABLE);
        }
        long fromHi = localHi;
        long fromLo = localLo;
        if (IpAddress.isAny(localHi, localLo)) {
            fromHi = route == RouteSnapshot.LOCAL ? remoteHi : routes.sourceHi(route);
            fromLo = route == RouteSnapshot.LOCAL ? remoteLo : routes.sourceLo(route);
        } else if (!routes.isOwn(localHi, localLo)) {
            return refuse(TcpFailure.ADDRESS_NOT_AVAILABLE);
        }
        final int port = localPort != 0 ? localPort : choosePort(fromHi, fromLo, remoteHi, remoteLo, remotePort);
        if (port == 0) {
            context.count(Counter.TCP_NO_EPHEMERAL_PORT);
            return refuse(TcpFailure.ADDRESS_NOT_AVAILABLE);
        }
        final int ports = port << 16 | remotePort;
        if (connections.find(fromHi, fromLo, remoteHi, remoteLo, ports) != ConnectionTable.NONE) {
            return refuse(TcpFailure.ADDRESS_IN_USE);
        }
        final Tcb tcb = lifecycle.open(fromHi, fromLo, remoteHi, remoteLo, ports, settings);
        return tcb == null ? refuse(TcpFailure.NO_MEMORY) : start(tcb, handler);
    }

    /** RFC 1122 §4.2.3.10: an OPEN to a broadcast or multicast address is refused. */
    private static boolean isUnicast(final RouteSnapshot routes, final long hi, final long lo) {
        final boolean multicast = IpAddress.isV4(hi, lo) ? IpAddress.toV4(lo) >>> 28 == 0xE : hi >>> 56 == 0xFF;
        return !IpAddress.isAny(hi, lo) && !multicast && !routes.isBroadcast(hi, lo);
    }

    private long start(final Tcb tcb, final ConnectionHandler handler) {
        connectFailure = TcpFailure.NONE;
        connections.attachment(tcb, handler);
        SettingsChange.lockBuffers(tcb, connections.settings(tcb));
        tcb.state(TcpState.SYN_SENT.ordinal());
        context.count(Counter.TCP_ACTIVE_OPENS);
        final long handle = tcb.handle();
        if (connections.settings(tcb).fastOpen()) {
            // at the end of the turn, with what the application sends until then
            context.lists.output(tcb);
        } else {
            output.sendSyn(tcb);
        }
        return handle;
    }

    private long refuse(final TcpFailure failure) {
        connectFailure = failure;
        return 0;
    }

    /** RFC 6056: a port whose 4-tuple is free, and on which nobody listens; 0 where there is none. */
    private int choosePort(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int remotePort) {
        final EphemeralPorts candidates = context.control.ephemeralPorts();
        candidates.begin(localHi, localLo, remoteHi, remoteLo, remotePort);
        for (int i = candidates.candidates(); i > 0; i--) {
            final int port = candidates.next();
            if (connections.find(localHi, localLo, remoteHi, remoteLo, port << 16 | remotePort) == ConnectionTable.NONE
                    && context.control.listener(localHi, localLo, port) == null) {
                return port;
            }
        }
        return 0;
    }

    @Override
    public boolean attach(final long connection, final ConnectionHandler handler) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null) {
            return false;
        }
        connections.attachment(tcb, handler);
        SettingsChange.lockBuffers(tcb, connections.settings(tcb));
        tcb.clear(Tcb.UNACCEPTED);
        int events = tcb.events();
        if (tcb.unread() > 0) {
            events |= ConnectionHandler.READABLE;
        }
        if (tcb.has(Tcb.FIN_RECEIVED)) {
            events |= ConnectionHandler.PEER_CLOSED | ConnectionHandler.READABLE;
        }
        if (tcb.failure() != TcpFailure.NONE.ordinal()) {
            events |= ConnectionHandler.FAILED;
        }
        if (events != 0) {
            context.lists.ready(tcb, events);
        }
        lifecycle.tellClosed(tcb);
        return true;
    }

    @Override
    public int receive(final long connection, final long address, final int length) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null) {
            return -1;
        }
        final int copied = receiveQueue.receive(tcb, address, length);
        if (copied == 0) {
            return tcb.has(Tcb.FIN_RECEIVED | Tcb.SHELL | Tcb.INPUT_SHUT) ? -1 : 0;
        }
        onReceived(tcb);
        return copied;
    }

    @Override
    public long receiveFrame(final long connection) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null) {
            return 0;
        }
        final long frame = receiveQueue.receiveFrame(tcb);
        if (frame != 0) {
            onReceived(tcb);
        }
        return frame;
    }

    private void onReceived(final Tcb tcb) {
        if (tcb.has(Tcb.SHELL)) {
            lifecycle.tellClosed(tcb);
        } else {
            offerWindow(tcb);
        }
    }

    /**
     * Receiver's side of silly window avoidance (RFC 9293 §3.8.6.2.2): an update is sent where the edge moves by at
     * least two segments or half the buffer beyond what was announced, and the peer may be short of window.
     */
    private void offerWindow(final Tcb tcb) {
        if (tcb.has(Tcb.FIN_RECEIVED) || tcb.state() == TcpState.SYN_SENT.ordinal()) {
            return;
        }
        final int announced = tcb.rcvWnd();
        final int free = tcb.rcvRead() + tcb.receiveBuffer() - tcb.rcvNxt();
        final int buffer = tcb.receiveBuffer();
        final int step = Math.max(Math.min(2 * tcb.receiveMss(), buffer / 2), 1 << tcb.receiveShift());
        if (announced < buffer / 2 && free - announced >= step) {
            tcb.set(Tcb.ACK_NOW);
            context.lists.output(tcb);
        }
    }

    @Override
    public int available(final long connection) {
        final Tcb tcb = connections.find(connection);
        return tcb == null ? 0 : tcb.unread();
    }

    @Override
    public boolean isInputDone(final long connection) {
        final Tcb tcb = connections.find(connection);
        return tcb == null || tcb.has(Tcb.FIN_RECEIVED) && tcb.unread() == 0;
    }

    @Override
    public int send(final long connection, final long address, final int length) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null || !maySend(tcb)) {
            return -1;
        }
        final int taken = sendQueue.append(tcb, address, Math.min(length, context.sendRoom.space(tcb)));
        if (taken < length) {
            onShort(tcb, taken);
        }
        return taken;
    }

    @Override
    public int sendHeld(final long connection, final byte @Nullable [] array, final long place, final int length,
            final TextOwner owner, final Object text) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null || !maySend(tcb)) {
            return -1;
        }
        final int taken = sendQueue.hold(tcb, array, place, Math.min(length, context.sendRoom.space(tcb)), owner,
                text);
        context.counters.add(Counter.TCP_BYTES_HELD, taken);
        if (taken < length) {
            onShort(tcb, taken);
        }
        return taken;
    }

    @Override
    public int claim(final long connection, final int length) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null || !maySend(tcb)) {
            return -1;
        }
        final int room = sendQueue.reserve(tcb, Math.min(length, context.sendRoom.space(tcb)));
        if (room == 0) {
            onShort(tcb, 0);
            return 0;
        }
        final int claim = ByteRing.contiguous(tcb.sndCapacity(), tcb.sndEnd(), room);
        claimed = context.slab.view(ByteRing.address(tcb.sndRing(), tcb.sndCapacity(), tcb.sndEnd()), claim);
        return claim;
    }

    @Override
    public ByteBuffer claimed() {
        return claimed;
    }

    @Override
    public void commit(final long connection, final int length) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null && !tcb.has(Tcb.SHELL)) {
            sendQueue.commit(tcb, length);
        }
    }

    /** Less was taken than there is: the application is told when there is room again. */
    private void onShort(final Tcb tcb, final int taken) {
        tcb.set(Tcb.WANTS_WRITABLE);
        if (tcb.has(Tcb.CORK)) {
            // full without a full segment: what the cork holds must go, or there will never be room
            context.lists.output(tcb);
        }
        if (taken == 0 && SendQueue.length(tcb) == 0) {
            // the slab is full and no acknowledgement will come: ask again soon, but not in every turn
            context.count(Counter.TCP_SLAB_FULL);
            context.timers.schedule(tcb.timer(Tcb.TIMER_OUTPUT), context.nowNs + MEMORY_RETRY_NS);
        }
    }

    private static boolean maySend(final Tcb tcb) {
        if (tcb.has(Tcb.FIN_QUEUED | Tcb.SHELL)) {
            return false;
        }
        return switch (TcpState.of(tcb.state())) {
            case SYN_SENT, SYN_RECEIVED, ESTABLISHED, CLOSE_WAIT -> true;
            default -> false;
        };
    }

    @Override
    public int sendSpace(final long connection) {
        final Tcb tcb = connections.find(connection);
        return tcb == null || !maySend(tcb) ? 0 : context.sendRoom.space(tcb);
    }

    @Override
    public int unacknowledged(final long connection) {
        final Tcb tcb = connections.find(connection);
        return tcb == null || tcb.has(Tcb.SHELL) ? 0 : SendQueue.length(tcb);
    }

    @Override
    public void flush(final long connection) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null && !tcb.has(Tcb.SHELL)) {
            context.lists.output(tcb);
        }
    }

    @Override
    public void shutdownOutput(final long connection) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null && !tcb.has(Tcb.FIN_QUEUED | Tcb.SHELL)) {
            queueFin(tcb);
        }
    }

    /** RFC 9293 §3.10.4: the state changes at the moment of the call, the FIN follows the last byte. */
    private void queueFin(final Tcb tcb) {
        tcb.set(Tcb.FIN_QUEUED);
        tcb.clear(Tcb.CORK);
        switch (TcpState.of(tcb.state())) {
            case ESTABLISHED -> tcb.state(TcpState.FIN_WAIT_1.ordinal());
            case CLOSE_WAIT -> tcb.state(TcpState.LAST_ACK.ordinal());
            default -> {
                // SYN_SENT, SYN_RECEIVED: queued until ESTABLISHED
                return;
            }
        }
        context.lists.output(tcb);
    }

    @Override
    public void shutdownInput(final long connection) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null) {
            tcb.set(Tcb.INPUT_SHUT);
            receiveQueue.discard(tcb);
            if (tcb.has(Tcb.SHELL)) {
                lifecycle.tellClosed(tcb);
            } else {
                offerWindow(tcb);
            }
        }
    }

    @Override
    public void close(final long connection) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null) {
            return;
        }
        connections.attachment(tcb, null);
        tcb.set(Tcb.ORPHAN);
        tcb.clear(Tcb.UNACCEPTED);
        if (tcb.has(Tcb.SHELL) || tcb.state() == TcpState.SYN_SENT.ordinal()) {
            lifecycle.forget(tcb);
        } else if (tcb.unread() > 0) {
            // RFC 2525 §2.17: what the peer believes delivered is lost, and it must know
            context.count(Counter.TCP_CLOSED_WITH_UNREAD);
            sendBeforeReset(tcb);
            output.sendResetAnyway(tcb);
            lifecycle.fail(tcb, TcpFailure.ABORTED);
        } else {
            orphan(tcb);
        }
    }

    private void orphan(final Tcb tcb) {
        if (!lifecycle.adopt(tcb)) {
            context.count(Counter.TCP_TOO_MANY_ORPHANS);
            sendBeforeReset(tcb);
            lifecycle.abort(tcb, TcpFailure.ABORTED);
            return;
        }
        // the handle is stale for the application; the record lives on under a generation nobody holds
        connections.renew(tcb);
        if (!tcb.has(Tcb.FIN_QUEUED)) {
            queueFin(tcb);
        }
        if (tcb.state() == TcpState.FIN_WAIT_2.ordinal()) {
            lifecycle.armFinWait2(tcb);
        }
    }

    @Override
    public void abort(final long connection) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null) {
            return;
        }
        connections.attachment(tcb, null);
        tcb.set(Tcb.ORPHAN);
        tcb.clear(Tcb.UNACCEPTED);
        if (tcb.has(Tcb.SHELL)) {
            lifecycle.forget(tcb);
        } else {
            sendBeforeReset(tcb);
            lifecycle.abort(tcb, TcpFailure.ABORTED);
        }
    }

    /**
     * What was flushed earlier in this turn leaves before the reset, as it would where each flush sends at once: as much
     * as may be sent now. The rest is thrown away (RFC 9293 §3.10.5).
     */
    private void sendBeforeReset(final Tcb tcb) {
        if (tcb.has(Tcb.IN_OUTPUT_LIST) && tcb.state() != TcpState.SYN_SENT.ordinal()) {
            output.pump(tcb);
        }
    }

    @Override
    public TcpState state(final long connection) {
        final Tcb tcb = connections.find(connection);
        return tcb == null ? TcpState.CLOSED : TcpState.of(tcb.state());
    }

    @Override
    public TcpFailure failure(final long connection) {
        if (connection == 0) {
            return connectFailure;
        }
        final Tcb tcb = connections.find(connection);
        return tcb == null ? TcpFailure.NOT_CONNECTED : TcpFailure.of(tcb.failure());
    }

    @Override
    public InetSocketAddress localAddress(final long connection) {
        final Tcb tcb = alive(connection);
        return new InetSocketAddress(IpAddress.toInetAddress(tcb.localHi(), tcb.localLo()), tcb.localPort());
    }

    @Override
    public InetSocketAddress remoteAddress(final long connection) {
        final Tcb tcb = alive(connection);
        return new InetSocketAddress(IpAddress.toInetAddress(tcb.remoteHi(), tcb.remoteLo()), tcb.remotePort());
    }

    private Tcb alive(final long connection) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null) {
            throw new IllegalStateException("stale connection handle " + connection);
        }
        return tcb;
    }

    @Override
    public void noDelay(final long connection, final boolean noDelay) {
        flag(connection, Tcb.NO_DELAY, noDelay);
    }

    @Override
    public void cork(final long connection, final boolean cork) {
        flag(connection, Tcb.CORK, cork);
    }

    /** Sets or clears a flag that decides about output; what it held back goes out. */
    private void flag(final long connection, final int flag, final boolean on) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null && !tcb.has(Tcb.SHELL)) {
            if (on) {
                tcb.set(flag);
            } else {
                tcb.clear(flag);
            }
            context.lists.output(tcb);
        }
    }

    @Override
    public void keepAlive(final long connection, final boolean keepAlive) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null || tcb.has(Tcb.SHELL)) {
            return;
        }
        if (keepAlive) {
            tcb.set(Tcb.KEEP_ALIVE);
            lifecycle.armKeepAlive(tcb);
        } else {
            tcb.clear(Tcb.KEEP_ALIVE);
            context.timers.cancel(tcb.timer(Tcb.TIMER_LIFE));
        }
    }

    @Override
    public void receiveBuffer(final long connection, final int bytes) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null) {
            tcb.set(Tcb.RECEIVE_BUFFER_LOCKED);
            Lifecycle.limitReceiveBuffer(tcb, bytes);
        }
    }

    @Override
    public void sendBuffer(final long connection, final int bytes) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null) {
            tcb.set(Tcb.SEND_BUFFER_LOCKED);
            tcb.sendBuffer(bytes);
        }
    }

    @Override
    public void quickAck(final long connection, final boolean quick) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null || tcb.has(Tcb.SHELL)) {
            return;
        }
        tcb.quickAcks(quick ? QUICK_ACKS : 0);
        if (quick && context.timers.isArmed(tcb.timer(Tcb.TIMER_ACK))) {
            tcb.set(Tcb.ACK_NOW);
            context.lists.output(tcb);
        }
    }

    @Override
    public boolean settings(final long connection, final TcpSettings settings) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null) {
            return false;
        }
        change.apply(tcb, settings);
        return true;
    }

    @Override
    public @Nullable TcpSettings settings(final long connection) {
        final Tcb tcb = connections.find(connection);
        return tcb == null ? null : connections.settings(tcb);
    }

    @Override
    public boolean info(final long connection, final TcpInfo target) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null) {
            return false;
        }
        reader.read(tcb, target);
        return true;
    }

    @Override
    public int sendMss(final long connection) {
        final Tcb tcb = connections.find(connection);
        return tcb == null ? 0 : tcb.sndMss();
    }
}
