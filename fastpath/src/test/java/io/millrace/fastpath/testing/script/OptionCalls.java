package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.socket.Call;
import io.millrace.fastpath.testing.socket.SocketDriver;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code setsockopt}, {@code getsockopt}, {@code fcntl}, {@code ioctl} and {@code poll}. Thread: the runner's. */
final class OptionCalls {
    private static final long READ_WRITE = 2;

    private final SocketDriver stack;
    private final Descriptors descriptors;

    OptionCalls(final SocketDriver stack, final Descriptors descriptors) {
        this.stack = stack;
        this.descriptors = descriptors;
    }

    void addTo(final Map<String, SystemCalls.Handler> handlers) {
        handlers.put("setsockopt", this::set);
        handlers.put("getsockopt", this::get);
        handlers.put("fcntl", this::control);
        handlers.put("ioctl", this::query);
        handlers.put("poll", this::poll);
    }

    private int fd(final Arguments args) {
        return descriptors.live(args.number(0));
    }

    /** SO_ options belong to SOL_SOCKET, TCP_ options to SOL_TCP. */
    private static String option(final Arguments args) {
        final String name = args.name(2);
        final boolean right = args.isAny(1) || args.number(1) == (name.startsWith("SO_") ? 1 : 6);
        if (!right) {
            throw new IllegalArgumentException(name + " is no option of " + args.get(1));
        }
        return name;
    }

    private Started set(final Arguments args) {
        final String name = option(args.count(5, 5));
        final int fd = fd(args);
        final Call call = switch (name) {
            case "SO_LINGER" -> stack.setLinger(fd, args.member(args.get(3), "onoff") != 0,
                    (int) args.member(args.get(3), "linger"));
            case "TCP_CONGESTION" -> stack.setCongestionControl(fd, congestion(args));
            default -> stack.setsockopt(fd, name, Math.toIntExact(value(args)));
        };
        return Started.plain(args.call(), call);
    }

    private static String congestion(final Arguments args) {
        if (args.get(3) instanceof Expression.Text text) {
            return text.value().equals("reno") ? "newreno" : text.value();
        }
        throw new IllegalArgumentException("TCP_CONGESTION: expected a name in quotes");
    }

    private static long value(final Arguments args) {
        final Long value = args.element(3);
        if (value == null) {
            throw new IllegalArgumentException(args.name(2) + ": expected [number]");
        }
        return value;
    }

    private Started get(final Arguments args) {
        final String name = option(args.count(5, 5));
        final Long expected = args.element(3);
        return new Started(stack.getsockopt(fd(args), name), done -> {
            final boolean failed = done.result() < 0;
            final String problem = Started.resultProblem(args.call(), done, failed ? -1 : 0);
            if (problem != null || failed || expected == null || expected == done.result()) {
                return problem;
            }
            return name + " is " + done.result();
        });
    }

    private Started control(final Arguments args) {
        final String command = args.name(1);
        final int fd = fd(args.count(2, 3));
        if (command.equals("F_SETFL")) {
            return Started.plain(args.call(),
                    descriptors.blocking(fd, (args.number(2) & Constants.NONBLOCK) == 0));
        }
        if (command.equals("F_GETFL")) {
            final long flags = READ_WRITE | (descriptors.isBlocking(fd) ? 0 : Constants.NONBLOCK);
            // the call itself only tells whether the descriptor is good
            return new Started(stack.setBlocking(fd, descriptors.isBlocking(fd)), done -> Started
                    .resultProblem(args.call(), done, done.result() < 0 ? -1 : flags));
        }
        throw new IllegalArgumentException("fcntl: only F_GETFL and F_SETFL are known, not " + command);
    }

    private Started query(final Arguments args) {
        final String request = args.name(1);
        final int fd = fd(args.count(3, 3));
        final Long expected = args.element(2);
        final Call call = switch (request) {
            case "SIOCINQ", "FIONREAD" -> stack.siocinq(fd);
            case "SIOCOUTQ", "TIOCOUTQ" -> stack.siocoutq(fd);
            default -> throw new IllegalArgumentException("ioctl: only SIOCINQ and SIOCOUTQ are known");
        };
        return new Started(call, done -> {
            final boolean failed = done.result() < 0;
            final String problem = Started.resultProblem(args.call(), done, failed ? -1 : 0);
            if (problem != null || failed || expected == null || expected == done.result()) {
                return problem;
            }
            return request + " is " + done.result();
        });
    }

    private Started poll(final Arguments args) {
        final List<Expression> entries = args.count(3, 3).array(0);
        if (entries.size() != 1 || args.number(1) != 1) {
            throw new IllegalArgumentException("poll: only of one descriptor");
        }
        final Expression.Structure entry = (Expression.Structure) entries.getFirst();
        final int fd = descriptors.live(args.member(entry, "fd"));
        final int events = (int) args.member(entry, "events");
        final int timeoutMs = (int) args.number(2);
        final Call call = timeoutMs == 0 ? stack.poll(fd, events) : stack.poll(fd, events, timeoutMs);
        return new Started(call, done -> pollProblem(args, entry, done));
    }

    private static @Nullable String pollProblem(final Arguments args, final Expression.Structure entry,
            final Call done) {
        final String problem = Started.resultProblem(args.call(), done,
                done.result() < 0 ? -1 : Long.signum(done.result()));
        if (problem != null || done.result() < 0 || entry.get("revents") == null
                || entry.get("revents") instanceof Expression.Any) {
            return problem;
        }
        final long expected = args.member(entry, "revents");
        return expected == done.result() ? null : "revents is 0x" + Long.toHexString(done.result());
    }
}
