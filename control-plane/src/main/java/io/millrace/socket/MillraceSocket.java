package io.millrace.socket;

import io.millrace.fastpath.tcp.TcpSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection of a Millrace stack with blocking streams; what a method does is what that of its name in
 * {@link java.net.Socket} does. Closing it from another thread ends whatever waits for it; interrupting a thread that
 * waits closes it. One thread reads and one writes at a time, others wait for their turn. Thread: any, but none that
 * drives an engine.
 */
public final class MillraceSocket implements AutoCloseable {
    private final EngineRoom room;
    private final Connection connection;
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final InputStream input = new SocketInput(this);
    private final OutputStream output = new SocketOutput(this);
    private volatile TcpSettings settings;
    private volatile @Nullable InetSocketAddress bound;
    private volatile boolean connecting;
    private volatile boolean connected;
    private volatile boolean inputShut;
    private volatile boolean outputShut;
    private volatile int timeoutMs;
    private volatile int lingerSeconds = -1;

    /** One that is not connected. */
    MillraceSocket(final EngineRoom room, final TcpSettings settings) {
        this.room = room;
        this.settings = settings;
        this.connection = new Connection(room);
    }

    /**
     * Takes an accepted connection over.
     *
     * @return null where it was gone already.
     */
    static @Nullable MillraceSocket accepted(final EngineRoom room, final TcpSettings settings, final long handle)
            throws IOException {
        final MillraceSocket socket = new MillraceSocket(room, settings);
        final Call call = new Call();
        try {
            room.submit(() -> socket.connection.attach(call, handle));
        } catch (final SocketException e) {
            room.abandon(handle);
            throw e;
        }
        if (call.await(0) == 0) {
            return null;
        }
        socket.connecting = true;
        socket.connected = true;
        return socket;
    }

    /** @param local the address and port to connect from; port 0: chosen. Whether it can be had {@code connect} finds out. */
    public void bind(final InetSocketAddress local) throws IOException {
        requireOpen();
        if (connecting) {
            throw new SocketException("Already connected");
        }
        bound = resolved(local);
    }

    /**
     * Connects; where that fails the socket is closed.
     *
     * @param timeout in milliseconds; 0: as long as TCP tries.
     * @throws java.net.ConnectException where it is refused, or not answered.
     * @throws SocketTimeoutException where the time is over.
     */
    public void connect(final InetSocketAddress remote, final int timeout) throws IOException {
        requireOpen();
        requireNotNegative(timeout);
        final InetSocketAddress target = resolved(remote);
        synchronized (connection) {
            if (connecting) {
                throw new SocketException("Already connected");
            }
            connecting = true;
        }
        final Call call = new Call();
        try {
            room.submit(() -> connection.open(call, bound, target, settings));
            call.await(TimeUnit.MILLISECONDS.toNanos(timeout));
            connected = true;
        } catch (final SocketTimeoutException e) {
            close();
            throw new SocketTimeoutException("Connect timed out");
        } catch (final IOException e) {
            throw closedBy(e);
        }
        requireOpen();
    }

    private static InetSocketAddress resolved(final InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        return address;
    }

    private static void requireNotNegative(final int milliseconds) {
        if (milliseconds < 0) {
            throw new IllegalArgumentException("timeout is " + milliseconds + ", must be at least 0");
        }
    }

    private void requireOpen() throws SocketException {
        if (closed.get()) {
            throw Connection.closed();
        }
    }

    private void requireConnected() throws SocketException {
        requireOpen();
        if (!connected) {
            throw new SocketException("Socket is not connected");
        }
    }

    /** The stream closes the socket where it is closed. */
    public InputStream getInputStream() throws IOException {
        requireConnected();
        return input;
    }

    /** The stream closes the socket where it is closed; a write returns when the stack has the bytes. */
    public OutputStream getOutputStream() throws IOException {
        requireConnected();
        return output;
    }

    int read(final byte[] bytes, final int offset, final int length) throws IOException {
        requireConnected();
        if (length == 0) {
            return 0;
        }
        lock(reading);
        try {
            requireConnected();
            final Call call = new Call(bytes, offset, length);
            room.submit(() -> connection.read(call));
            return call.await(TimeUnit.MILLISECONDS.toNanos(timeoutMs));
        } catch (final SocketTimeoutException e) {
            throw new SocketTimeoutException("Read timed out");
        } catch (final ClosedByInterruptException e) {
            throw closedBy(e);
        } finally {
            reading.unlock();
        }
    }

    int available() throws IOException {
        requireConnected();
        if (inputShut) {
            return 0;
        }
        final Call call = new Call();
        room.submit(() -> connection.available(call));
        return await(call);
    }

    void write(final byte[] bytes, final int offset, final int length) throws IOException {
        requireConnected();
        if (outputShut) {
            throw new SocketException("Socket output is shutdown");
        }
        lock(writing);
        try {
            requireConnected();
            final Call call = new Call(bytes, offset, length);
            room.submit(() -> connection.write(call));
            call.await(0);
        } catch (final ClosedByInterruptException e) {
            throw closedBy(e);
        } finally {
            writing.unlock();
        }
    }

    private void lock(final ReentrantLock lock) throws IOException {
        try {
            lock.lockInterruptibly();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw closedBy(new ClosedByInterruptException());
        }
    }

    private int await(final Call call) throws IOException {
        try {
            return call.await(0);
        } catch (final ClosedByInterruptException e) {
            throw closedBy(e);
        }
    }

    /** Closes the socket; what the caller is told. */
    private IOException closedBy(final IOException cause) {
        close();
        return cause instanceof ClosedByInterruptException
                ? (IOException) new SocketException("Closed by interrupt").initCause(cause)
                : cause;
    }

    /** Reading ends: what is there is thrown away, and so is what still arrives. */
    public void shutdownInput() throws IOException {
        requireConnected();
        if (inputShut) {
            throw new SocketException("Socket input is already shutdown");
        }
        inputShut = true;
        room.submit(connection::shutdownInput);
    }

    /** A FIN follows what was written; a write that still waits fails. */
    public void shutdownOutput() throws IOException {
        requireConnected();
        if (outputShut) {
            throw new SocketException("Socket output is already shutdown");
        }
        outputShut = true;
        room.submit(connection::shutdownOutput);
    }

    /**
     * Lets go of the connection, which is finished in the background; with {@link #setSoLinger} on, waits for that. Where
     * bytes arrived that nobody read, it is reset (RFC 2525 §2.17).
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            final int linger = lingerSeconds;
            if (linger > 0 && connected) {
                linger(linger);
            }
            room.submit(() -> connection.close(linger == 0));
        } catch (final IOException e) {
            // the engine's thread has ended, and its connections were closed with it
            connected = false;
        }
    }

    private void linger(final int seconds) throws IOException {
        final Call call = new Call();
        room.submit(() -> connection.linger(call));
        try {
            call.await(TimeUnit.SECONDS.toNanos(seconds));
        } catch (final SocketTimeoutException | ClosedByInterruptException e) {
            // as Linux: it goes on in the background
        }
    }

    private void change(final UnaryOperator<TcpSettings.Builder> change) throws SocketException {
        requireOpen();
        synchronized (connection) {
            settings = change.apply(settings.toBuilder()).build();
        }
        if (connected) {
            room.submit(() -> connection.settings(settings));
        }
    }

    /** Nagle's algorithm off (true) or on. */
    public void setTcpNoDelay(final boolean on) throws SocketException {
        change(builder -> builder.noDelay(on));
    }

    public boolean getTcpNoDelay() {
        return settings.noDelay();
    }

    public void setKeepAlive(final boolean on) throws SocketException {
        change(builder -> builder.keepAlive(on));
    }

    public boolean getKeepAlive() {
        return settings.keepAlive();
    }

    /** DS field of every packet, 0 to 255; the lower two bits are ECN's, and ignored. */
    public void setTrafficClass(final int value) throws SocketException {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException("traffic class is " + value + ", must be 0 to 255");
        }
        change(builder -> builder.trafficClass(value));
    }

    public int getTrafficClass() {
        return settings.trafficClass();
    }

    /** What a read waits at the most, in milliseconds; 0: as long as it takes. */
    public void setSoTimeout(final int milliseconds) throws SocketException {
        requireNotNegative(milliseconds);
        requireOpen();
        timeoutMs = milliseconds;
    }

    public int getSoTimeout() {
        return timeoutMs;
    }

    /**
     * What {@link #close} does: off, it does not wait; on with 0, it resets the connection; on with more, it waits until
     * the peer has acknowledged everything, at most so many seconds.
     */
    public void setSoLinger(final boolean on, final int seconds) throws SocketException {
        if (on && seconds < 0) {
            throw new IllegalArgumentException("linger is " + seconds + ", must be at least 0");
        }
        requireOpen();
        lingerSeconds = on ? seconds : -1;
    }

    /** Seconds; -1: off. */
    public int getSoLinger() {
        return lingerSeconds;
    }

    /** Our end; null before it is connected. */
    public @Nullable InetSocketAddress getLocalSocketAddress() {
        return connected ? connection.local() : bound;
    }

    /** The peer's end; null before it is connected. */
    public @Nullable InetSocketAddress getRemoteSocketAddress() {
        return connected ? connection.remote() : null;
    }

    /** True once it was connected, closed or not. */
    public boolean isConnected() {
        return connected;
    }

    public boolean isClosed() {
        return closed.get();
    }

    public boolean isInputShutdown() {
        return inputShut;
    }

    public boolean isOutputShutdown() {
        return outputShut;
    }

    @Override
    public String toString() {
        return "MillraceSocket[" + getLocalSocketAddress() + " -> " + getRemoteSocketAddress()
                + (isClosed() ? ", closed]" : "]");
    }
}
