package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.idle.LoopIdle;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.udp.Udp;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.util.concurrent.ThreadAwareExecutor;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Drives one engine from one event loop: each turn of the loop is one turn of the engine's duty cycle, then Netty's
 * tasks. A turn that finds nothing to do idles as the stack's {@link NetworkStack#idling} says, but not past the next
 * deadline of the engine or of a scheduled task (a strategy that parks may overshoot by one of its park periods), and not
 * while a task waits; {@link #wakeup} ends a sleep at once.
 * <p>
 * When the engine is closed under its channels they are closed with the failure, and the loop goes on to serve tasks.
 * <p>
 * Thread: the event loop's, but for {@link #wakeup} and {@link #isCompatible}: any.
 */
public final class MillraceIoHandler implements IoHandler {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(MillraceIoHandler.class);

    /** Longer than any turn of an engine. */
    private static final long ATTACH_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LOG_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final StackEngines engines;
    private final int index;
    private final LoopEngine engine;
    private final ThreadAwareExecutor executor;
    private final LoopIdle idle;
    private final FrameBuffers frameBuffers;
    private final ReadBuffers readBuffers = new ReadBuffers(this::inLoop);
    private final List<MillraceIoRegistration> registrations = new ArrayList<>();

    @Nullable
    private BounceBuffer bounce;
    @Nullable
    private volatile Thread thread;
    /** Of the thread from what it needs while it drives the engine. */
    private Runnable exit = () -> {};
    private boolean driving;
    private boolean destroyed;
    private int handled;
    private long lastLogNs = System.nanoTime() - LOG_INTERVAL_NS;

    MillraceIoHandler(final StackEngines engines, final int index, final ThreadAwareExecutor executor) {
        this.engines = engines;
        this.index = index;
        this.engine = engines.engine(index);
        this.frameBuffers = new FrameBuffers(engine.frames());
        this.executor = executor;
        this.idle = engines.stack().idling().newLoop();
    }

    /**
     * A factory whose handlers drive engine 0, 1, 2... in the order in which they are made; it serves one group of at
     * most as many event loops as the stack has engines. {@link MillraceEventLoopGroup} should be preferred: it makes
     * exactly as many, starts them all, and registers an accepted channel with the loop that drives its engine.
     *
     * @param stack the stack to drive.
     * @return the factory; it throws {@link IllegalStateException} when asked for more handlers than there are engines.
     */
    public static IoHandlerFactory newFactory(final NetworkStack stack) {
        return new MillraceIoHandlerFactory(StackEngines.of(stack));
    }

    /** The stack whose engine this handler drives. Thread: any. */
    public NetworkStack stack() {
        return engines.stack();
    }

    /** Index of the engine that this handler drives. Thread: any. */
    public int engine() {
        return index;
    }

    @Override
    public void initialize() {
        final Thread current = Thread.currentThread();
        thread = current;
        idle.begin();
        driving = attach(current);
        if (driving) {
            exit = engines.stack().enterLoop(index);
            idle.start(engine.sleep());
            engine.onCommandQueued(this::wakeup);
        }
    }

    /** The control plane may be driving the engine, a turn at a time, as long as nobody else does. */
    private boolean attach(final Thread current) {
        final long startNs = System.nanoTime();
        while (!engine.tryAttachDriver(current)) {
            if (engine.isClosed() || System.nanoTime() - startNs > ATTACH_TIMEOUT_NS) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    @Override
    public int run(final IoHandlerContext context) {
        handled = 0;
        idle.onTurn();
        try {
            int work = driving ? turn(context) : 0;
            if (work == 0 && context.canBlock() && idle(context)) {
                work = turn(context);
            }
            if (work > 0) {
                idle.onWork();
            }
        } catch (final InternalError e) {
            engine.onMemoryLost(e);
        }
        return handled;
    }

    /** Counts a handle that was served in this turn. */
    void onHandled() {
        handled++;
    }

    private int turn(final IoHandlerContext context) {
        final boolean timed = context.shouldReportActiveIoTime();
        final long startNs = timed ? System.nanoTime() : 0;
        final int work = doWork();
        if (timed) {
            context.reportActiveIoTime(work > 0 ? System.nanoTime() - startNs : 0);
        }
        if (engine.isClosed()) {
            onEngineClosed();
        }
        return work;
    }

    private int doWork() {
        try {
            return engine.doWork();
        } catch (final InternalError e) {
            engine.onMemoryLost(e);
            return 1;
        } catch (final Throwable t) {
            // The poll loop never dies of an exception, nor drowns the log in one that comes back every turn.
            final long nowNs = System.nanoTime();
            if (nowNs - lastLogNs >= LOG_INTERVAL_NS) {
                lastLogNs = nowNs;
                LOGGER.warn("Unexpected exception in a turn of engine {}", index, t);
            }
            return 0;
        }
    }

    /** @return true where the engine's next turn may find something by now. */
    private boolean idle(final IoHandlerContext context) {
        if (driving && idle.isPolling()) {
            return idle.poll();
        }
        final long nowNs = System.nanoTime();
        final long delayNs = context.delayNanos(nowNs);
        idle.idle(nowNs, driving ? Math.min(delayNs, untilEngineDeadline(nowNs)) : delayNs);
        return false;
    }

    private long untilEngineDeadline(final long nowNs) {
        final long deadlineNs = engine.nextDeadlineNs();
        if (deadlineNs == Long.MAX_VALUE || deadlineNs == Long.MIN_VALUE) {
            return deadlineNs;
        }
        return deadlineNs - nowNs;
    }

    @Override
    public void wakeup() {
        if (!inLoop()) {
            idle.wakeup();
        }
        // It looks for tasks itself before it idles.
    }

    @Override
    public IoRegistration register(final IoHandle handle) {
        if (!(handle instanceof MillraceIoHandle)) {
            throw new IllegalArgumentException("not a channel of Millrace: " + handle.getClass().getName());
        }
        requireDriving();
        final MillraceIoHandle channel = (MillraceIoHandle) handle;
        requireOwner(channel);
        final MillraceIoRegistration registration = new MillraceIoRegistration(this, channel, registrations.size());
        registrations.add(registration);
        channel.registered();
        return registration;
    }

    /** @throws IllegalStateException where this loop does not drive its engine, saying why. */
    void requireDriving() {
        if (isDriving()) {
            return;
        }
        throw new IllegalStateException(engines.stack().isClosed() || engine.isClosed()
                ? "the stack is closed"
                : "engine " + index + " is driven by another thread: a stack serves one event loop group");
    }

    private void requireOwner(final MillraceIoHandle channel) {
        final NetworkStack stack = channel.stack();
        if (stack != null && stack != engines.stack()) {
            throw new IllegalStateException("the connection belongs to another stack than this event loop");
        }
        final int owner = channel.engine();
        if (owner != MillraceIoHandle.ANY_ENGINE && owner != index) {
            throw new IllegalStateException("the connection belongs to engine " + owner
                    + ", but this event loop drives engine " + index
                    + ": register accepted channels with a MillraceEventLoopGroup");
        }
    }

    void cancel(final MillraceIoRegistration registration) {
        if (executor.isExecutorThread(Thread.currentThread())) {
            remove(registration);
        } else {
            executor.execute(() -> remove(registration));
        }
    }

    private void remove(final MillraceIoRegistration registration) {
        final MillraceIoRegistration last = registrations.removeLast();
        if (last != registration) {
            registrations.set(registration.position, last);
            last.position = registration.position;
        }
        registration.position = -1;
        registration.handle().unregistered();
    }

    @Override
    public boolean isCompatible(final Class<? extends IoHandle> handleType) {
        return MillraceIoHandle.class.isAssignableFrom(handleType);
    }

    /** Before anybody closes what the loop sleeps by. */
    private void leaveEngine() {
        driving = false;
        idle.stop();
        engine.onCommandQueued(null);
        engine.detachDriver();
        exit.run();
    }

    private void onEngineClosed() {
        leaveEngine();
        final SocketException cause = new SocketException("Connection aborted: the stack was closed");
        for (final MillraceIoRegistration registration : List.copyOf(registrations)) {
            registration.handle().onEngineClosed(cause);
        }
    }

    @Override
    public void prepareToDestroy() {
        closeChannels();
    }

    private void closeChannels() {
        for (final MillraceIoRegistration registration : List.copyOf(registrations)) {
            try {
                registration.handle().close();
            } catch (final Exception e) {
                LOGGER.debug("Closing {}", registration.handle(), e);
            }
        }
    }

    @Override
    public void destroy() {
        // Tasks that ran since prepareToDestroy may have registered another.
        closeChannels();
        destroyed = true;
        if (driving) {
            // What the channels said on closing (FIN, RST) still goes out.
            doWork();
            leaveEngine();
        }
        if (bounce != null) {
            bounce.close();
            bounce = null;
        }
    }

    StackEngines engines() {
        return engines;
    }

    /** The calls on the engine's connections; refused once the engine is closed, whose memory is given back then. */
    TcpCalls tcp() {
        if (!isDriving()) {
            throw new IllegalStateException("the stack is closed");
        }
        return engine.tcp();
    }

    /** False where no frame waits for any application. */
    boolean isLending() {
        return frameBuffers.frames().lent() > 0;
    }

    /** Buffers over the frames that the engine's port received. */
    FrameBuffers frameBuffers() {
        return frameBuffers;
    }

    /** Buffers for small reads. */
    ReadBuffers readBuffers() {
        return readBuffers;
    }

    /** Opens UDP endpoints; refused as {@link #tcp} is. */
    Udp udp() {
        if (!isDriving()) {
            throw new IllegalStateException("the stack is closed");
        }
        return engine.udp();
    }

    /** False as soon as the engine is closed, which a task of this loop may have done since the last turn. */
    boolean isDriving() {
        return driving && !engine.isClosed();
    }

    /** True on the thread that drives the engine. Thread: any. */
    boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    /** The loop's buffer for bytes that have no address. */
    BounceBuffer bounce() {
        if (bounce == null) {
            if (destroyed) {
                throw new IllegalStateException("the event loop has ended");
            }
            bounce = new BounceBuffer();
        }
        return bounce;
    }
}
