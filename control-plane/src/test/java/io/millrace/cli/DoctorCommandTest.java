package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.interop.Await;
import io.millrace.observe.Reading;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The doctor at real stacks. */
@Timeout(60)
class DoctorCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private final List<MillraceEventLoopGroup> groups = new ArrayList<>();

    @AfterEach
    void endLoops() throws InterruptedException {
        for (final MillraceEventLoopGroup group : groups) {
            group.shutdownGracefully(0, 1_000, TimeUnit.MILLISECONDS).sync();
        }
    }

    private MillraceEventLoopGroup group(final Millrace stack) {
        final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
        groups.add(group);
        return group;
    }

    private int run(final String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.commandLine(false).setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }

    private Millrace stack(final String more) throws IOException {
        return Millrace.launch(config(more));
    }

    private MillraceConfig config(final String more) {
        return MillraceConfig.parse("""
                millrace.observe.directory = "%s"
                millrace.ip.addresses = ["10.0.0.2/24"]
                """.formatted(folder.resolve("observed")) + more);
    }

    private int ask(final Millrace stack, final String... options) {
        final String[] arguments = new String[options.length + 3];
        arguments[0] = "doctor";
        arguments[1] = "--file";
        arguments[2] = stack.observationFile().orElseThrow().toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return run(arguments);
    }

    private static void await(final BooleanSupplier condition) throws Exception {
        Await.until("the stack is so far", condition::getAsBoolean);
    }

    private static long value(final Millrace stack, final String counter) {
        return stack.counters().get(counter);
    }

    @Test
    void shouldSayWhatAutoWouldTakeAndWhyNothingElse() {
        run("doctor", "--port", "auto:lo", "--address", "10.66.0.2/24");
        assertThat(out.toString()).startsWith("auto:lo:").containsPattern("\n  af-packet +not picked +\\S")
                .containsPattern("\n  memory +not picked +nobody would be at its other end")
                .contains("device-unavailable");
        assertThat(run("doctor", "--port", "auto:lo,queue=1")).isEqualTo(1);
        assertThat(out.toString()).contains("configuration").contains("auto takes the name of an interface");
    }

    @Test
    void shouldPrintProblemsOfAConfiguration() throws IOException {
        final Path file = Files.writeString(folder.resolve("bad.conf"), "\nmillrace.tcp.mss = 20\n");

        assertThat(run("doctor", "--config", file.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString().lines()).contains("problem configuration",
                "  " + file + ":2: millrace.tcp.mss = 20: must be 0 or 88 to 65495 bytes.",
                "  The stack does not start with a wrong configuration.");
        assertThat(run("doctor", "--json", "--config", file.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(out.toString()).startsWith("[{\"symptom\":\"configuration\",\"problem\":true,\"what\":\"" + file);
    }

    @Test
    void shouldFindNoProblemInTheDefaults() {
        assertThat(run("doctor")).as(out.toString()).isEqualTo(ExitCode.OK);
    }

    @Test
    void shouldSayThatAnAcceptQueueOverflowedAndWhichKeyToRaise() throws Exception {
        try (Millrace stack = stack("")) {
            final TcpListener listener = stack.listen(new InetSocketAddress(80), 1, stack.tcpSettings(), false);
            final MillraceEventLoopGroup group = group(stack);
            final EventLoop loop = group.next();
            for (int i = 0; i < 3; i++) {
                loop.submit(() -> stack.engine(0).tcp().connect(0, 0, 0, 0, IpAddress.v4(0x0a000002), 80,
                        stack.tcpSettings(), (connection, events) -> {})).sync();
            }
            await(() -> listener.overflows() > 0);
            await(() -> observed(stack, "ListenOverflows") > 0);

            assertThat(ask(stack)).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString()).contains("problem accept-queue-overflowed", "  ListenOverflows counts ",
                    "millrace.listen.max-backlog");
        }
    }

    private static long observed(final Millrace stack, final String label) {
        return stack.observer().readings().stream().filter(reading -> reading.label().equals(label))
                .mapToLong(Reading::value).sum();
    }

    @Test
    void shouldSayThatALoopHangsInAHandler() throws Exception {
        try (Millrace stack = stack("")) {
            final MillraceEventLoopGroup group = group(stack);
            final CountDownLatch end = new CountDownLatch(1);
            final CountDownLatch begun = new CountDownLatch(1);
            group.next().execute(() -> {
                begun.countDown();
                try {
                    end.await();
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            begun.await();
            final long look = observed(stack, "LookNs");
            await(() -> System.nanoTime() - look > TimeUnit.MILLISECONDS.toNanos(2_100));

            assertThat(ask(stack)).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString()).contains("problem not-driven", "  Engine 0 has not run for 2.");
            end.countDown();
            await(() -> observed(stack, "LookNs") > look);
            await(() -> observed(stack, "LongestGapNs") > TimeUnit.SECONDS.toNanos(2));
            assertThat(ask(stack)).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString()).contains("problem loop-starved", "the longest time since the start is 2.");
        }
    }

    @Test
    void shouldSayThatANeighbourDoesNotAnswer() throws Exception {
        try (Millrace stack = stack("millrace.neighbour { retransmit-interval = 10ms, probes = 1 }")) {
            final MillraceEventLoopGroup group = group(stack);
            group.next().submit(() -> stack.engine(0).tcp().connect(0, 0, 0, 0, IpAddress.v4(0x0a000009), 80,
                    stack.tcpSettings(), (connection, events) -> {})).sync();
            await(() -> value(stack, "NeighboursFailed") > 0);

            ask(stack);
            assertThat(out.toString()).contains("advice neighbour-unreachable",
                    "  1 neighbour(s) do not answer: 10.0.0.9.");
        }
    }

    @Test
    void shouldSayThatChecksumsAreWrong() throws Exception {
        try (MemoryLink link = MemoryLink.builder().build();
                Millrace stack = Millrace.builder(config("")).device(link.side(0)).launch()) {
            group(stack);
            final PacketPort peer = link.side(1).queue(0);
            final long to = link.side(0).queue(0).capabilities().macAddress();
            await(() -> {
                sendBadHeader(peer, to);
                return value(stack, "IpBadChecksum") >= 20;
            });
            await(() -> observed(stack, "IpBadChecksum") >= 20);

            assertThat(ask(stack)).isEqualTo(ExitCode.FAILED);
            assertThat(out.toString()).contains("problem checksums-wrong", "millrace.port.offloads = false");
        }
    }

    /** An IPv4 header whose checksum is 0. */
    private static void sendBadHeader(final PacketPort port, final long to) {
        final long frame = port.acquire();
        if (frame == 0) {
            return;
        }
        final byte[] bytes = new byte[60];
        for (int i = 0; i < 6; i++) {
            bytes[i] = (byte) (to >>> 8 * (5 - i));
        }
        bytes[6] = 2;
        bytes[12] = 8;
        final byte[] header = {0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2};
        System.arraycopy(header, 0, bytes, 14, header.length);
        Frame.dataOffset(frame, Frame.ETHERNET_OFFSET);
        Frame.length(frame, bytes.length);
        Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
        if (port.transmit(new long[]{frame}, 0, 1, 0) == 0) {
            port.release(frame);
        }
    }
}
