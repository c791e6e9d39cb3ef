package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

/**
 * A stack on a TAP device in a network namespace (or on another {@link #link}), and the kernel on the other side. After each test the connections
 * must be gone, then the stack with everything that it used.
 */
@RequiresNetworkNamespaces
@Timeout(60)
abstract class KernelInterop {
    static final String STACK = "10.77.0.2";
    static final String KERNEL = "10.77.0.1";
    static final int MIB = 1 << 20;
    /**
     * No test here is about a full one: the kernel then answers with cookies, and may take a later acknowledgement than the
     * handshake's for that, so that it never sees a FIN that came before.
     */
    private static final int KERNEL_BACKLOG = 2_048;
    private static final int SOCKET_TIMEOUT_MS = 20_000;

    private static ResourceLeakDetector.Level leakDetection;

    private final Leftovers leftovers = new Leftovers();
    private final Deque<AutoCloseable> kernelSockets = new ArrayDeque<>();
    private final Deque<AutoCloseable> waypoints = new ArrayDeque<>();

    /** Which of them the stack has an address of; what the host's side is set up with has always one of IPv4. */
    @Parameter
    Family family = Family.V4;

    /** A subclass may set another before the first test. */
    KernelLink link = KernelLink.TAP;
    NetworkNamespace kernel;
    Millrace stack;
    MillraceEventLoopGroup group;
    /** Of the stack's end of the link, as {@code ip neigh} shows it. */
    String mac;

    @BeforeAll
    static void trackFewerBuffers() {
        leakDetection = ResourceLeakDetector.getLevel();
        // A record of each access to each buffer would slow the bytes that are sent here down to a hundredth.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }

    @AfterAll
    static void trackAsBefore() {
        ResourceLeakDetector.setLevel(leakDetection);
    }

    @BeforeEach
    void makeNamespace() throws IOException {
        kernel = new NetworkNamespace();
    }

    @AfterEach
    void shouldLeaveNothingBehind() throws Exception {
        try {
            closeKernelSockets();
            if (group != null) {
                awaitNoConnections();
            }
        } finally {
            shutDown();
            for (final AutoCloseable waypoint : waypoints) {
                waypoint.close();
            }
            link.close();
            kernel.close();
        }
        leftovers.assertNone();
    }

    /** Closes every socket of the kernel that a test has opened. */
    void closeKernelSockets() throws Exception {
        for (final AutoCloseable socket : kernelSockets) {
            socket.close();
        }
    }

    /**
     * Keeps something that the packets pass until the connections are gone, then closes it. Not for {@code @AfterEach} of a
     * subclass, which runs first: the last FIN or its ACK would be lost with it, and retransmitted to nobody.
     */
    <T extends AutoCloseable> T passing(final T waypoint) {
        waypoints.push(waypoint);
        return waypoint;
    }

    private void shutDown() {
        if (group != null) {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
        if (stack != null) {
            stack.close();
        }
    }

    /** Everything is closed: neither a connection nor a byte of the slab remains, TIME_WAIT apart. */
    void awaitNoConnections() throws Exception {
        try {
            Await.until("no connection is left", () -> onEngines(StackEngine::connections) == 0);
        } catch (final AssertionError e) {
            throw new AssertionError(e.getMessage() + ": " + stack.connections() + ", " + seen(), e);
        }
        assertThat(onEngines(StackEngine::slabInUse)).as("bytes of the slab in use").isZero();
    }

    /** Counters that are not 0, for who has to find out why. */
    String seen() {
        return stack.counters().entrySet().stream().filter(counter -> counter.getValue() != 0)
                .map(Object::toString).collect(Collectors.joining(", "));
    }

    String stackIp() {
        return family.stack;
    }

    String kernelIp() {
        return family.kernel;
    }

    /** False over a TUN, where neighbours have no addresses of the link. */
    boolean hasLinkLayer() {
        return !mac.equals("00:00:00:00:00:00");
    }

    void launch(final boolean offloads) throws Exception {
        launch(offloads, "", device -> device);
    }

    /**
     * Runs a stack.
     *
     * @param settings further configuration, HOCON.
     * @param wrapper  what to run it on instead of the device itself.
     */
    void launch(final boolean offloads, final String settings, final UnaryOperator<PacketDevice> wrapper)
            throws Exception {
        final MillraceConfig config = MillraceConfig.parse("""
                %s
                millrace.port.offloads = %s
                millrace.ip.addresses = ["%s/%d"]
                millrace.ipv6.dad-transmits = 0
                %s
                """.formatted(link.join(kernel, offloads), offloads, stackIp(), family.prefixLength(), settings));
        if (config.isShared()) {
            // the device is one with what is taken over from the host
            addKernelAddress();
            stack = Millrace.launch(config);
            mac = "";
        } else {
            launch(config, wrapper);
        }
        group = new MillraceEventLoopGroup(stack, new DefaultThreadFactory("millrace-loop"));
    }

    private void launch(final MillraceConfig config, final UnaryOperator<PacketDevice> wrapper) throws Exception {
        final PacketDevice device = kernel.call(
                () -> DeviceOpener.discover().open(config.get(PortKeys.DEVICE), config.deviceRequest()));
        addKernelAddress();
        mac = "%012x".formatted(device.queue(0).capabilities().macAddress()).replaceAll("(..)(?=.)", "$1:");
        stack = Millrace.builder(config).device(wrapper.apply(device)).launch();
    }

    private void addKernelAddress() throws Exception {
        if (family == Family.V6) {
            // else the kernel forgets the address where the link goes down
            run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/mr0/keep_addr_on_down");
            run("ip", "-6", "address", "add", kernelIp() + "/" + family.prefixLength(), "dev", "mr0", "nodad");
            // it sends from the address at once, but a worker of its own makes the route by which it takes what comes back
            Await.until("the kernel takes what is for its address",
                    () -> run("ip", "-6", "route", "show", "table", "local").contains("local " + kernelIp() + " "));
        }
    }

    /** Serves on the stack. */
    void serve(final int port, final Supplier<? extends ChannelHandler> handler) {
        server(handler).bind(port).syncUninterruptibly();
    }

    private ServerBootstrap server(final Supplier<? extends ChannelHandler> handler) {
        return new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                .childHandler(pipelineOf(handler));
    }

    /** Serves on the stack with a probe that waits for one connection. */
    ChannelProbe serveProbe(final int port) {
        return serveProbe(port, true);
    }

    /** @param autoRead of the connection when it is accepted. */
    ChannelProbe serveProbe(final int port, final boolean autoRead) {
        final ChannelProbe probe = new ChannelProbe();
        server(() -> probe).childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.AUTO_READ, autoRead).bind(port).syncUninterruptibly();
        return probe;
    }

    /** Begins to connect from the stack. */
    ChannelFuture connectFromStack(final String address, final int port, final ChannelHandler handler) {
        return new Bootstrap().group(group).channel(MillraceSocketChannel.class)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true).handler(pipelineOf(() -> handler))
                .connect(new InetSocketAddress(address, port));
    }

    private static ChannelHandler pipelineOf(final Supplier<? extends ChannelHandler> handler) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(final Channel channel) {
                channel.pipeline().addLast(handler.get());
            }
        };
    }

    /** What to do to a socket before it connects. */
    @FunctionalInterface
    interface Preparation {
        void prepare(Socket socket) throws IOException;
    }

    /** A socket of the kernel, connected to the stack; closed after the test. */
    Socket connectFromKernel(final int port) throws Exception {
        return connectFromKernel(port, unconnected -> {});
    }

    Socket connectFromKernel(final int port, final Preparation preparation) throws Exception {
        final Socket socket = kernel.call(() -> {
            final Socket unconnected = new Socket();
            try {
                preparation.prepare(unconnected);
                unconnected.connect(new InetSocketAddress(stackIp(), port), SOCKET_TIMEOUT_MS);
                return unconnected;
            } catch (final IOException e) {
                unconnected.close();
                throw e;
            }
        });
        kernelSockets.add(socket);
        socket.setSoTimeout(SOCKET_TIMEOUT_MS);
        return socket;
    }

    /** A listening socket of the kernel; closed after the test. */
    ServerSocket listenInKernel() throws Exception {
        final ServerSocket server = kernel.call(() -> new ServerSocket(0, KERNEL_BACKLOG,
                new InetSocketAddress(kernelIp(), 0).getAddress()));
        kernelSockets.add(server);
        server.setSoTimeout(SOCKET_TIMEOUT_MS);
        return server;
    }

    /** Accepts; the socket is closed after the test. */
    Socket accept(final ServerSocket server) throws IOException {
        final Socket socket = server.accept();
        kernelSockets.add(socket);
        socket.setSoTimeout(SOCKET_TIMEOUT_MS);
        return socket;
    }

    /** Runs a command on the kernel's side, which must succeed; returns what it printed. */
    String run(final String... command) throws IOException {
        requireTool(command[0]);
        return kernel.run(command);
    }

    /** Skips the test where a program is not installed. */
    static void requireTool(final String program) {
        assumeTrue(Arrays.stream(System.getenv("PATH").split(":")).anyMatch(
                folder -> Files.isExecutable(Path.of(folder, program))), program + " is not installed");
    }

    /** A question that only an engine's thread may ask. */
    @FunctionalInterface
    interface EngineQuestion {
        long ask(StackEngine engine);
    }

    /** Asks every engine on its own thread, and adds up. */
    long onEngines(final EngineQuestion question) throws Exception {
        long sum = 0;
        for (int i = 0; i < stack.engineCount(); i++) {
            final StackEngine engine = stack.engine(i);
            sum += group.loopOf(i).submit((Callable<Long>) () -> question.ask(engine)).get(20, TimeUnit.SECONDS);
        }
        return sum;
    }

    long counter(final String label) {
        return stack.counters().get(label);
    }
}
