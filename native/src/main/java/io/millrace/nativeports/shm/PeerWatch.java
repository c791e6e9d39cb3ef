package io.millrace.nativeports.shm;

import io.millrace.nativeports.linux.FileCalls;
import io.netty.util.internal.logging.InternalLogLevel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.util.concurrent.TimeUnit;

/**
 * Looks from time to time, by a system call each, whether the other side's process lives and the file is as long as it
 * was, and says in the log what becomes of the other side. Thread: the engine's.
 */
final class PeerWatch {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(PeerWatch.class);
    private static final int MOST_LINES = 4;
    private static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final FileCalls calls = new FileCalls();
    private final SharedFile file;
    private final SideInfo peer;
    private final int side;
    private final long length;
    private final String name;
    private long nextNs = Long.MIN_VALUE;
    /** Lines that may be logged until the next look, whatever the other side does. */
    private int lines = MOST_LINES;

    /** @param name of the queue, for the log. */
    PeerWatch(final SharedFile file, final SideInfo peer, final int side, final long length, final String name) {
        this.file = file;
        this.peer = peer;
        this.side = side;
        this.length = length;
        this.name = name;
    }

    /** True once in a while. */
    boolean isDue(final long nowNs) {
        if (nowNs < nextNs) {
            return false;
        }
        nextNs = nowNs + PERIOD_NS;
        lines = MOST_LINES;
        return true;
    }

    long nextNs() {
        return nextNs;
    }

    /** @return false where no process has the other side. */
    boolean isPeerAlive() {
        return file.isTaken(calls, side);
    }

    /** @return false where the file was cut: then touching it is an error of the memory. */
    boolean isWhole() {
        return calls.length(file.descriptor()) >= length;
    }

    /** @throws InternalError where the file was cut, as the JVM does for whoever meets the place. */
    void requireWhole() {
        if (!isWhole()) {
            throw new InternalError(ShmFailure.cut(file.path(), calls.length(file.descriptor())));
        }
    }

    void onJoined() {
        say(InternalLogLevel.INFO, "is on the other side");
    }

    void onLeft() {
        say(InternalLogLevel.INFO, "has left; frames are dropped until another comes");
    }

    void onDead() {
        say(InternalLogLevel.WARN, "is dead; frames are dropped until another comes");
    }

    void onNonsense() {
        say(InternalLogLevel.WARN, "says what cannot be; such frames are dropped and counted");
    }

    private void say(final InternalLogLevel level, final String what) {
        if (lines > 0) {
            lines--;
            LOGGER.log(level, "{}: {} {}", name, peer, what);
        }
    }
}
