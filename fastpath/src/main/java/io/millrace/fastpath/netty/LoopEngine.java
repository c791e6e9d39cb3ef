package io.millrace.fastpath.netty;

import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.Udp;
import org.jspecify.annotations.Nullable;

/**
 * What an event loop needs of its engine. The seam at which tests put an engine of their own; the one in use is
 * {@link StackLoopEngine}, so calls stay monomorphic. Threads as in {@link io.millrace.fastpath.engine.StackEngine}.
 */
interface LoopEngine {
    /** The user/TCP interface. Thread: the engine's. */
    TcpCalls tcp();

    /** Received frames that applications have. Thread: the engine's. */
    LentFrames frames();

    /** UDP endpoints. Thread: the engine's. */
    Udp udp();

    /** One turn of the duty cycle; returns how much was done. Thread: the engine's. */
    int doWork();

    /** When the next turn is due, in {@link System#nanoTime}; MIN_VALUE: now, MAX_VALUE: never. Thread: the engine's. */
    long nextDeadlineNs();

    /** What the loop waits for. Thread: the engine's. */
    IdleSource sleep();

    /** Told of an {@link InternalError} that the driver met: see {@link io.millrace.fastpath.engine.StackEngine}. */
    void onMemoryLost(InternalError error);

    /** Takes the right to drive; false where another thread has it. Thread: any. */
    boolean tryAttachDriver(Thread driver);

    /** Gives the right back. Thread: the driver's. */
    void detachDriver();

    /** Who is told when a command was queued. Thread: any. */
    void onCommandQueued(@Nullable Runnable wakeup);

    /** True once every connection is reset and every byte given back. Thread: any. */
    boolean isClosed();

    /** Resets a connection that has no channel (any more). Thread: any. */
    void abandon(long connection);

    /** Closes an endpoint whose channel is not of this engine's event loop (any more). Thread: any. */
    void abandon(DatagramEndpoint endpoint);
}
