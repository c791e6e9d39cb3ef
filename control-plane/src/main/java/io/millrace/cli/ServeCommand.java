package io.millrace.cli;

import io.millrace.Millrace;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.services.ChargenHandler;
import io.millrace.services.DiscardHandler;
import io.millrace.services.EchoHandler;
import io.millrace.services.HttpService;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.agrona.concurrent.ShutdownSignalBarrier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code millrace serve}: Netty services on a stack until SIGTERM or SIGINT. */
@Command(name = "serve", description = {
        "Run Netty services on a Millrace stack until SIGTERM or SIGINT, which closes everything cleanly.",
        "HTTP serves / (hello), /bytes/N (N deterministic bytes, N to 2^40) and POST /echo (the body back).",
        "Without any service option: HTTP on port 80."})
final class ServeCommand implements Callable<Integer> {
    private static final int DEFAULT_HTTP = 80;
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

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (http == null && echo == null && discard == null && chargen == null) {
            http = DEFAULT_HTTP;
        }
        try (ShutdownSignalBarrier barrier = new ShutdownSignalBarrier();
                Millrace stack = Millrace.launch(stackOptions.config())) {
            final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
            try {
                bind(group, "http", http, HttpService::new);
                bind(group, "echo", echo, () -> initializer(EchoHandler::new));
                bind(group, "discard", discard, () -> initializer(DiscardHandler::new));
                bind(group, "chargen", chargen, () -> initializer(ChargenHandler::new));
                print(stack + " is ready");
                barrier.await();
                print("closing");
            } finally {
                group.shutdownGracefully(QUIET_MS, TIMEOUT_MS, TimeUnit.MILLISECONDS).await();
            }
        }
        print("closed");
        return ExitCode.OK;
    }

    private void bind(final MillraceEventLoopGroup group, final String service, final @Nullable Integer port,
            final Supplier<ChannelHandler> pipeline) throws IOException, InterruptedException {
        if (port == null) {
            return;
        }
        final ChannelFuture bound = new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                .childHandler(pipeline.get()).bind(port).await();
        if (!bound.isSuccess()) {
            throw new IOException("cannot listen on port " + port + " for " + service + ": "
                    + bound.cause().getMessage(), bound.cause());
        }
        print(service + " listens on " + bound.channel().localAddress());
    }

    private static ChannelHandler initializer(final Supplier<ChannelHandler> handler) {
        return new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(final Channel channel) {
                channel.pipeline().addLast(handler.get());
            }
        };
    }

    private void print(final String line) {
        final PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
