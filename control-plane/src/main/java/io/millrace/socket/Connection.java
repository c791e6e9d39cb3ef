package io.millrace.socket;

import io.millrace.fastpath.netty.TcpExceptions;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A socket's connection on its engine's thread. At most one call of each kind waits for it; what cannot be done at once is
 * tried again when the connection tells that something has changed. Thread: the engine's.
 */
final class Connection implements ConnectionHandler {
    private static final byte[] NOTHING = {};

    private final EngineRoom room;
    private long handle;
    private @Nullable Call opening;
    private @Nullable Call reading;
    private @Nullable Call writing;
    private @Nullable Call lingering;
    /** Why there is no connection any more; NONE while there is one, or where it was closed in good order. */
    private TcpFailure failure = TcpFailure.NONE;
    /** What had arrived when the connection failed: at most a receive buffer. */
    private byte[] rest = NOTHING;
    private int restPosition;
    private boolean inputShut;
    private boolean outputShut;
    private boolean outputAcknowledged;
    /** Closed by its socket. */
    private boolean closed;
    /** The handle is stale. */
    private boolean over;
    private @Nullable InetSocketAddress local;
    private @Nullable InetSocketAddress remote;

    Connection(final EngineRoom room) {
        this.room = room;
    }

    static SocketException closed() {
        return new SocketException("Socket closed");
    }

    /** Opens it; the call ends when it is established, or failed. */
    void open(final Call call, final @Nullable InetSocketAddress local, final InetSocketAddress remote,
            final TcpSettings settings) {
        if (closed || room.isClosed()) {
            call.failIfWanted(closed());
            return;
        }
        final boolean chosen = local == null || local.getAddress().isAnyLocalAddress();
        handle = room.tcp().connect(chosen ? 0 : IpAddress.hi(local.getAddress()),
                chosen ? 0 : IpAddress.lo(local.getAddress()), local == null ? 0 : local.getPort(),
                IpAddress.hi(remote.getAddress()), IpAddress.lo(remote.getAddress()), remote.getPort(), settings, this);
        if (handle == 0) {
            over = true;
            call.failIfWanted(TcpExceptions.ofConnect(room.tcp().failure(0)));
        } else {
            opening = call;
            room.hold(this);
        }
    }

    /** Takes an accepted connection over; the call tells 1, or 0 where it is gone already. */
    void attach(final Call call, final long accepted) {
        if (!call.claim()) {
            room.tcp().abort(accepted);
        } else if (room.isClosed() || !room.tcp().attach(accepted, this)) {
            over = true;
            call.succeed(0);
        } else {
            handle = accepted;
            room.hold(this);
            rememberAddresses();
            call.succeed(1);
        }
    }

    private void rememberAddresses() {
        local = room.tcp().localAddress(handle);
        remote = room.tcp().remoteAddress(handle);
    }

    /** Our end; null before it is established. Thread: any that knows that it is. */
    @Nullable
    InetSocketAddress local() {
        return local;
    }

    /** The peer's end; null before it is established. Thread: any that knows that it is. */
    @Nullable
    InetSocketAddress remote() {
        return remote;
    }

    void settings(final TcpSettings settings) {
        if (!over) {
            room.tcp().settings(handle, settings);
        }
    }

    void read(final Call call) {
        reading = call;
        continueReading();
    }

    void write(final Call call) {
        writing = call;
        continueWriting();
    }

    /** Tells how many bytes a read would give at once. */
    void available(final Call call) {
        if (call.claim()) {
            call.succeed(rest.length - restPosition + (over ? 0 : room.tcp().available(handle)));
        }
    }

    void shutdownInput() {
        inputShut = true;
        rest = NOTHING;
        restPosition = 0;
        if (!over) {
            room.tcp().shutdownInput(handle);
        }
        continueReading();
    }

    void shutdownOutput() {
        outputShut = true;
        if (!over) {
            room.tcp().shutdownOutput(handle);
        }
        continueWriting();
    }

    /** The call ends when the peer has acknowledged everything, or there is nothing to wait for. */
    void linger(final Call call) {
        failCalls();
        lingering = call;
        if (!over && !hasUnread()) {
            room.tcp().shutdownOutput(handle);
        }
        endLingerIfDone();
    }

    private boolean hasUnread() {
        return room.tcp().available(handle) > 0;
    }

    /** Lets go of the connection, by a reset or in good order; what waits for it fails. */
    void close(final boolean reset) {
        if (closed) {
            return;
        }
        closed = true;
        rest = NOTHING;
        restPosition = 0;
        if (!over && handle != 0) {
            over = true;
            if (reset) {
                room.tcp().abort(handle);
            } else {
                room.tcp().close(handle);
            }
        }
        room.letGo(this);
        failCalls();
        endLingerIfDone();
    }

    @Override
    public void onReady(final long connection, final int events) {
        if ((events & CONNECTED) != 0 && opening != null) {
            rememberAddresses();
            if (opening.claim()) {
                opening.succeed(0);
            }
            opening = null;
        }
        outputAcknowledged |= (events & OUTPUT_ACKNOWLEDGED) != 0;
        if ((events & FAILED) != 0) {
            onFailed();
        }
        if ((events & CLOSED) != 0) {
            over = true;
            room.letGo(this);
        }
        continueReading();
        continueWriting();
        endLingerIfDone();
    }

    private void onFailed() {
        failure = room.tcp().failure(handle);
        if (opening != null) {
            opening.failIfWanted(TcpExceptions.ofConnect(failure));
            opening = null;
        } else {
            saveRest();
        }
        over = true;
        room.letGo(this);
    }

    /** What arrived before is read before the failure is told. */
    private void saveRest() {
        final int available = inputShut ? 0 : room.tcp().available(handle);
        final byte[] saved = new byte[available];
        int length = 0;
        while (length < available) {
            final int received = room.receive(handle, saved, length, available - length);
            if (received <= 0) {
                break;
            }
            length += received;
        }
        rest = length == available ? saved : Arrays.copyOf(saved, length);
    }

    private void continueReading() {
        final Call call = reading;
        if (call == null) {
            return;
        }
        if (!call.claim()) {
            reading = null;
            return;
        }
        final int length = receive(call);
        if (length == 0 && !closed && failure == TcpFailure.NONE) {
            call.release();
            return;
        }
        reading = null;
        if (length != 0) {
            call.succeed(length);
        } else {
            call.fail(closed ? closed() : TcpExceptions.of(failure));
        }
    }

    /** Bytes copied; -1: none will come; 0: not now, or never for a reason. */
    private int receive(final Call call) {
        if (closed) {
            return 0;
        }
        if (restPosition < rest.length) {
            final int length = Math.min(call.remaining(), rest.length - restPosition);
            System.arraycopy(rest, restPosition, call.bytes, call.position, length);
            restPosition += length;
            return length;
        }
        rest = NOTHING;
        restPosition = 0;
        if (failure != TcpFailure.NONE) {
            return 0;
        }
        return inputShut || over ? -1 : room.receive(handle, call.bytes, call.position, call.remaining());
    }

    private void continueWriting() {
        final Call call = writing;
        if (call == null) {
            return;
        }
        if (!call.claim()) {
            writing = null;
            return;
        }
        final IOException refused = send(call);
        if (refused == null && call.remaining() > 0) {
            call.release();
            return;
        }
        writing = null;
        if (refused == null) {
            call.succeed(0);
        } else {
            call.fail(refused);
        }
    }

    /** Sends as much as there is room for; why nothing can be sent, or null. */
    private @Nullable IOException send(final Call call) {
        if (closed) {
            return closed();
        }
        if (outputShut) {
            return new SocketException("Socket output is shutdown");
        }
        if (over) {
            return TcpExceptions.ofSend(failure);
        }
        while (call.remaining() > 0) {
            final int length = Math.min(call.remaining(), EngineRoom.BOUNCE);
            final int sent = room.send(handle, call.bytes, call.position, length);
            if (sent < 0) {
                return TcpExceptions.ofSend(room.tcp().failure(handle));
            }
            call.position += sent;
            if (sent < length) {
                break;
            }
        }
        room.tcp().flush(handle);
        return null;
    }

    private void endLingerIfDone() {
        final Call call = lingering;
        if (call != null && (over || outputAcknowledged || hasUnread())) {
            lingering = null;
            if (call.claim()) {
                call.succeed(0);
            }
        }
    }

    /** What waits learns that the socket is closed: each of its own exception, for each waits in a thread of its own. */
    private void failCalls() {
        for (final Call call : new Call[]{opening, reading, writing}) {
            if (call != null) {
                call.failIfWanted(closed());
            }
        }
        opening = null;
        reading = null;
        writing = null;
    }
}
