package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.AtRunTime;
import io.millrace.config.ConfigKey;
import io.millrace.config.ConfigKeys;
import io.millrace.config.ControlThreading;
import io.millrace.config.EngineKeys;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.Origin;
import io.millrace.config.ThreadingKeys;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.Faults;
import io.millrace.services.EchoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of {@code config/} for one use each: legal, explained, and better at their job than the defaults. */
@Timeout(120)
class ProfilesTest {
    private static final Path FOLDER = Path.of("..", "config");
    private static final long GIB = 1L << 30;

    @ParameterizedTest
    @ValueSource(strings = {"low-latency", "bulk", "many-connections", "wan"})
    void shouldExplainEveryLine(final String profile) throws IOException {
        final List<String> lines = Files.readAllLines(file(profile));
        assertThat(lines).allMatch(line -> line.length() <= 120);
        int keys = 0;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(" = ") && !lines.get(i).strip().startsWith("#")) {
                keys++;
                final String why = commentAbove(lines, i);
                assertThat(why).as("%s:%s: what it costs", profile, i + 1).containsIgnoringCase("cost");
            }
        }
        final MillraceConfig config = MillraceConfig.builder().file(file(profile)).build();
        assertThat(ConfigKeys.ALL.stream().filter(key -> config.origin(key).source() == Origin.Source.FILE).count())
                .as("keys set").isEqualTo(keys).isGreaterThan(5);
    }

    private static String commentAbove(final List<String> lines, final int line) {
        final StringBuilder text = new StringBuilder();
        for (int i = line - 1; lines.get(i).strip().startsWith("#"); i--) {
            text.insert(0, lines.get(i).strip().substring(1));
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"low-latency", "bulk", "many-connections", "wan"})
    void shouldStartAndServeAsItStands(final String profile) throws Exception {
        final long bytesBefore = MemoryRegion.bytesInUse();
        try (Millrace stack = Millrace.launch(MillraceConfig.builder().file(file(profile)).build())) {
            final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
            try {
                final CompletableFuture<String> answer = new CompletableFuture<>();
                final Channel server = new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                        .childHandler(new ChannelInitializer<Channel>() {
                            @Override
                            protected void initChannel(final Channel channel) {
                                channel.pipeline().addLast(new EchoHandler());
                            }
                        }).bind(0).sync().channel();
                final int port = ((InetSocketAddress) server.localAddress()).getPort();
                new Bootstrap().group(group).channel(MillraceSocketChannel.class).handler(new Answer(answer))
                        .connect("10.0.0.2", port).sync().channel()
                        .writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
                assertThat(answer.get()).isEqualTo("hello");
            } finally {
                group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
            }
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    private static final class Answer extends SimpleChannelInboundHandler<ByteBuf> {
        private final CompletableFuture<String> answer;

        Answer(final CompletableFuture<String> answer) {
            this.answer = answer;
        }

        @Override
        protected void channelRead0(final ChannelHandlerContext context, final ByteBuf message) {
            answer.complete(message.toString(StandardCharsets.US_ASCII));
        }
    }

    /** The classic: a request in two little pieces, to a peer that holds its acknowledgements back. */
    @Test
    void shouldSendTheSecondPieceOfARequestAtOnceForLowLatency() throws IOException {
        assertThat(twoPieces("low-latency")).isLessThan(TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(twoPieces(null)).as("the control: Nagle waits for a delayed acknowledgement")
                .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(30));
    }

    private static long twoPieces(final String profile) throws IOException {
        final Faults path = Faults.builder().delay(TimeUnit.MICROSECONDS.toNanos(20)).build();
        try (ProfilePair pair = new ProfilePair(config(profile), path)) {
            final ProfilePair.Flow flow = pair.connect();
            flow.exchange(20_000); // no longer at the beginning of the connection, where everything is acknowledged
            final long startNs = pair.nowNs();
            flow.send(100);
            pair.turn();
            flow.send(100);
            pair.until(() -> flow.received() == 20_200);
            return pair.nowNs() - startNs;
        }
    }

    @Test
    void shouldFillAFatPathForBulk() throws IOException {
        // 1 Gbit/s, 40 ms: a window of 1 MiB carries a fifth of it
        final Faults path = Faults.builder().delay(TimeUnit.MILLISECONDS.toNanos(20)).bottleneck(1_000_000_000, 8 << 20)
                .build();
        assertThat(transferNs("bulk", path, 60_000_000) * 2).isLessThan(transferNs(null, path, 60_000_000));
    }

    @Test
    void shouldStandLossAcrossTheWideArea() throws IOException {
        final Faults path = Faults.builder().delay(TimeUnit.MILLISECONDS.toNanos(40)).bottleneck(100_000_000, 1 << 20)
                .loss(0.01).build();
        assertThat(transferNs("wan", path, 10_000_000) * 2).isLessThan(transferNs(null, path, 10_000_000));
    }

    private static long transferNs(final String profile, final Faults path, final long bytes) throws IOException {
        try (ProfilePair pair = new ProfilePair(config(profile), path)) {
            final ProfilePair.Flow flow = pair.connect();
            final long startNs = pair.nowNs();
            flow.exchange(bytes);
            return pair.nowNs() - startNs;
        }
    }

    @Test
    void shouldHoldManySilentConnectionsInLittleMemory() throws IOException {
        final int many = 10_000;
        try (ProfilePair pair = new ProfilePair(config("many-connections"), Faults.NONE)) {
            assertThat(pair.server.offHeapBytes()).as("of a machine of 8 GiB").isLessThan(6 * GIB);
            final List<ProfilePair.Flow> flows = new ArrayList<>();
            final TcpListener listener = pair.server.listeners().getFirst();
            assertThat(listener.backlog()).isEqualTo(65_536);
            for (int i = 0; i < many; i++) {
                flows.add(pair.open());
            }
            pair.until(() -> listener.acceptQueueDepth() == many);
            pair.acceptAll(flows);
            for (int i = 0; i < many; i += 100) {
                flows.get(i).exchange(1_000);
            }
            pair.run(TimeUnit.MINUTES.toNanos(25));
            assertThat(pair.server.engine(0).connections()).as("kept alive").isEqualTo(many);
            assertThat(pair.server.engine(0).slabInUse()).as("the silent hold no buffers").isZero();
            pair.vanish();
            pair.run(TimeUnit.MINUTES.toNanos(15));
            assertThat(pair.server.engine(0).connections()).as("the peers are gone").isZero();
        }
    }

    @Test
    void shouldBeReachableByReloadWhereNoSizeDiffers() {
        final MillraceConfig wan = config("wan").toBuilder().set(EngineKeys.SLAB, EngineKeys.SLAB.defaultValue())
                .build();
        final List<ConfigKey<?>> fixed = ConfigKeys.ALL.stream()
                .filter(key -> key.atRunTime() == AtRunTime.RESTART
                        && !wan.text(key).equals(config(null).text(key)))
                .<ConfigKey<?>>map(key -> key).toList();
        assertThat(fixed).containsExactly(IpKeys.MIN_PATH_MTU);
    }

    /** A profile, or the defaults, in virtual time. */
    private static MillraceConfig config(final String profile) {
        final MillraceConfig.Builder builder = MillraceConfig.builder();
        if (profile != null) {
            builder.file(file(profile));
        }
        return builder.set(ThreadingKeys.CONTROL, ControlThreading.SHARED).build();
    }

    private static Path file(final String profile) {
        return FOLDER.resolve(profile + ".conf");
    }
}
