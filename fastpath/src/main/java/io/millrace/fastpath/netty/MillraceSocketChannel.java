package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpInfo;
import io.millrace.fastpath.tcp.TcpSettings;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.internal.StringUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
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
 * future waits for that, and with {@code SO_LINGER} 0 the connection is reset. {@code bind} before {@code connect} only
 * names the local address: whether it can be had is found out by {@code connect}.
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
    private final SocketConnector connector;
    private final SocketEvents events;
    private final Linger linger = new Linger(this);

    /** The handle; 0 where none was opened. */
    private volatile long connection;
    /** What an accepted connection was opened with; null once it is attached, and for one that connects. */
    @Nullable
    private TcpSettings acceptedWith;

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
        writer = new SocketWriter(this, this::flushNow);
        connector = new SocketConnector(this, writer);
        events = new SocketEvents(this, reader, writer, connector, linger);
    }

    @Override
    protected StackUnsafe newUnsafe() {
        return new SocketUnsafe();
    }

    @Override
    public MillraceSocketChannelConfig config() {
        return config;
    }

    /** True once the connection was opened, actively or passively. */
    boolean isConnectionOpen() {
        return connection != 0;
    }

    TcpCalls tcp() {
        return place.handler().tcp();
    }

    long connection() {
        return connection;
    }

    /** Nothing is read any more. Thread: the event loop's. */
    void stopReading() {
        reader.close();
    }

    /** The next bytes in the frame in which they came; null where they have to be copied, or there are none. */
    @Nullable
    ByteBuf receiveFrame() {
        if (!place.handler().isLending()) {
            return null;
        }
        final long frame = tcp().receiveFrame(connection);
        return frame == 0 ? null : place.handler().frameBuffers().of(frame, config.getAllocator());
    }

    /** True where a read would give bytes or the end of the input. */
    boolean hasInput() {
        final int pending = hasConnection() ? tcp().pending(connection) : 0;
        return pending > 0 || pending < 0 && !inputEnded;
    }

    /** True where a read would give the end of the input, which was not told yet. */
    boolean isAtEnd() {
        return !inputEnded && hasConnection() && tcp().isInputDone(connection);
    }

    private boolean hasConnection() {
        return active && connection != 0 && place.isDriving();
    }

    SocketEvents events() {
        return events;
    }

    /** The connection was opened by this side. */
    void onOpened(final long handle) {
        engine = place.handler().engine();
        connection = handle;
        local = tcp().localAddress(handle);
    }

    /** What was opened by this side is established. */
    void onEstablished(final InetSocketAddress peer) {
        active = true;
        local = tcp().localAddress(connection);
        remote = peer;
        config.applyToOpen(tcp(), connection);
    }

    /** The connect promise was cancelled, or the time is over. */
    void onConnectGivenUp() {
        connector.onGivenUp();
        socketUnsafe().close();
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
        if (connection == 0 || !open || !place.isDriving() || !tcp().info(connection, info)) {
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
        // What is set before the open, or before an accepted connection is attached, takes effect then.
        if (connection != 0 && open) {
            place.runWhereRegistered(() -> apply(call));
        }
    }

    private void apply(final ConnectionCall call) {
        if (open && place.isDriving()) {
            call.apply(tcp(), connection);
        }
    }

    /** Thread: any. */
    void onAutoReadCleared() {
        place.runWhereRegistered(reader::clearInterest);
    }

    @Override
    protected void doRegister(final ChannelPromise promise) {
        promise.addListener(registered -> {
            if (registered.isSuccess() && connection != 0 && !active && !connector.isPending()) {
                // Reset while it waited to be accepted: there is nothing to attach to.
                closeForced();
            }
        });
        super.doRegister(promise);
    }

    @Override
    void onPlaceTaken(final MillraceIoHandler handler) {
        if (acceptedWith != null) {
            attach(handler.tcp(), acceptedWith);
            acceptedWith = null;
        } else if (connection == 0) {
            engines = handler.engines();
            config.base(handler.stack().tcpSettings());
        } else if (events.anyMissed()) {
            eventLoop().execute(events::onMissedEvents);
        }
    }

    private void attach(final TcpCalls tcp, final TcpSettings opened) {
        if (!tcp.attach(connection, events)) {
            return;
        }
        local = tcp.localAddress(connection);
        remote = tcp.remoteAddress(connection);
        config.apply(tcp, connection, opened);
        active = true;
    }

    @Override
    protected void doBind(final SocketAddress localAddress) {
        if (connection != 0) {
            throw new AlreadyConnectedException();
        }
        local = checked(localAddress);
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
        if (connector.isPending()) {
            // only then: to make one costs the walk down a deep stack
            connector.fail(new ClosedChannelException());
        }
        if (connection != 0) {
            letGo(connection);
        }
        doDeregister();
    }

    private void letGo(final long handle) {
        final MillraceIoHandler handler = place.handler();
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

    private SocketUnsafe socketUnsafe() {
        return (SocketUnsafe) unsafe();
    }

    /** Gives what was flushed to the connection, where that has room. */
    void flushNow() {
        socketUnsafe().flush0();
    }

    /** Closes the channel; nobody waits for it. */
    void closeForced() {
        unsafe().close(unsafe().voidPromise());
    }

    /** Closes the channel; writes that wait fail with this. */
    void closeBy(final Throwable cause) {
        socketUnsafe().closeBy(cause);
    }

    /** The failure of an attempt to connect as Netty tells it, with the address. */
    Throwable annotated(final Throwable cause, final SocketAddress address) {
        return cause instanceof ClosedChannelException ? cause : socketUnsafe().annotated(cause, address);
    }

    /** The channel towards the pipeline and towards its event loop. */
    private final class SocketUnsafe extends StackUnsafe {
        @Override
        public void close() {
            linger.end();
            super.close();
        }

        @Override
        public void connect(final SocketAddress remoteAddress, @Nullable final SocketAddress localAddress,
                final ChannelPromise promise) {
            if (promise.isDone() || !ensureOpen(promise)) {
                return;
            }
            try {
                connector.connect(remoteAddress, localAddress, promise);
            } catch (final Throwable t) {
                promise.tryFailure(annotated(t, remoteAddress));
                closeIfClosed();
            }
        }

        private Throwable annotated(final Throwable cause, final SocketAddress address) {
            return annotateConnectException(cause, address);
        }

        @Override
        protected @Nullable Executor prepareToClose() {
            return place.isTaken() && place.isDriving() && linger.isWanted() ? linger : null;
        }

        @Override
        protected void flush0() {
            // While the send ring is full the connection tells when there is room.
            if (!writer.isFull()) {
                super.flush0();
            }
        }

        @Override
        public void onEngineClosed(final Throwable cause) {
            linger.end();
            events.end(cause);
        }
    }
}
