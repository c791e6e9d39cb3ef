package io.millrace.demo;

import io.millrace.Millrace;
import io.millrace.config.ControlThreading;
import io.millrace.config.IdleMode;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.ThreadingKeys;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.WrappedDevice;
import io.millrace.services.HttpService;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpClientCodec;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * A Netty HTTP server on one stack, a client on another, joined by the in-memory link, which loses frames. Thread: one,
 * which waits; two event loops work.
 */
public final class MemoryDemo {
    private static final String CLIENT = "10.77.0.1";
    private static final String SERVER = "10.77.0.2";
    private static final int PORT = 80;
    private static final int MTU = 1_500;
    private static final long LADDER_SECONDS = 10;
    private static final long LOAD_SECONDS = 60;
    private static final long SHUTDOWN_MS = 2_000;

    private final DemoSettings settings;
    private final PrintWriter out;
    private final Ladder ladder = new Ladder();

    public MemoryDemo(final DemoSettings settings, final PrintWriter out) {
        this.settings = settings;
        this.out = out;
    }

    /**
     * Runs it.
     *
     * @return true where every byte was right.
     */
    public boolean run() throws IOException, InterruptedException {
        final MemoryLink link = MemoryLink.builder().mtu(MTU).offloads(false).build();
        final LadderPort[] ends = new LadderPort[2];
        final PacketDevice serverDevice = new WrappedDevice(link.side(1),
                port -> ends[1] = new LadderPort(port, ladder, false, true));
        final Faults faults = Faults.builder().loss(settings.loss()).build();
        final FaultInjectionPort wire = new FaultInjectionPort(link.side(0).queue(0), faults, faults, settings.seed());
        final PacketDevice clientDevice = new WrappedDevice(link.side(0),
                port -> ends[0] = new LadderPort(wire, ladder, true, true));
        try (Millrace server = Millrace.builder(config(SERVER)).device(serverDevice).launch();
                Millrace client = Millrace.builder(config(CLIENT)).device(clientDevice).launch()) {
            ends[0].engine(client.engine(0));
            ends[1].engine(server.engine(0));
            return run(server, client, wire);
        }
    }

    private static MillraceConfig config(final String address) {
        return MillraceConfig.builder().systemProperties()
                .option("demo", IpKeys.ADDRESSES, address + "/24")
                .set(ThreadingKeys.CONTROL, ControlThreading.SHARED).set(ThreadingKeys.IDLE, IdleMode.BACKOFF).build();
    }

    private boolean run(final Millrace server, final Millrace client, final FaultInjectionPort wire)
            throws IOException, InterruptedException {
        final MillraceEventLoopGroup serverGroup = new MillraceEventLoopGroup(server);
        final MillraceEventLoopGroup clientGroup = new MillraceEventLoopGroup(client);
        try {
            new ServerBootstrap().group(serverGroup).channel(MillraceServerSocketChannel.class)
                    .childHandler(new HttpService()).bind(SERVER, PORT).sync();
            out.printf(
                    "Netty HTTP server on %s%nNetty HTTP client on %s%nin-memory link, %.1f %% of the frames lost each"
                            + " way (seed %d)%n%n",
                    server, client, 100 * settings.loss(), settings.seed());
            final boolean first = drawOneConnection(clientGroup);
            return load(clientGroup, server, client, wire) && first;
        } finally {
            clientGroup.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).await();
            serverGroup.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).await();
        }
    }

    private boolean drawOneConnection(final MillraceEventLoopGroup group) throws InterruptedException {
        final Tally tally = new Tally(1);
        open(group, 1, tally, index -> new LoadClient(tally, settings.seed(), 1, SERVER));
        final boolean over = tally.await(LADDER_SECONDS);
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LADDER_SECONDS);
        while (!ladder.isComplete() && System.nanoTime() < deadlineNs) {
            Thread.onSpinWait();
        }
        out.println("One connection, as its segments passed (sequence numbers from each SYN on):");
        out.println();
        new LadderDrawing(ladder, out).print("client", "server");
        out.println();
        return over && tally.isRight(1);
    }

    private boolean load(final MillraceEventLoopGroup group, final Millrace server, final Millrace client,
            final FaultInjectionPort wire) throws InterruptedException {
        final Tally tally = new Tally(settings.connections());
        final long startNs = System.nanoTime();
        open(group, settings.connections(), tally,
                index -> new LoadClient(tally, settings.seed() + index, settings.requests(), SERVER));
        final boolean over = tally.await(LOAD_SECONDS);
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        final long expected = (long) settings.connections() * settings.requests();
        out.printf("%,d connections, %,d requests on each, in %.1f s:%n%n", settings.connections(),
                settings.requests(), seconds);
        tally.print(out, expected);
        final StackCounts ofClient = new StackCounts("client", client.counters());
        final StackCounts ofServer = new StackCounts("server", server.counters());
        printWire(wire, ofClient.of(Counter.FRAMES_TRANSMITTED), ofServer.of(Counter.FRAMES_TRANSMITTED));
        ofClient.print(out);
        ofServer.print(out);
        final boolean right = over && tally.isRight(expected);
        out.printf("%n%s%n", over ? tally.verdict(expected) : "NOT over within " + LOAD_SECONDS + " s.");
        out.flush();
        return right;
    }

    private void printWire(final FaultInjectionPort wire, final long up, final long down) {
        final long lostUp = wire.transmitted().lost();
        final long lostDown = wire.received().lost();
        final String line = "  link       %,d frames to the server, %,d lost; %,d to the client, %,d lost; %,d dropped else%n";
        out.printf(line, up, lostUp, down, lostDown, wire.dropped() - lostUp - lostDown);
    }

    private void open(final MillraceEventLoopGroup group, final int connections, final Tally tally,
            final IntFunction<ChannelHandler> handlers) {
        for (int i = 0; i < connections; i++) {
            final ChannelHandler handler = handlers.apply(i);
            new Bootstrap().group(group).channel(MillraceSocketChannel.class)
                    .handler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(final Channel channel) {
                            channel.pipeline().addLast(new HttpClientCodec(), handler);
                        }
                    }).connect(SERVER, PORT).addListener(connected -> {
                        if (!connected.isSuccess()) {
                            tally.onFailure(connected.cause());
                            tally.onConnectionOver(false);
                        }
                    });
        }
    }
}
