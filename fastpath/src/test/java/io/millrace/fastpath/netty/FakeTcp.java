package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.tcp.TcpInfo;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.tcp.TextOwner;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The calls of {@link TcpCalls} on {@link FakeConnection}s; checks that only the engine's thread calls. */
final class FakeTcp implements TcpCalls {
    final Map<Long, FakeConnection> connections = new LinkedHashMap<>();
    final FakeEngine engine;
    TcpFailure refuseConnect = TcpFailure.NONE;
    /** What was sent without a copy. */
    final List<Runnable> held = new ArrayList<>();
    int pendingAsked;
    private ByteBuffer claimed = ByteBuffer.allocate(0);
    private long nextHandle;

    FakeTcp(final FakeEngine engine, final int index) {
        this.engine = engine;
        this.nextHandle = index * 1_000L + 1;
    }

    FakeConnection newConnection() {
        final FakeConnection connection = new FakeConnection(nextHandle++);
        connections.put(connection.handle, connection);
        return connection;
    }

    FakeConnection last() {
        return connections.values().stream().reduce((first, second) -> second).orElseThrow();
    }

    @Nullable
    private FakeConnection live(final long handle) {
        engine.requireDriver();
        final FakeConnection connection = connections.get(handle);
        return connection == null || connection.stale ? null : connection;
    }

    private int ask(final long handle, final int whenStale, final ToIntFunction<FakeConnection> question) {
        final FakeConnection connection = live(handle);
        return connection == null ? whenStale : question.applyAsInt(connection);
    }

    private void note(final long handle, final String call) {
        final FakeConnection connection = live(handle);
        if (connection != null) {
            connection.calls.add(call);
        }
    }

    private void end(final long handle, final String call) {
        note(handle, call);
        final FakeConnection connection = live(handle);
        if (connection != null) {
            connection.stale = true;
        }
    }

    @Override
    public long connect(final long localHi, final long localLo, final int localPort, final long remoteHi,
            final long remoteLo, final int remotePort, final TcpSettings settings, final ConnectionHandler handler) {
        engine.requireDriver();
        if (refuseConnect != TcpFailure.NONE) {
            return 0;
        }
        final FakeConnection connection = newConnection();
        connection.handler = handler;
        connection.settings = settings;
        connection.remote = new InetSocketAddress(IpAddress.toInetAddress(remoteHi, remoteLo), remotePort);
        if (localLo != 0) {
            connection.local = new InetSocketAddress(IpAddress.toInetAddress(localHi, localLo),
                    localPort == 0 ? 1024 : localPort);
        }
        return connection.handle;
    }

    @Override
    public boolean attach(final long handle, final ConnectionHandler handler) {
        final FakeConnection connection = live(handle);
        if (connection == null) {
            return false;
        }
        connection.handler = handler;
        return true;
    }

    @Override
    public int receive(final long handle, final long address, final int length) {
        return ask(handle, -1, connection -> connection.receive(address, length));
    }

    @Override
    public long receiveFrame(final long handle) {
        live(handle);
        return 0;
    }

    @Override
    public int available(final long handle) {
        return ask(handle, 0, FakeConnection::available);
    }

    @Override
    public int pending(final long handle) {
        pendingAsked++;
        return isInputDone(handle) ? -1 : available(handle);
    }

    @Override
    public boolean isInputDone(final long handle) {
        return ask(handle, 0, connection -> connection.isInputDone() ? 1 : 0) == 1;
    }

    @Override
    public int send(final long handle, final long address, final int length) {
        return ask(handle, -1, connection -> connection.send(address, length));
    }

    @Override
    public int sendHeld(final long handle, final byte @Nullable [] array, final long place, final int length,
            final TextOwner owner, final Object text) {
        final int sent = ask(handle, -1, connection -> connection.sendHeld(array, place, length));
        if (sent > 0) {
            held.add(() -> owner.release(text));
        }
        return sent;
    }

    /** The peer has acknowledged everything. */
    void acknowledgeHeld() {
        held.forEach(Runnable::run);
        held.clear();
    }

    @Override
    public int claim(final long handle, final int length) {
        final int claim = ask(handle, -1, connection -> connection.claim(length));
        claimed = ByteBuffer.allocateDirect(Math.max(0, claim));
        return claim;
    }

    @Override
    public ByteBuffer claimed() {
        return claimed;
    }

    @Override
    public void commit(final long handle, final int length) {
        final byte[] bytes = new byte[length];
        claimed.get(0, bytes);
        connections.get(handle).take(bytes);
    }

    @Override
    public int sendSpace(final long handle) {
        return ask(handle, 0, FakeConnection::sendSpace);
    }

    @Override
    public int unacknowledged(final long handle) {
        return ask(handle, 0, connection -> connection.sendCapacity - connection.sendSpace());
    }

    @Override
    public void flush(final long handle) {
        final FakeConnection connection = live(handle);
        if (connection != null) {
            connection.flushes++;
        }
    }

    @Override
    public void shutdownOutput(final long handle) {
        note(handle, "shutdownOutput");
        connections.get(handle).outputShut = true;
    }

    @Override
    public void shutdownInput(final long handle) {
        note(handle, "shutdownInput");
    }

    @Override
    public void close(final long handle) {
        end(handle, "close");
    }

    @Override
    public void abort(final long handle) {
        end(handle, "abort");
    }

    @Override
    public TcpState state(final long handle) {
        return live(handle) == null ? TcpState.CLOSED : TcpState.ESTABLISHED;
    }

    @Override
    public TcpFailure failure(final long handle) {
        engine.requireDriver();
        if (handle == 0) {
            return refuseConnect;
        }
        final FakeConnection connection = live(handle);
        return connection == null ? TcpFailure.NOT_CONNECTED : connection.failure;
    }

    @Override
    public InetSocketAddress localAddress(final long handle) {
        return required(handle).local;
    }

    @Override
    public InetSocketAddress remoteAddress(final long handle) {
        return required(handle).remote;
    }

    private FakeConnection required(final long handle) {
        final FakeConnection connection = live(handle);
        if (connection == null) {
            throw new IllegalStateException("stale handle " + handle);
        }
        return connection;
    }

    @Override
    public void noDelay(final long handle, final boolean noDelay) {
        note(handle, "noDelay " + noDelay);
    }

    @Override
    public void keepAlive(final long handle, final boolean keepAlive) {
        note(handle, "keepAlive " + keepAlive);
    }

    @Override
    public void cork(final long handle, final boolean cork) {
        note(handle, "cork " + cork);
    }

    @Override
    public void receiveBuffer(final long handle, final int bytes) {
        note(handle, "receiveBuffer " + bytes);
    }

    @Override
    public void sendBuffer(final long handle, final int bytes) {
        note(handle, "sendBuffer " + bytes);
    }

    @Override
    public void quickAck(final long handle, final boolean quick) {
        note(handle, "quickAck " + quick);
    }

    @Override
    public boolean settings(final long handle, final TcpSettings settings) {
        final FakeConnection connection = live(handle);
        if (connection == null) {
            return false;
        }
        connection.settings = settings;
        connection.calls.add("settings");
        return true;
    }

    @Override
    public @Nullable TcpSettings settings(final long handle) {
        final FakeConnection connection = live(handle);
        return connection == null ? null : connection.settings;
    }

    @Override
    public boolean info(final long handle, final TcpInfo target) {
        final FakeConnection connection = live(handle);
        if (connection == null) {
            return false;
        }
        connection.informed = target;
        return true;
    }

    @Override
    public int sendMss(final long handle) {
        return 1460;
    }
}
