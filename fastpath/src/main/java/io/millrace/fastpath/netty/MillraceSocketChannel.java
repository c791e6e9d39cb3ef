package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.tcp.TcpInfo;
import io.millrace.fastpath.tcp.TcpSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.FileRegion;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.StringUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection of a Millrace stack as a Netty channel. A channel that connects learns its stack, and the engine
 * that will own its connection, from the event loop it is registered with; an accepted channel belongs to the loop that
 * drives its connection's engine. A channel may be deregistered and registered again, but only with that same loop.
 * <p>
 * Back-pressure works both ways: with auto-read off received bytes stay in the connection's receive ring and close its
 * window; bytes that find the send ring full wait in the channel, whose writability follows its water marks. A FIN is
 * told once every byte before it was read, even if nobody reads by then; a reset is told at once, after the bytes that
 * came before it.
 * <p>
 * Closing the channel lets go of the connection, which is finished in the background; with {@code SO_LINGER} the close
 * future waits for that, and with {@code SO_LINGER} 0 the connection is reset. {@code bind} before {@code connect} only names the local address: whether
 * it can be had is found out by {@code connect}.
 * <p>
 * Thread: as any Netty channel.
 */
public final class MillraceSocketChannel extends AbstractSocketChannel {
    /** Something to do to an open connection. */
    @FunctionalInterface
    interface ConnectionCall {
        void apply(TcpCalls tcp, long connection);
    }

    private final MillraceSocketChannelConfig config;
    private final SocketReader reader;
    private final SocketWriter writer;
    private final Linger linger = new Linger(this);

    /** The engines of the stack; null until the channel learns it. */
    @Nullable
    private volatile StackEngines engines;
    /** Index of the engine that owns the connection. */
    private volatile int engine = MillraceIoHandle.ANY_ENGINE;
    /** The handle; 0 where none was opened. */
    private volatile long connection;
    /** What an accepted connection was opened with; null once it is attached, and for one that connects. */
    @Nullable
    private TcpSettings acceptedWith;
    @Nullable
    private MillraceIoHandler handler;
    @Nullable
    private IoRegistration registration;
    /** Events that came while the channel was registered nowhere. */
    private int missedEvents;
    @Nullable
    private IOException missedFailure;

    /** A channel that will connect. */
    public MillraceSocketChannel() {
        this(null, null);
    }

    /** A channel over an accepted connection. */
    MillraceSocketChannel(final MillraceServerSocketChannel parent, final StackEngines engines,
            final Accepted accepted, final TcpSettings settings) {
        this(parent, settings);
        this.engines = engines;
        this.engine = accepted.engine();
        this.connection = accepted.connection();
        this.acceptedWith = settings;
    }

    private MillraceSocketChannel(@Nullable final MillraceServerSocketChannel parent,
            @Nullable final TcpSettings settings) {
        super(parent);
        config = new MillraceSocketChannelConfig(this, settings);
        reader = new SocketReader(this);
        writer = new SocketWriter(this, ((SocketUnsafe) unsafe())::flush0);
    }

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new SocketUnsafe();
    }

    @Override
    public MillraceSocketChannelConfig config() {
        return config;
    }

    /** The stack of the channel; null until it is registered. Thread: any. */
    public @Nullable NetworkStack stack() {
        final StackEngines known = engines;
        return known == null ? null : known.stack();
    }

    /** Index of the engine that owns the connection, or {@link MillraceIoHandle#ANY_ENGINE}. Thread: any. */
    public int engine() {
        return engine;
    }

    /** True once the connection was opened, actively or passively. */
    boolean isConnectionOpen() {
        return connection != 0;
    }

    TcpCalls tcp() {
        return handler.tcp();
    }

    long connection() {
        return connection;
    }

    /** Nothing is read any more. Thread: the event loop's. */
    void stopReading() {
        reader.close();
    }

    BounceBuffer bounce() {
        return handler.bounce();
    }

    /** The next bytes in the frame in which they came; null where they have to be copied, or there are none. */
    @Nullable
    ByteBuf receiveFrame() {
        final long frame = tcp().receiveFrame(connection);
        return frame == 0 ? null : handler.frameBuffers().of(frame, config.getAllocator());
    }

    /** True where a read would give bytes or the end of the input. */
    boolean hasInput() {
        return hasConnection() && (tcp().available(connection) > 0 || isAtEnd());
    }

    /** True where a read would give the end of the input, which was not told yet. */
    boolean isAtEnd() {
        return !inputEnded && hasConnection() && tcp().isInputDone(connection);
    }

    /** False also where a handler has closed the stack a moment ago. */
    private boolean hasConnection() {
        return active && connection != 0 && handler.isDriving();
    }

    /** The connect promise was cancelled, or the time is over. */
    void onConnectGivenUp() {
        final SocketUnsafe unsafe = (SocketUnsafe) unsafe();
        unsafe.attempt = null;
        unsafe.close();
    }

    /**
     * What the connection looks like now, in a new object. Thread: the event loop's; from another, {@link #readTcpInfo}.
     *
     * @throws ChannelException where there is no connection: not yet, or no more.
     */
    public TcpInfo tcpInfo() {
        final TcpInfo info = new TcpInfo();
        tcpInfo(info);
        return info;
    }

    /**
     * Fills the object with what the connection looks like now; allocates nothing. Thread: the event loop's.
     *
     * @throws ChannelException where there is no connection: not yet, or no more.
     */
    public void tcpInfo(final TcpInfo info) {
        if (!isRegistered() || !eventLoop().inEventLoop()) {
            throw new IllegalStateException(
                    "tcpInfo belongs to the channel's event loop; from another thread use readTcpInfo");
        }
        readInto(info);
    }

    private TcpInfo readInto(final TcpInfo info) {
        if (connection == 0 || !open || !handler.isDriving() || !tcp().info(connection, info)) {
            throw new ChannelException("there is no connection to tell about");
        }
        return info;
    }

    /** What the connection looks like when the event loop comes to it; fails as {@link #tcpInfo()} does. Thread: any. */
    public Future<TcpInfo> readTcpInfo() {
        if (!isRegistered()) {
            return GlobalEventExecutor.INSTANCE
                    .newFailedFuture(new ChannelException("there is no connection to tell about"));
        }
        // it may be closed and not registered any more by then
        return eventLoop().submit(() -> readInto(new TcpInfo()));
    }

    /** Does this to the connection where there is one, on the event loop. Thread: any. */
    void onConnection(final ConnectionCall call) {
        if (connection == 0 || !open || !isRegistered()) {
            // What is set before the open, or before an accepted connection is attached, takes effect then.
            return;
        }
        if (eventLoop().inEventLoop()) {
            apply(call);
        } else {
            eventLoop().execute(() -> apply(call));
        }
    }

    private void apply(final ConnectionCall call) {
        if (open && handler.isDriving()) {
            call.apply(tcp(), connection);
        }
    }

    /** Thread: any. */
    void onAutoReadCleared() {
        if (!isRegistered()) {
            return;
        }
        if (eventLoop().inEventLoop()) {
            reader.clearInterest();
        } else {
            eventLoop().execute(reader::clearInterest);
        }
    }

    @Override
    protected boolean isCompatible(final EventLoop loop) {
        return loop instanceof final IoEventLoop ioLoop && ioLoop.isCompatible(MillraceIoHandle.class);
    }

    @Override
    protected void doRegister(final ChannelPromise promise) {
        ((IoEventLoop) eventLoop()).register((SocketUnsafe) unsafe()).addListener(future -> {
            if (!future.isSuccess()) {
                promise.setFailure(future.cause());
                return;
            }
            onRegistered((IoRegistration) future.getNow());
            promise.setSuccess();
            if (connection != 0 && !active && ((SocketUnsafe) unsafe()).attempt == null) {
                // Reset while it waited to be accepted: there is nothing to attach to.
                unsafe().close(unsafe().voidPromise());
            }
        });
    }

    private void onRegistered(final IoRegistration granted) {
        registration = granted;
        final MillraceIoHandler loop = granted.attachment();
        handler = loop;
        if (acceptedWith != null) {
            attach(loop.tcp(), acceptedWith);
            acceptedWith = null;
        } else if (connection == 0) {
            engines = loop.engines();
            config.base(loop.stack().tcpSettings());
        } else if (missedEvents != 0) {
            eventLoop().execute(((SocketUnsafe) unsafe())::onMissedEvents);
        }
    }

    private void attach(final TcpCalls tcp, final TcpSettings opened) {
        if (!tcp.attach(connection, (SocketUnsafe) unsafe())) {
            return;
        }
        local = tcp.localAddress(connection);
        remote = tcp.remoteAddress(connection);
        config.apply(tcp, connection, opened);
        active = true;
    }

    @Override
    protected void doDeregister() {
        final IoRegistration current = registration;
        if (current != null) {
            registration = null;
            current.cancel();
        }
    }

    @Override
    protected void doBind(final SocketAddress localAddress) {
        if (connection != 0) {
            throw new AlreadyConnectedException();
        }
        local = checked(localAddress);
    }

    static InetSocketAddress checked(final SocketAddress address) {
        if (!(address instanceof final InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return inet;
    }

    @Override
    protected void doBeginRead() {
        reader.beginRead();
    }

    @Override
    protected Object filterOutboundMessage(final Object message) {
        if (message instanceof ByteBuf || message instanceof FileRegion) {
            return message;
        }
        throw new UnsupportedOperationException("unsupported message type: " + StringUtil.simpleClassName(message)
                + " (expected: ByteBuf, FileRegion)");
    }

    @Override
    protected void doWrite(final ChannelOutboundBuffer in) throws Exception {
        writer.write(in);
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    @Override
    protected void doClose() {
        open = false;
        active = false;
        reader.close();
        ((SocketUnsafe) unsafe()).failConnect(new ClosedChannelException());
        if (connection != 0) {
            letGo(connection);
        }
        doDeregister();
    }

    private void letGo(final long handle) {
        if (handler == null || !handler.inLoop()) {
            // Never registered with the loop that owns the connection, or registered with another since.
            engines.engine(engine).abandon(handle);
        } else if (!handler.isDriving()) {
            // The engine is closed, and its connections with it.
            return;
        } else if (config.getSoLinger() == 0) {
            tcp().abort(handle);
        } else {
            tcp().close(handle);
        }
    }

    @Override
    void doShutdownInput() {
        tcp().shutdownInput(connection);
        if (config.isAllowHalfClosure()) {
            eventLoop().execute(reader::completeInput);
        }
    }

    @Override
    protected void doShutdownOutput() {
        if (connection == 0) {
            throw new NotYetConnectedException();
        }
        tcp().shutdownOutput(connection);
        outputEnded = true;
    }

    /** The channel towards the pipeline, towards its event loop and towards its connection. */
    private final class SocketUnsafe extends AbstractUnsafe implements MillraceIoHandle, ConnectionHandler {
        @Nullable
        private ConnectAttempt attempt;

        @Override
        public @Nullable NetworkStack stack() {
            return connection == 0 ? null : MillraceSocketChannel.this.stack();
        }

        @Override
        public int engine() {
            return engine;
        }

        @Override
        public void close() {
            linger.end();
            close(voidPromise());
        }

        @Override
        public void connect(final SocketAddress remoteAddress, @Nullable final SocketAddress localAddress,
                final ChannelPromise promise) {
            if (promise.isDone() || !ensureOpen(promise)) {
                return;
            }
            try {
                final ConnectAttempt started = new ConnectAttempt(MillraceSocketChannel.this, checked(remoteAddress),
                        promise);
                if (attempt != null) {
                    throw new ConnectionPendingException();
                }
                if (connection != 0) {
                    throw new AlreadyConnectedException();
                }
                if (localAddress != null) {
                    doBind(localAddress);
                }
                open(started);
            } catch (final Throwable t) {
                promise.tryFailure(annotateConnectException(t, remoteAddress));
                closeIfClosed();
            }
        }

        private void open(final ConnectAttempt started) throws IOException {
            final long handle = started.open(tcp(), this);
            if (handle == 0) {
                doClose();
                throw TcpExceptions.ofConnect(tcp().failure(0));
            }
            engine = handler.engine();
            connection = handle;
            local = tcp().localAddress(handle);
            attempt = started;
            started.await();
            final ChannelOutboundBuffer written = outboundBuffer();
            if (config.isTcpFastOpenConnect() && written != null) {
                writer.writeBeforeHandshake(written);
            }
        }

        /** Ends the attempt where there is one; true where there was. */
        private boolean failConnect(final Throwable cause) {
            final ConnectAttempt pending = attempt;
            if (pending == null) {
                return false;
            }
            attempt = null;
            pending.fail(cause instanceof ClosedChannelException
                    ? cause
                    : annotateConnectException(cause, pending.remote()));
            return true;
        }

        private void onConnected() {
            final ConnectAttempt pending = attempt;
            if (pending == null) {
                return;
            }
            attempt = null;
            active = true;
            local = tcp().localAddress(connection);
            remote = pending.named(tcp().remoteAddress(connection));
            config.applyToOpen(tcp(), connection);
            final boolean wanted = pending.succeed();
            pipeline().fireChannelActive();
            if (!wanted) {
                close(voidPromise());
            } else if (config.isTcpFastOpenConnect()) {
                // what found no room before the handshake
                flush0();
            }
        }

        @Override
        protected @Nullable Executor prepareToClose() {
            return registration != null && handler.isDriving() && linger.isWanted() ? linger : null;
        }

        @Override
        protected void flush0() {
            // While the send ring is full the connection tells when there is room.
            if (!writer.isFull()) {
                super.flush0();
            }
        }

        @Override
        public void onReady(final long handle, final int events) {
            if (registration == null) {
                onMissed(handle, events);
                return;
            }
            handler.onHandled();
            if (linger.isOn()) {
                linger.onReady(events);
                return;
            }
            if ((events & CONNECTED) != 0) {
                onConnected();
            }
            if ((events & FAILED) != 0) {
                onFailed(handle);
                return;
            }
            if ((events & WRITABLE) != 0) {
                writer.onWritable();
                if (active) {
                    super.flush0();
                }
            }
            if ((events & (READABLE | PEER_CLOSED)) != 0) {
                reader.onReadable();
            }
            if ((events & CLOSED) != 0) {
                reader.onClosed();
            }
        }

        private void onMissed(final long handle, final int events) {
            missedEvents |= events;
            if ((events & FAILED) != 0) {
                // Where the loop has ended, it is the stack's end, on the thread that closes it.
                final TcpFailure failure = handler.isDriving() ? tcp().failure(handle) : TcpFailure.ABORTED;
                missedFailure = attempt == null ? TcpExceptions.of(failure) : TcpExceptions.ofConnect(failure);
            }
        }

        private void onMissedEvents() {
            final int events = missedEvents;
            missedEvents = 0;
            if (missedFailure != null) {
                failConnectOrEnd(missedFailure);
            } else if (open) {
                onReady(connection, events);
            }
        }

        private void onFailed(final long handle) {
            if (failConnect(TcpExceptions.ofConnect(tcp().failure(handle)))) {
                close(voidPromise());
                return;
            }
            final IOException cause = TcpExceptions.of(tcp().failure(handle));
            reader.drain();
            end(cause);
        }

        /** The connection is gone: the pipeline is told why, writes that wait fail with the same. */
        private void end(final Throwable cause) {
            if (!open) {
                return;
            }
            pipeline().fireExceptionCaught(cause);
            final ClosedChannelException closed = new ClosedChannelException();
            closed.initCause(cause);
            close(voidPromise(), cause, closed);
        }

        @Override
        public void onEngineClosed(final Throwable cause) {
            linger.end();
            failConnectOrEnd(cause);
        }

        private void failConnectOrEnd(final Throwable cause) {
            if (failConnect(cause)) {
                close(voidPromise());
            } else {
                end(cause);
            }
        }
    }
}
