package io.millrace.fastpath.links;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.StandInListener;

/** A connection between two hosts over which bytes that tell their place flow one way. */
final class LinkedStream {
    private static final int PIECE = 1 << 14;

    private final LinkedHosts hosts;
    private final TcpCalls sender;
    private final TcpCalls receiver;
    private final Listener listener;
    private final long handle;
    private long wanted;
    private long sent;
    private long received;
    private TcpFailure failure = TcpFailure.NONE;

    /** @param address of the right host, which listens there; the left one connects and sends. */
    LinkedStream(final LinkedHosts hosts, final int address, final int port) {
        this(hosts, address, port, StandInListener.Cookies.OFF);
    }

    LinkedStream(final LinkedHosts hosts, final int address, final int port, final StandInListener.Cookies cookies) {
        this.hosts = hosts;
        sender = hosts.left.engine.tcp();
        receiver = hosts.right.engine.tcp();
        listener = new Listener(port);
        listener.cookies(cookies);
        hosts.right.control.listen(port, listener);
        handle = sender.connect(0, 0, 0, Family.current().hi(), Family.current().lo(address), port,
                TcpSettings.DEFAULT, this::onSender);
    }

    long handle() {
        return handle;
    }

    long sent() {
        return sent;
    }

    long received() {
        return received;
    }

    TcpFailure failure() {
        return failure;
    }

    /** That of the receiving end. */
    long accepted() {
        return listener.accepted;
    }

    /** Sends so many bytes more, as fast as it may. */
    LinkedStream send(final long bytes) {
        wanted += bytes;
        if (listener.accepted != 0) {
            fill();
        }
        return this;
    }

    /** True where every byte that was to be sent has arrived. */
    boolean isDone() {
        return received == wanted;
    }

    private void onSender(final long connection, final int events) {
        if ((events & ConnectionHandler.FAILED) != 0) {
            failure = sender.failure(connection);
        } else {
            fill();
        }
    }

    private void fill() {
        int accepted = 1;
        while (sent < wanted && accepted > 0) {
            final int length = (int) Math.min(PIECE, wanted - sent);
            for (int i = 0; i < length; i++) {
                Memory.putByte(hosts.scratch.address() + i, pattern(sent + i));
            }
            accepted = sender.send(handle, hosts.scratch.address(), length);
            sent += Math.max(0, accepted);
        }
        sender.flush(handle);
    }

    private static byte pattern(final long place) {
        return (byte) (place * 31 + (place >>> 8) * 17 + (place >>> 16));
    }

    private void onReceiver(final long connection) {
        int length;
        do {
            length = receiver.receive(connection, hosts.scratch.address(), PIECE);
            for (int i = 0; i < length; i++) {
                if (Memory.getByte(hosts.scratch.address() + i) != pattern(received + i)) {
                    throw new AssertionError("byte " + (received + i) + " is wrong");
                }
            }
            received += Math.max(0, length);
        } while (length > 0);
    }

    /** Accepts at once. */
    private final class Listener extends StandInListener {
        private long accepted;

        Listener(final int id) {
            super(id, 1, TcpSettings.DEFAULT);
        }

        @Override
        public boolean offer(final int engine, final long connection) {
            accepted = connection;
            return receiver.attach(connection, (told, events) -> onReceiver(told));
        }
    }
}
