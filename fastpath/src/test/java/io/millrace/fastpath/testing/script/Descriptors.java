package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Event.CallEvent;
import io.millrace.fastpath.testing.socket.Call;
import io.millrace.fastpath.testing.socket.SocketDriver;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The descriptors of a script and those of the process that it runs in. Thread: the runner's. */
final class Descriptors {
    private static final int NONE = -1;

    private final SocketDriver stack;
    private final Map<Long, Integer> live = new HashMap<>();
    private final Set<Integer> nonBlocking = new HashSet<>();
    private int underTest = NONE;

    Descriptors(final SocketDriver stack) {
        this.stack = stack;
    }

    /** The process's descriptor; one that was never opened is bad there too. */
    int live(final long fd) {
        return live.getOrDefault(fd, NONE);
    }

    /** The socket that the script speaks of: the one opened or accepted last; -1 where it is closed. */
    int underTest() {
        return underTest;
    }

    /** A call whose result is a descriptor, by the number that the script gives it. */
    Started opened(final Arguments args, final Call call) {
        return new Started(call, done -> {
            final CallEvent event = args.call();
            if (done.result() < 0 || !(event.result() instanceof Expression.Number fd) || fd.value() < 0) {
                return Started.resultProblem(event, done, done.result());
            }
            live.put(fd.value(), (int) done.result());
            underTest = (int) done.result();
            return null;
        });
    }

    Call close(final Arguments args) {
        final int fd = live(args.number(0));
        live.remove(args.number(0));
        nonBlocking.remove(fd);
        if (underTest == fd) {
            underTest = NONE;
        }
        return stack.close(fd);
    }

    boolean isBlocking(final int fd) {
        return !nonBlocking.contains(fd);
    }

    /** Whether calls on a descriptor wait. */
    Call blocking(final int fd, final boolean blocking) {
        if (blocking) {
            nonBlocking.remove(fd);
        } else {
            nonBlocking.add(fd);
        }
        return stack.setBlocking(fd, blocking);
    }

    /** The same for one that a call has just given. */
    void blocking(final CallEvent event, final Call opened, final boolean blocking) {
        if (opened.isDone() && opened.result() >= 0) {
            blocking((int) opened.result(), blocking);
        } else if (!blocking) {
            throw new IllegalArgumentException(event.name() + " with SOCK_NONBLOCK must not block itself");
        }
    }
}
