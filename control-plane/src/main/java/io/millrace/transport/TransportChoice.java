package io.millrace.transport;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.config.TransportKeys;
import io.millrace.config.TransportKind;
import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.netty.MillraceDatagramChannel;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.netty.MillraceTransport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The first of some transports that works on this machine, and what a program needs of it: event loops and classes of
 * channels.
 *
 * <pre>{@code
 * try (TransportChoice transport = TransportChoice.of(MillraceConfig.load())) {
 *     EventLoopGroup group = transport.newEventLoopGroup(0);
 *     new ServerBootstrap().group(group).channel(transport.serverSocketChannel()).childHandler(handler).bind(80);
 *     ...
 * }
 * }</pre>
 *
 * Where Millrace is taken its stack is started with the choice and closed with it; shut its event loop group down before.
 * Thread: any.
 */
public final class TransportChoice implements AutoCloseable {
    private final TransportKind kind;
    private final NettyTransport transport;
    private final @Nullable NetworkStack stack;
    private final Map<TransportKind, String> passedOver;

    private TransportChoice(final TransportKind kind, final NettyTransport transport,
            final @Nullable NetworkStack stack, final Map<TransportKind, String> passedOver) {
        this.kind = kind;
        this.transport = transport;
        this.stack = stack;
        this.passedOver = passedOver;
    }

    /** Starts a stack. */
    @FunctionalInterface
    public interface StackSource {
        /** @throws IOException one sentence: what could not be opened, and why. */
        NetworkStack start() throws IOException;
    }

    /**
     * The first that works of {@code millrace.transport.order}; where it is Millrace, a stack of this configuration runs.
     *
     * @throws IllegalStateException where none works: which were tried, and why not.
     */
    public static TransportChoice of(final MillraceConfig config) {
        return of(config.get(TransportKeys.ORDER), () -> Millrace.launch(config));
    }

    /**
     * The first that works of these.
     *
     * @param source starts the stack where Millrace's turn comes; what it throws is the reason to go on to the next.
     * @throws IllegalStateException where none works: which were tried, and why not.
     */
    public static TransportChoice of(final List<TransportKind> order, final StackSource source) {
        final Map<TransportKind, String> passedOver = new EnumMap<>(TransportKind.class);
        for (final TransportKind kind : order) {
            try {
                return open(kind, source, Collections.unmodifiableMap(passedOver));
            } catch (final IOException | RuntimeException | LinkageError e) {
                passedOver.put(kind, reason(e));
            }
        }
        throw new IllegalStateException("no transport works here: " + passedOver.entrySet().stream()
                .map(entry -> entry.getKey().label() + " (" + entry.getValue() + ')')
                .collect(Collectors.joining(", ")));
    }

    private static TransportChoice open(final TransportKind kind, final StackSource source,
            final Map<TransportKind, String> passedOver) throws IOException {
        if (kind == TransportKind.MILLRACE) {
            MillraceTransport.ensureAvailability();
            final NetworkStack stack = source.start();
            return new TransportChoice(kind, ofStack(stack), stack, passedOver);
        }
        return new TransportChoice(kind, ofKernel(kind), null, passedOver);
    }

    private static NettyTransport ofStack(final NetworkStack stack) {
        return new NettyTransport(threads -> new MillraceEventLoopGroup(stack), MillraceServerSocketChannel.class,
                MillraceSocketChannel.class, MillraceDatagramChannel.class);
    }

    private static NettyTransport ofKernel(final TransportKind kind) {
        return switch (kind) {
            case IO_URING -> {
                require(KernelTransports.OfIoUring.CLASS, KernelTransports.OfIoUring.JAR);
                yield KernelTransports.OfIoUring.open();
            }
            case EPOLL -> {
                require(KernelTransports.OfEpoll.CLASS, KernelTransports.OfEpoll.JAR);
                yield KernelTransports.OfEpoll.open();
            }
            default -> KernelTransports.Nio.open();
        };
    }

    /** Looks without loading: what is not there must not be linked. */
    private static void require(final String className, final String jar) {
        final String resource = className.replace('.', '/') + ".class";
        if (TransportChoice.class.getClassLoader().getResource(resource) == null) {
            throw new IllegalStateException(jar + " is not on the class path");
        }
    }

    /** What a failure says, and what it says of its cause where it says nothing new itself. */
    private static String reason(final Throwable failure) {
        Throwable told = failure;
        while (told.getCause() != null && told.getCause().getMessage() != null) {
            told = told.getCause();
        }
        final String message = told.getMessage();
        return message == null ? told.getClass().getSimpleName() : message;
    }

    /** Which transport it is. */
    public TransportKind kind() {
        return kind;
    }

    /** The stack that was started for it; null where the kernel's is used. */
    public @Nullable NetworkStack stack() {
        return stack;
    }

    /** Those that were to be preferred, each with the reason, one sentence, why it does not work here. */
    public Map<TransportKind, String> passedOver() {
        return passedOver;
    }

    /**
     * A group of event loops. Millrace's has a loop for each engine of the stack, whatever the number asked for, and there
     * is one such group at a time.
     *
     * @param threads event loops; 0: Netty's default.
     * @throws IllegalStateException where it is Millrace and its engines are driven already, or the stack is closed.
     */
    public EventLoopGroup newEventLoopGroup(final int threads) {
        return transport.groups().make(threads);
    }

    /** Class of channels that listen. */
    public Class<? extends ServerSocketChannel> serverSocketChannel() {
        return transport.server();
    }

    /** Class of channels that connect. */
    public Class<? extends SocketChannel> socketChannel() {
        return transport.socket();
    }

    /** Class of channels for datagrams. */
    public Class<? extends DatagramChannel> datagramChannel() {
        return transport.datagram();
    }

    /** Closes the stack where one was started. */
    @Override
    public void close() {
        if (stack != null) {
            stack.close();
        }
    }

    /** {@code io-uring}, and why no other. */
    @Override
    public String toString() {
        return kind.label() + (passedOver.isEmpty()
                ? ""
                : ", not " + passedOver.entrySet().stream()
                        .map(entry -> entry.getKey().label() + " (" + entry.getValue() + ')')
                        .collect(Collectors.joining(", ")));
    }
}
