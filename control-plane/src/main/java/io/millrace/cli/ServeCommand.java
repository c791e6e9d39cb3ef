package io.millrace.cli;

import io.millrace.Millrace;
import io.millrace.ReloadReport;
import io.millrace.config.ConfigException;
import io.millrace.config.MillraceConfig;
import io.millrace.config.ObserveKeys;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.observe.ObservationFiles;
import io.millrace.services.ChargenHandler;
import io.millrace.services.DiscardHandler;
import io.millrace.services.EchoHandler;
import io.millrace.services.HttpService;
import io.millrace.services.iperf.IperfService;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.agrona.concurrent.ShutdownSignalBarrier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code millrace serve}: Netty services on a stack until SIGTERM or SIGINT. */
@Command(name = "serve", description = {
        "Run Netty services on a Millrace stack until SIGTERM or SIGINT, which closes everything cleanly.",
        "HTTP serves / (hello), /bytes/N (N deterministic bytes, N to 2^40) and POST /echo (the body back).",
        "Without any service option: HTTP on port 80.",
        "SIGHUP, or `millrace reload`, reads the configuration anew without dropping a connection.",
        "Ends with exit code 143 after SIGTERM and 130 after SIGINT, as is usual."})
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final int DEFAULT_HTTP = 80;
    private static final int LAST_PORT = 65_535;
    private static final long QUIET_MS = 100;
    private static final long TIMEOUT_MS = 3_000;

    @Spec
    private CommandSpec spec;

    @Mixin
    private StackOptions stackOptions;

    @Option(names = "--http", paramLabel = "PORT", description = "Serve HTTP/1.1 there.")
    private @Nullable Integer http;

    @Option(names = "--echo", paramLabel = "PORT", description = "Send back what arrives (RFC 862).")
    private @Nullable Integer echo;

    @Option(names = "--discard", paramLabel = "PORT", description = "Throw away what arrives (RFC 863).")
    private @Nullable Integer discard;

    @Option(names = "--chargen", paramLabel = "PORT", description = "Send lines of text without end (after RFC 864).")
    private @Nullable Integer chargen;

    @Option(names = "--iperf3", paramLabel = "PORT", description = "Be what `iperf3 -c` measures against (TCP).")
    private @Nullable Integer iperf3;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final Map<String, Integer> ports = ports();
        // The JVM ends as soon as the barrier is closed: everything is done, and said, before.
        try (ShutdownSignalBarrier barrier = new ShutdownSignalBarrier()) {
            serve(ports, barrier);
            print("closed");
        }
        return ExitCode.OK;
    }

    @SuppressWarnings("try") // what reloads does its work by being there
    private void serve(final Map<String, Integer> ports, final ShutdownSignalBarrier barrier)
            throws IOException, InterruptedException {
        try (Millrace stack = Millrace.builder(stackOptions.config())
                .onPortChoice(choice -> print(choice.sentence())).launch();
                ReloadService reloads = reloadService(stack)) {
            final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
            try {
                for (final Map.Entry<String, Integer> service : ports.entrySet()) {
                    final Channel server = bind(group, service.getKey(), service.getValue());
                    server.closeFuture().addListener(closed -> barrier.signal());
                }
                final AddressNews addresses = new AddressNews(stack, this::print);
                print(stack + " is ready, " + (stack.offHeapBytes() >> 20) + " MiB off heap at the most");
                stack.routes().onChange(addresses);
                addresses.run();
                barrier.await();
                if (stack.isClosed()) {
                    throw new IOException(stack + " has ended by itself");
                }
                print("closing");
            } finally {
                group.shutdownGracefully(QUIET_MS, TIMEOUT_MS, TimeUnit.MILLISECONDS).await();
            }
        }
    }

    /** Null where nobody may look into the process, or the folder for that cannot be used: then there is SIGHUP alone. */
    private @Nullable ReloadService reloadService(final Millrace stack) {
        final MillraceConfig config = stack.config();
        HangUp.runs(() -> {
            if (!stack.isClosed()) {
                reload(stack).lines().forEach(line -> print("SIGHUP: " + line));
            }
        });
        if (!config.get(ObserveKeys.ENABLED)) {
            return null;
        }
        try {
            return ReloadService.open(config.get(ObserveKeys.DIRECTORY).orElseGet(ObservationFiles::ownDirectory),
                    () -> reload(stack));
        } catch (final IOException e) {
            LOG.warn("{}; `millrace reload` cannot reach this process, SIGHUP can", e.getMessage());
            return null;
        }
    }

    private ReloadReport reload(final Millrace stack) {
        try {
            return stack.reload(stackOptions.config());
        } catch (final ConfigException e) {
            return ReloadReport.unreadable(stack.config(), e);
        }
    }

    /** Which services are wanted, and where; 0 chooses a free port. */
    private Map<String, Integer> ports() {
        final Map<String, Integer> ports = new LinkedHashMap<>();
        add(ports, "http", http);
        add(ports, "echo", echo);
        add(ports, "discard", discard);
        add(ports, "chargen", chargen);
        add(ports, "iperf3", iperf3);
        if (ports.isEmpty()) {
            ports.put("http", DEFAULT_HTTP);
        }
        return ports;
    }

    private void add(final Map<String, Integer> ports, final String service, final @Nullable Integer port) {
        if (port == null) {
            return;
        }
        if (port < 0 || port > LAST_PORT) {
            throw refused("--" + service + ' ' + port + ": must be 0 to " + LAST_PORT + " (0 takes a free port)");
        }
        ports.forEach((other, taken) -> {
            if (taken.equals(port) && port != 0) {
                throw refused("--" + service + ' ' + port + ": --" + other + " has that port already");
            }
        });
        ports.put(service, port);
    }

    private ParameterException refused(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private Channel bind(final MillraceEventLoopGroup group, final String service, final int port)
            throws IOException, InterruptedException {
        final ChannelFuture bound = new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                .childHandler(pipeline(service)).bind(port).await();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen on port " + port + " for " + service + ": "
                    + bound.cause().getMessage(), bound.cause());
        }
        print(service + " listens on " + NetUtil.toSocketAddressString(
                (InetSocketAddress) bound.channel().localAddress()));
        return bound.channel();
    }

    /** What serves a connection: {@code http}, {@code echo}, {@code discard}, {@code iperf3} or {@code chargen}. */
    static ChannelHandler pipeline(final String service) {
        return switch (service) {
            case "http" -> new HttpService();
            case "echo" -> initializer(EchoHandler::new);
            case "discard" -> initializer(DiscardHandler::new);
            case "iperf3" -> new IperfService();
            default -> initializer(ChargenHandler::new);
        };
    }

    private static ChannelHandler initializer(final Supplier<ChannelHandler> handler) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(final Channel channel) {
                channel.pipeline().addLast(handler.get());
            }
        };
    }

    private synchronized void print(final String line) {
        final PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
