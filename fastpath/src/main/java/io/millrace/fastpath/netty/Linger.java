package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A close that waits, by {@code SO_LINGER}, until the peer has acknowledged everything that was sent, the FIN included, or
 * until the time is over (RFC 9293 §3.9.1.4 leaves it to the application; Linux: the connection then goes on in the
 * background). To Netty it is the executor of a close that takes its time; no thread waits. Bytes that arrive meanwhile
 * end it, as nobody will read them: closing then resets the connection (RFC 2525 §2.17). Thread: the event loop's.
 */
final class Linger implements Executor {
    private final MillraceSocketChannel channel;
    /** Closes the channel; null while nothing is waited for. */
    @Nullable
    private Runnable close;
    @Nullable
    private Future<?> timeout;

    Linger(final MillraceSocketChannel channel) {
        this.channel = channel;
    }

    /** True where a close has to wait: the option says so, and the peer has not acknowledged everything. */
    boolean isWanted() {
        if (channel.config().getSoLinger() <= 0 || !channel.isActive() || channel.eventLoop().isShuttingDown()) {
            return false;
        }
        final TcpCalls tcp = channel.tcp();
        final long connection = channel.connection();
        return tcp.available(connection) == 0 && switch (tcp.state(connection)) {
            case SYN_RECEIVED, ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }

    boolean isOn() {
        return close != null;
    }

    /** Starts to wait; {@code command} closes the channel. */
    @Override
    public void execute(final Runnable command) {
        close = command;
        channel.stopReading();
        channel.tcp().shutdownOutput(channel.connection());
        timeout = channel.eventLoop().schedule(this::end, channel.config().getSoLinger(), TimeUnit.SECONDS);
    }

    /** The connection tells something meanwhile. */
    void onReady(final int events) {
        final int over = ConnectionHandler.OUTPUT_ACKNOWLEDGED | ConnectionHandler.FAILED | ConnectionHandler.CLOSED;
        if ((events & over) != 0 || channel.tcp().available(channel.connection()) > 0) {
            end();
        }
    }

    /** Waits no more; nothing where it does not wait. */
    void end() {
        final Runnable command = close;
        if (command == null) {
            return;
        }
        close = null;
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
        command.run();
    }
}
