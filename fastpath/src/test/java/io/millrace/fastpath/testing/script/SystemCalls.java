package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.Event.CallEvent;
import io.millrace.fastpath.testing.socket.Call;
import io.millrace.fastpath.testing.socket.Shutdown;
import io.millrace.fastpath.testing.socket.SocketDriver;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** System calls by name, on the descriptors of a script. Thread: the runner's. */
final class SystemCalls {
    private final SocketDriver stack;
    private final Descriptors descriptors;
    private final Map<String, Handler> handlers = new TreeMap<>();
    private final Map<Integer, Long> written = new HashMap<>();
    private final Map<Integer, Long> received = new HashMap<>();
    private boolean patternOnly = true;
    private int listenPort;

    SystemCalls(final SocketDriver stack, final Configuration configuration, final Descriptors descriptors) {
        this.stack = stack;
        this.descriptors = descriptors;
        listenPort = configuration.bindPort();
        handlers.put("socket", this::socket);
        handlers.put("bind", args -> plain(args, stack.bind(fd(args.count(3, 3)),
                args.address(1, "0.0.0.0"), args.port(1, configuration.bindPort()))));
        handlers.put("listen", this::listen);
        handlers.put("accept", args -> accept(args.count(3, 3)));
        handlers.put("accept4", args -> accept(args.count(4, 4)));
        handlers.put("connect", args -> plain(args, stack.connect(fd(args.count(3, 3)),
                args.address(1, configuration.remoteAddress()), args.port(1, configuration.connectPort()))));
        handlers.put("read", args -> read(args.count(3, 3), (int) args.number(2)));
        handlers.put("recv", args -> read(args.count(4, 4), (int) args.number(2)));
        handlers.put("recvfrom", args -> read(args.count(6, 6), (int) args.number(2)));
        handlers.put("readv", args -> read(args.count(3, 3), args.vector(1)));
        handlers.put("recvmsg", args -> read(args.count(3, 3), args.message(1)));
        handlers.put("write", args -> write(args.count(3, 3), (int) args.number(2), args.text(1)));
        handlers.put("send", args -> write(args.count(4, 4), (int) args.number(2), args.text(1)));
        handlers.put("sendto", args -> write(args.count(6, 6), (int) args.number(2), args.text(1)));
        handlers.put("writev", args -> write(args.count(3, 3), args.vector(1), null));
        handlers.put("sendmsg", args -> write(args.count(3, 3), args.message(1), null));
        handlers.put("shutdown", args -> plain(args, stack.shutdown(fd(args.count(2, 2)), how(args.number(1)))));
        handlers.put("close", args -> plain(args, descriptors.close(args.count(1, 1))));
        new OptionCalls(stack, descriptors).addTo(handlers);
    }

    /** Makes one kind of call. */
    interface Handler {
        Started start(Arguments arguments);
    }

    /** @throws IllegalArgumentException where the call is not known, or cannot be made so. */
    Started start(final CallEvent event) {
        final Handler handler = handlers.get(event.name());
        if (handler == null) {
            throw new IllegalArgumentException(event.name() + " is not known; known are " + handlers.keySet());
        }
        return handler.start(new Arguments(event));
    }

    /** True while the script has written nothing but what {@link StreamPattern} says. */
    boolean isPatternOnly() {
        return patternOnly;
    }

    /** Where the last listener listens. */
    int listenPort() {
        return listenPort;
    }

    private int fd(final Arguments args) {
        return descriptors.live(args.number(0));
    }

    private static Started plain(final Arguments args, final Call call) {
        return Started.plain(args.call(), call);
    }

    private Started socket(final Arguments args) {
        args.count(3, 3);
        if (!args.isAny(0) && !args.get(0).toString().endsWith("F_INET")) {
            throw new IllegalArgumentException("socket: only AF_INET is spoken here, not " + args.get(0));
        }
        final long type = args.number(1);
        final long tcp = args.isAny(2) ? 0 : args.number(2);
        if ((type & 0xF) != 1 || tcp != 0 && tcp != 6) {
            throw new IllegalArgumentException("socket: only SOCK_STREAM with IPPROTO_TCP is spoken here");
        }
        final Started started = descriptors.opened(args, stack.socket());
        descriptors.blocking(args.call(), started.call(), (type & Constants.NONBLOCK) == 0);
        return started;
    }

    private Started listen(final Arguments args) {
        final int fd = fd(args.count(2, 2));
        final Call call = stack.listen(fd, (int) args.number(1));
        if (call.result() == 0) {
            listenPort = stack.localPort(fd);
        }
        return plain(args, call);
    }

    private Started accept(final Arguments args) {
        final Started started = descriptors.opened(args, stack.accept(fd(args)));
        if ((args.flags(3) & Constants.NONBLOCK) != 0) {
            descriptors.blocking(args.call(), started.call(), false);
        }
        return started;
    }

    private static Shutdown how(final long value) {
        if (value < 0 || value >= Shutdown.values().length) {
            throw new IllegalArgumentException("shutdown: expected SHUT_RD, SHUT_WR or SHUT_RDWR");
        }
        return Shutdown.values()[(int) value];
    }

    private Started read(final Arguments args, final int most) {
        final int fd = fd(args);
        final Call call = withFlags(args, fd, () -> stack.read(fd, most));
        return new Started(call, done -> {
            final String problem = Started.resultProblem(args.call(), done, done.result());
            final long offset = received.merge(fd, (long) done.data().length, Long::sum) - done.data().length;
            if (problem != null || StreamPattern.holds(offset, done.data())) {
                return problem;
            }
            return "what it read is not what arrived at this place of the stream";
        });
    }

    private Started write(final Arguments args, final int length, final byte @Nullable [] text) {
        final int fd = fd(args);
        patternOnly &= text == null;
        final byte[] bytes = text != null && text.length == length
                ? text
                : StreamPattern.bytes(written.getOrDefault(fd, 0L), length);
        final Call call = withFlags(args, fd, () -> stack.write(fd, bytes));
        return new Started(call, done -> {
            written.merge(fd, Math.max(0, done.result()), Long::sum);
            return Started.resultProblem(args.call(), done, done.result());
        });
    }

    /** Makes a call; the fourth argument may be flags. */
    private Call withFlags(final Arguments args, final int fd, final Supplier<Call> call) {
        final boolean flagged = args.call().name().matches("recv|send|sendto|recvfrom");
        final long flags = flagged ? args.flags(3) : args.call().name().endsWith("msg") ? args.flags(2) : 0;
        if ((flags & ~(Constants.DONTWAIT | Constants.NOSIGNAL)) != 0) {
            throw new IllegalArgumentException(args.call().name() + ": of flags only MSG_DONTWAIT and MSG_NOSIGNAL "
                    + "are known");
        }
        if ((flags & Constants.DONTWAIT) == 0) {
            return call.get();
        }
        stack.setBlocking(fd, false);
        try {
            return call.get();
        } finally {
            stack.setBlocking(fd, descriptors.isBlocking(fd));
        }
    }
}
