package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.tcp.TcpState;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A whole stack in virtual time, and a process with BSD sockets on it. The caller alone decides about time, packets and
 * calls, so the same calls in the same order always give the same answers. See the package for an example.
 * <p>
 * Whatever the stack has to do at an instant is done when a method returns; what it sent waits in {@link #poll}. A
 * socket call answers with a {@link Call}: a result, an errno, or it waits, where the descriptor blocks (as it does from
 * the start) and Linux would block. Thread: one.
 */
public final class SocketDriver implements AutoCloseable {
    private static final long SECOND = 1_000_000_000L;
    private static final long MILLISECOND = 1_000_000L;

    private final Setup setup;
    private final Sockets sockets = new Sockets();
    private final VirtualControl control;
    private final VirtualStack stack;
    private final OpenCalls opening;
    private final StreamCalls streams;
    private final CloseCalls closing;
    private final PendingCalls calls;

    /** A stack with everything at its default. */
    public SocketDriver() {
        this(Setup.DEFAULT);
    }

    public SocketDriver(final Setup setup) {
        this.setup = setup;
        control = new VirtualControl(setup, sockets);
        stack = new VirtualStack(setup, control);
        opening = new OpenCalls(stack, control, sockets);
        streams = new StreamCalls(stack);
        closing = new CloseCalls(stack, sockets);
        calls = new PendingCalls(stack, sockets);
    }

    // ---- time and packets

    /** Virtual time in nanoseconds; begins at {@link Setup#startNs()}. */
    public long nowNs() {
        return stack.nowNs();
    }

    /** Gives the stack an IP packet, from the first byte of the IP header on, and lets it act. */
    public void inject(final byte[] packet) {
        stack.inject(packet.clone());
        calls.settle();
    }

    /** The next packet that the stack sent and nobody took, in the order of sending; null where there is none. */
    public @Nullable SentPacket poll() {
        return stack.poll();
    }

    /** When the stack, or a call that waits with a time limit, wants to act next; {@link Long#MAX_VALUE}: never. */
    public long nextTimerNs() {
        return Math.min(stack.engine().nextDeadlineNs(), calls.nextDeadlineNs());
    }

    /**
     * Lets time pass; whatever is due on the way happens at its own time.
     *
     * @throws IllegalArgumentException where that time is past.
     */
    public void advanceTo(final long untilNs) {
        if (untilNs < nowNs()) {
            throw new IllegalArgumentException("it is " + nowNs() + " ns already, not " + untilNs);
        }
        while (nextTimerNs() <= untilNs) {
            stack.nowNs(Math.max(nowNs(), nextTimerNs()));
            calls.settle();
        }
        stack.nowNs(untilNs);
        calls.settle();
    }

    /** Lets so much time pass. */
    public void advance(final long durationNs) {
        advanceTo(Math.addExact(nowNs(), durationNs));
    }

    // ---- socket calls

    /** A TCP socket over IPv4: the lowest free descriptor, from 3 on. */
    public Call socket() {
        final Call call = calls.begin("socket");
        call.succeed(sockets.add(new Socket(sockets.free(), stack, setup.tcp())).fd);
        return calls.finish(call);
    }

    /** {@code bind} to the wildcard address; port 0: chosen. */
    public Call bind(final int fd, final int port) {
        return bind(fd, "0.0.0.0", port);
    }

    /** {@code bind}. */
    public Call bind(final int fd, final String address, final int port) {
        final long lo = address.equals("0.0.0.0") ? 0 : VirtualControl.lo(address);
        return calls.simple("bind", fd, socket -> opening.bind(socket, lo, port));
    }

    /** {@code listen}. */
    public Call listen(final int fd, final int backlog) {
        return calls.simple("listen", fd, socket -> opening.listen(socket, backlog));
    }

    /** {@code accept}: the descriptor of the next connection. */
    public Call accept(final int fd) {
        return calls.blocking("accept", fd, opening::accept);
    }

    /** {@code connect}; where the descriptor does not block: EINPROGRESS, and {@link #poll(int, int)} tells POLLOUT. */
    public Call connect(final int fd, final String address, final int port) {
        final Call call = calls.begin("connect");
        final Socket socket = calls.find(call, fd);
        if (socket == null) {
            return call;
        }
        final Errno errno = opening.connect(socket, address, port);
        if (errno == Errno.OK) {
            call.succeed(0);
        } else if (!socket.blocking || errno != Errno.EINPROGRESS && errno != Errno.EALREADY) {
            call.fail(errno);
        } else {
            return calls.await(call, () -> opening.awaitConnected(call, socket), () -> call.fail(Errno.EINPROGRESS));
        }
        return calls.finish(call);
    }

    /** {@code read}: at most so many bytes, at least one; 0 bytes at the end of the stream. */
    public Call read(final int fd, final int most) {
        return calls.blocking("read", fd, (call, socket) -> streams.read(call, socket, most));
    }

    /** {@code write}: where the descriptor blocks, until the last byte has found room in the send buffer. */
    public Call write(final int fd, final byte[] bytes) {
        final Call call = calls.begin("write");
        final Socket socket = calls.find(call, fd);
        if (socket == null) {
            return call;
        }
        final StreamCalls.Write write = streams.new Write(socket, bytes.clone());
        if (write.attempt(call)) {
            return calls.finish(call);
        }
        if (socket.blocking) {
            return calls.await(call, () -> write.attempt(call), () -> write.giveUp(call));
        }
        write.giveUp(call);
        return calls.finish(call);
    }

    /** {@code shutdown}. */
    public Call shutdown(final int fd, final Shutdown how) {
        return calls.simple("shutdown", fd, socket -> closing.shutdown(socket, how));
    }

    /** {@code close}: the connection is finished in the background, or aborted (SO_LINGER 0, unread bytes). */
    public Call close(final int fd) {
        final Call call = calls.begin("close");
        final Socket socket = calls.find(call, fd);
        if (socket == null) {
            return call;
        }
        call.succeed(0);
        if (closing.close(socket)) {
            call.deadlineNs(nowNs() + socket.lingerSeconds * SECOND);
            return calls.await(call, () -> closing.lingered(socket), () -> closing.letGo(socket));
        }
        return calls.finish(call);
    }

    /** {@code setsockopt} of an option that is a number or a flag, by its name, e.g. {@code TCP_NODELAY}. */
    public Call setsockopt(final int fd, final String name, final int value) {
        return calls.simple("setsockopt", fd, socket -> Options.set(name, socket, value, stack.tcp()));
    }

    /** {@code setsockopt(SO_LINGER)}. */
    public Call setLinger(final int fd, final boolean on, final int seconds) {
        return calls.simple("setsockopt", fd, socket -> {
            socket.lingerSeconds = on ? seconds : Socket.NO_LINGER;
            return Errno.OK;
        });
    }

    /** {@code setsockopt(TCP_CONGESTION)}. */
    public Call setCongestionControl(final int fd, final String name) {
        return calls.simple("setsockopt", fd, socket -> Options.congestion(socket, name, stack.tcp()));
    }

    /** {@code getsockopt(TCP_CONGESTION)}; empty for a bad descriptor. */
    public String congestionControl(final int fd) {
        final Socket socket = sockets.get(fd);
        return socket == null ? "" : socket.settings.congestionControl();
    }

    /** {@code getsockopt} of an option that is a number or a flag; of SO_ERROR the {@link Errno#number}. */
    public Call getsockopt(final int fd, final String name) {
        return calls.answered("getsockopt", fd, (call, socket) -> Options.get(call, name, socket, stack.tcp()));
    }

    /** {@code getsockopt(TCP_INFO)}: Linux's names and units, e.g. {@code tcpi_state}; empty for a bad descriptor. */
    public Map<String, Long> tcpInfo(final int fd) {
        final Socket socket = sockets.get(fd);
        return socket == null ? Map.of() : new TreeMap<>(TcpInfoNames.of(socket, stack.tcp()));
    }

    /** {@code fcntl(F_SETFL)}: O_NONBLOCK where not blocking. */
    public Call setBlocking(final int fd, final boolean blocking) {
        return calls.simple("fcntl", fd, socket -> {
            socket.blocking = blocking;
            return Errno.OK;
        });
    }

    /** {@code poll} of one descriptor that does not wait: the {@link Events} that hold, 0 for none. */
    public Call poll(final int fd, final int events) {
        return calls.answered("poll", fd, (call, socket) -> call.succeed(Events.of(socket, events, stack.tcp())));
    }

    /** {@code poll} of one descriptor that waits for an event so long; 0 then. Negative: for ever. */
    public Call poll(final int fd, final int events, final int timeoutMs) {
        final Call call = calls.begin("poll");
        final Socket socket = calls.find(call, fd);
        if (socket == null) {
            return call;
        }
        call.deadlineNs(timeoutMs < 0 ? Long.MAX_VALUE : nowNs() + timeoutMs * MILLISECOND);
        return calls.await(call, () -> {
            call.succeed(Events.of(socket, events, stack.tcp()));
            return call.outcome() != 0;
        }, () -> call.succeed(0));
    }

    /** {@code ioctl(SIOCINQ)}: bytes that can be read now. */
    public Call siocinq(final int fd) {
        return calls.answered("ioctl", fd, (call, socket) -> call.succeed(socket.available()));
    }

    /** {@code ioctl(SIOCOUTQ)}: bytes written and not acknowledged by the peer. */
    public Call siocoutq(final int fd) {
        return calls.answered("ioctl", fd,
                (call, socket) -> call.succeed(stack.tcp().unacknowledged(socket.connection)));
    }

    // ---- what only a test asks

    /** State of the connection of a descriptor; LISTEN for a listener, CLOSED where there is none. */
    public TcpState state(final int fd) {
        final Socket socket = sockets.get(fd);
        return socket == null
                ? TcpState.CLOSED
                : socket.listening != null ? TcpState.LISTEN : stack.tcp().state(socket.connection);
    }

    /** State of the connection between two addresses and ports, TIME_WAIT included; CLOSED where there is none. */
    public TcpState state(final String local, final int localPort, final String peer, final int peerPort) {
        return stack.engine().state(VirtualControl.hi(), VirtualControl.lo(local), VirtualControl.hi(),
                VirtualControl.lo(peer),
                localPort << 16 | peerPort);
    }

    /** The local port of a descriptor; 0 where it has none. */
    public int localPort(final int fd) {
        final Socket socket = sockets.get(fd);
        return socket == null ? 0 : socket.localPort;
    }

    /** Connections that the stack holds, those of no descriptor included, but not those in TIME_WAIT. */
    public int connections() {
        return stack.engine().connections();
    }

    /** Connections in TIME_WAIT. */
    public int timeWaits() {
        return stack.engine().timeWaits();
    }

    public long counter(final Counter counter) {
        return stack.engine().counters().get(counter);
    }

    /** The initial sequence number of the next connection. */
    public void nextIss(final int iss) {
        control.nextIss(iss);
    }

    /** The local port of the next active open that names none. */
    public void nextEphemeralPort(final int port) {
        control.nextPort(port);
    }

    /**
     * Closes the stack; its connections are reset.
     *
     * @throws AssertionError where the stack had caught an exception of its own, or lost a frame.
     */
    @Override
    public void close() {
        stack.close();
    }
}
