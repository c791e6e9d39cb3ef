package io.millrace.socket;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.idle.LoopIdle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one engine on a thread of its own, and runs what the sockets want done there, between its turns. Idle, it waits
 * as the stack's loops do, but not past the engine's next deadline; a task or a command ends the wait.
 */
final class EngineThread implements Executor, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineThread.class);
    /** Longer than any turn of an engine. */
    private static final long ATTACH_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Tasks between two turns: threads that ask without end must not keep packets waiting. */
    private static final int TASKS_A_TURN = 256;

    private final StackEngine engine;
    private final LoopIdle idle;
    private final Supplier<Runnable> entrance;
    private final EngineRoom room;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile boolean driving;
    private volatile boolean ending;
    /** Nothing is taken any more. */
    private volatile boolean ended;

    /** @param entrance called by the thread before it drives the engine; what it returns, after that. */
    EngineThread(final StackEngine engine, final LoopIdle idle, final Supplier<Runnable> entrance) {
        this.engine = engine;
        this.idle = idle;
        this.entrance = entrance;
        this.room = new EngineRoom(engine, this);
        thread = Thread.ofPlatform().daemon().name("millrace-sockets-" + engine.index()).unstarted(this);
    }

    EngineRoom room() {
        return room;
    }

    /** Starts to drive the engine; false where somebody else does, or it is closed. */
    boolean start() {
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                started.await();
                break;
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return driving;
    }

    @Override
    public void execute(final Runnable task) {
        if (!ended) {
            tasks.add(task);
            // where the thread took its last look before, the task is still there
            if (!ended || !tasks.remove(task)) {
                idle.wakeup();
                return;
            }
        }
        throw new RejectedExecutionException("the engine's thread has ended");
    }

    /** Closes every connection of the room and ends the thread; returns when that is done. Thread: any but this one. */
    void end() {
        ending = true;
        idle.wakeup();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        idle.begin();
        driving = attach();
        started.countDown();
        try {
            if (driving) {
                drive();
            }
        } finally {
            finish();
        }
    }

    private void drive() {
        final Runnable exit = entrance.get();
        idle.start(engine.sleep());
        engine.onCommandQueued(idle::wakeup);
        try {
            while (!ending && !engine.isClosed()) {
                step();
            }
        } finally {
            idle.stop();
            exit.run();
        }
    }

    private void step() {
        try {
            idle.onTurn();
            rest(runTasks(TASKS_A_TURN) + turn());
        } catch (final InternalError e) {
            engine.onMemoryLost(e);
        }
    }

    private void finish() {
        ended = true;
        try {
            takeLeave();
        } catch (final InternalError e) {
            engine.onMemoryLost(e);
            takeLeave();
        } finally {
            if (driving) {
                engine.onCommandQueued(null);
                engine.detachDriver();
            }
        }
    }

    /** What it has begun before, a second call goes on with. */
    private void takeLeave() {
        runTasks(Integer.MAX_VALUE);
        room.close();
        if (driving) {
            // what closing said still goes out
            turn();
        }
    }

    /** The control plane may be driving the engine, a turn at a time, as long as nobody else does. */
    private boolean attach() {
        final long startNs = System.nanoTime();
        while (!engine.tryAttachDriver(thread)) {
            if (engine.isClosed() || System.nanoTime() - startNs > ATTACH_TIMEOUT_NS) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
    }

    private int runTasks(final int most) {
        int done = 0;
        while (done < most) {
            final Runnable task = tasks.poll();
            if (task == null) {
                break;
            }
            done++;
            try {
                task.run();
            } catch (final RuntimeException e) {
                LOG.warn("unexpected exception in a task of engine {}", engine.index(), e);
            }
        }
        return done;
    }

    private int turn() {
        try {
            return engine.doWork();
        } catch (final RuntimeException e) {
            LOG.warn("unexpected exception in a turn of engine {}", engine.index(), e);
            return 0;
        }
    }

    private void rest(final int workCount) {
        if (workCount > 0) {
            idle.onWork();
        } else if (!ending && tasks.isEmpty()) {
            // an engine that was closed in this turn has nothing to wait for
            final long nowNs = System.nanoTime();
            final long deadlineNs = engine.nextDeadlineNs();
            idle.idle(nowNs, deadlineNs == Long.MAX_VALUE || deadlineNs == Long.MIN_VALUE
                    ? deadlineNs
                    : deadlineNs - nowNs);
        }
    }
}
