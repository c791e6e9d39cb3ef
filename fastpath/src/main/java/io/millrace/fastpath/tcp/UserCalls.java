package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of RFC 9293 §3.10.1 to §3.10.6; OPEN, SEND and changes of options are {@link OpenCall}, {@link SendCall} and
 * {@link SettingsChange}. Thread: the engine's.
 */
final class UserCalls implements TcpCalls {
    private final TcpContext context;
    private final ConnectionTable connections;
    private final Lifecycle lifecycle;
    private final SendQueue sendQueue;
    private final ReceiveQueue receiveQueue;
    private final TcpOutput output;
    private final OpenCall open;
    private final SendCall send;
    private final SettingsChange change;
    private final InfoReader reader;

    UserCalls(final TcpContext context, final Lifecycle lifecycle, final SendQueue sendQueue,
            final ReceiveQueue receiveQueue, final TcpOutput output,
            final LossRecovery recovery) {
        this.context = context;
        this.connections = context.connections;
        this.lifecycle = lifecycle;
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
        this.output = output;
        this.open = new OpenCall(context, lifecycle, output);
        this.send = new SendCall(context, sendQueue);
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
        return open.connect(localHi, localLo, localPort, remoteHi, remoteLo, remotePort, settings, handler);
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
    public int pending(final long connection) {
        final Tcb tcb = connections.find(connection);
        if (tcb == null) {
            return -1;
        }
        final int unread = tcb.unread();
        return unread == 0 && tcb.has(Tcb.FIN_RECEIVED) ? -1 : unread;
    }

    @Override
    public boolean isInputDone(final long connection) {
        final Tcb tcb = connections.find(connection);
        return tcb == null || tcb.has(Tcb.FIN_RECEIVED) && tcb.unread() == 0;
    }

    @Override
    public int send(final long connection, final long address, final int length) {
        return send.copy(connections.find(connection), address, length);
    }

    @Override
    public int sendHeld(final long connection, final byte @Nullable [] array, final long place, final int length,
            final TextOwner owner, final Object text) {
        return send.hold(connections.find(connection), array, place, length, owner, text);
    }

    @Override
    public int claim(final long connection, final int length) {
        return send.claim(connections.find(connection), length);
    }

    @Override
    public ByteBuffer claimed() {
        return send.claimed();
    }

    @Override
    public void commit(final long connection, final int length) {
        final Tcb tcb = running(connection);
        if (tcb != null) {
            sendQueue.commit(tcb, length);
        }
    }

    @Override
    public int sendSpace(final long connection) {
        return send.space(connections.find(connection));
    }

    @Override
    public int unacknowledged(final long connection) {
        final Tcb tcb = running(connection);
        return tcb == null ? 0 : SendQueue.length(tcb);
    }

    @Override
    public void flush(final long connection) {
        final Tcb tcb = running(connection);
        if (tcb != null) {
            context.lists.output(tcb);
        }
    }

    /** The connection of a handle; null where the handle is stale, or the connection over. */
    private @Nullable Tcb running(final long connection) {
        final Tcb tcb = connections.find(connection);
        return tcb == null || tcb.has(Tcb.SHELL) ? null : tcb;
    }

    @Override
    public void shutdownOutput(final long connection) {
        final Tcb tcb = running(connection);
        if (tcb != null && !tcb.has(Tcb.FIN_QUEUED)) {
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
            onReceived(tcb);
        }
    }

    @Override
    public void close(final long connection) {
        final Tcb tcb = letGo(connection);
        if (tcb == null) {
            return;
        }
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

    /** From now on the connection is nobody's; null where the handle is stale. */
    private @Nullable Tcb letGo(final long connection) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null) {
            connections.attachment(tcb, null);
            tcb.set(Tcb.ORPHAN);
            tcb.clear(Tcb.UNACCEPTED);
        }
        return tcb;
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
        final Tcb tcb = letGo(connection);
        if (tcb == null) {
            return;
        }
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
    void sendBeforeReset(final Tcb tcb) {
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
    public String refusal() {
        return open.refusalText();
    }

    @Override
    public TcpFailure failure(final long connection) {
        if (connection == 0) {
            return open.refusal();
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
        change.flag(running(connection), Tcb.NO_DELAY, noDelay);
    }

    @Override
    public void cork(final long connection, final boolean cork) {
        change.flag(running(connection), Tcb.CORK, cork);
    }

    @Override
    public void keepAlive(final long connection, final boolean keepAlive) {
        final Tcb tcb = running(connection);
        if (tcb != null && keepAlive) {
            tcb.set(Tcb.KEEP_ALIVE);
            lifecycle.armLife(tcb);
        } else if (tcb != null) {
            change.endKeepAlive(tcb);
        }
    }

    @Override
    public void receiveBuffer(final long connection, final int bytes) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null) {
            SettingsChange.lockReceiveBuffer(tcb, bytes);
        }
    }

    @Override
    public void sendBuffer(final long connection, final int bytes) {
        final Tcb tcb = connections.find(connection);
        if (tcb != null) {
            SettingsChange.lockSendBuffer(tcb, bytes);
        }
    }

    @Override
    public void quickAck(final long connection, final boolean quick) {
        change.quickAck(running(connection), quick);
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
