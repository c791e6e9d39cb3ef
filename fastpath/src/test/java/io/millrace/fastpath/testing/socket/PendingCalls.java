package io.millrace.fastpath.testing.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes socket calls, and keeps those that wait: whenever the stack has acted they are tried again, in the order in
 * which they were made. Thread: the driver's.
 */
final class PendingCalls {
    private final VirtualStack stack;
    private final Sockets sockets;
    private final List<Waiting> waiting = new ArrayList<>();

    PendingCalls(final VirtualStack stack, final Sockets sockets) {
        this.stack = stack;
        this.sockets = sockets;
    }

    /** A call that waits, how to try it again, and what to do when its time is over. */
    private record Waiting(Call call, Attempt attempt, Runnable timeout) {}

    /** Tries a call; false where it has to wait. */
    interface Attempt {
        boolean now();
    }

    /** Lets the stack act until neither it nor a call that waits can go on at this instant. */
    void settle() {
        boolean progress;
        do {
            stack.run();
            progress = waiting.removeIf(this::isDone);
        } while (progress || stack.hasWork());
    }

    private boolean isDone(final Waiting waiter) {
        if (!waiter.attempt.now()) {
            if (waiter.call.deadlineNs() > stack.nowNs()) {
                return false;
            }
            waiter.timeout.run();
        }
        waiter.call.done(stack.nowNs());
        return true;
    }

    /** When the next call gives up waiting; {@link Long#MAX_VALUE} where none does. */
    long nextDeadlineNs() {
        return waiting.stream().mapToLong(waiter -> waiter.call.deadlineNs()).min().orElse(Long.MAX_VALUE);
    }

    Call begin(final String name) {
        return new Call(name, stack.nowNs());
    }

    /** The socket of a descriptor; null where there is none: then the call has failed with EBADF. */
    @Nullable
    Socket find(final Call call, final int fd) {
        final Socket socket = sockets.get(fd);
        if (socket == null) {
            call.fail(Errno.EBADF);
            call.done(stack.nowNs());
        }
        return socket;
    }

    /** A call that answers 0 or fails. */
    Call simple(final String name, final int fd, final Function<Socket, Errno> action) {
        return answered(name, fd, (call, socket) -> {
            final Errno errno = action.apply(socket);
            if (errno == Errno.OK) {
                call.succeed(0);
            } else {
                call.fail(errno);
            }
        });
    }

    /** Answers a call at once. */
    interface Answer {
        void to(Call call, Socket socket);
    }

    /** A call that is answered at once. */
    Call answered(final String name, final int fd, final Answer answer) {
        final Call call = begin(name);
        final Socket socket = find(call, fd);
        if (socket == null) {
            return call;
        }
        answer.to(call, socket);
        return finish(call);
    }

    /** A call that waits where the descriptor blocks, and fails with EAGAIN where not. */
    Call blocking(final String name, final int fd, final BiPredicate<Call, Socket> action) {
        final Call call = begin(name);
        final Socket socket = find(call, fd);
        if (socket == null) {
            return call;
        }
        if (action.test(call, socket)) {
            return finish(call);
        }
        if (socket.blocking) {
            return await(call, () -> action.test(call, socket), () -> call.fail(Errno.EAGAIN));
        }
        call.fail(Errno.EAGAIN);
        return finish(call);
    }

    Call await(final Call call, final Attempt attempt, final Runnable timeout) {
        waiting.add(new Waiting(call, attempt, timeout));
        settle();
        return call;
    }

    Call finish(final Call call) {
        call.done(stack.nowNs());
        settle();
        return call;
    }
}
