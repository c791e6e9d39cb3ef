package io.millrace.socket;

import io.millrace.fastpath.engine.StackEngine;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one engine on a thread of its own, and runs what the sockets want done there, between its turns. Idle, it waits
 * by the stack's idle strategy, but not past the engine's next deadline; a task or a command ends the wait.
 */
final class EngineThread implements Executor, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(EngineThread.class);
    /** Nearer deadlines are waited for by spinning: no park ends that exactly. */
    private static final long SPIN_NS = TimeUnit.MICROSECONDS.toNanos(10);
    /** Longer than any turn of an engine. */
    private static final long ATTACH_TIMEOUT_NS = TimeUnit.MILLISECONDS.toNanos(500);
    /** Tasks between two turns: threads that ask without end must not keep packets waiting. */
    private static final int TASKS_A_TURN = 256;

    private final StackEngine engine;
    private final IdleStrategy idleStrategy;
    private final EngineRoom room;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final CountDownLatch started = new CountDownLatch(1);
    private volatile boolean driving;
    private volatile boolean ending;
    /** Nothing is taken any more. */
    private volatile boolean ended;

    EngineThread(final StackEngine engine, final IdleStrategy idleStrategy) {
        this.engine = engine;
        this.idleStrategy = idleStrategy;
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
                LockSupport.unpark(thread);
                return;
            }
        }
        throw new RejectedExecutionException("the engine's thread has ended");
    }

    /** Closes every connection of the room and ends the thread; returns when that is done. Thread: any but this one. */
    void end() {
        ending = true;
        LockSupport.unpark(thread);
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
        driving = attach();
        started.countDown();
        try {
            if (driving) {
                engine.onCommandQueued(() -> LockSupport.unpark(thread));
                while (!ending && !engine.isClosed()) {
                    step();
                }
            }
        } finally {
            finish();
        }
    }

    private void step() {
        try {
            idle(runTasks(TASKS_A_TURN) + turn());
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

    private void idle(final int workCount) {
        if (workCount > 0) {
            idleStrategy.reset();
            return;
        }
        final long deadlineNs = engine.nextDeadlineNs();
        final long leftNs = deadlineNs == Long.MAX_VALUE || deadlineNs == Long.MIN_VALUE
                ? deadlineNs
                : deadlineNs - System.nanoTime();
        if (leftNs >= SPIN_NS) {
            idleStrategy.idle();
        } else if (leftNs > 0) {
            Thread.onSpinWait();
        }
    }
}
