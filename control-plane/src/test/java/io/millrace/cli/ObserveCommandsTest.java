package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.netty.MillraceDatagramChannel;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.observe.FileLayout;
import io.millrace.observe.ObservationFiles;
import io.millrace.services.EchoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that look into a running stack, at one that has connections to itself. */
@Timeout(60)
class ObserveCommandsTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Millrace stack;
    private MillraceEventLoopGroup group;
    private Channel client;

    @BeforeEach
    void start() throws Exception {
        stack = Millrace.launch(MillraceConfig.parse("""
                millrace.ip.addresses = ["10.0.0.2/24"]
                millrace.observe.directory = "%s"
                """.formatted(folder.resolve("observed"))));
        group = new MillraceEventLoopGroup(stack);
        new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(final Channel channel) {
                        channel.pipeline().addLast(new EchoHandler());
                    }
                }).bind(7).sync();
        client = new Bootstrap().group(group).channel(MillraceSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter()).connect("10.0.0.2", 7).sync().channel();
        // a gauge is up to a millisecond old while the loop runs
        while (ask("stat", "Connections") != ExitCode.OK
                || out.toString().lines().noneMatch(line -> line.matches("Connections +2 .*"))) {
            Thread.yield();
        }
    }

    @AfterEach
    void end() throws Exception {
        group.shutdownGracefully(0, 1_000, TimeUnit.MILLISECONDS).sync();
        stack.close();
    }

    private int run(final String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return Main.commandLine(false).setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }

    private int ask(final String command, final String... options) {
        final String[] arguments = new String[options.length + 3];
        arguments[0] = command;
        arguments[1] = "--file";
        arguments[2] = folder.resolve("observed").toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return run(arguments);
    }

    @Test
    void shouldPrintCountersWithTheirMeaning() {
        assertThat(ask("stat")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .anyMatch(line -> line.equals(stack + ", process " + ProcessHandle.current().pid()))
                .anyMatch(line -> line.matches("TcpActiveOpens +1 +events +connections attempted from here"))
                .anyMatch(line -> line.matches("Connections +2 +connections +connections now.*"))
                .noneMatch(line -> line.startsWith("TcpPawsDropped"));
        assertThat(ask("stat", "--zeros", "tcp*dropped", "PASSIVE")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().skip(2)).anyMatch(line -> line.startsWith("TcpPawsDropped"))
                .anyMatch(line -> line.matches("TcpPassiveOpens +1 .*"))
                .allMatch(line -> line.matches("(Tcp.*Dropped|.*Passive.*?) .*"));
    }

    @Test
    void shouldSayWhyNoCounterIsPrinted() {
        assertThat(ask("stat", "TcpMisplaced")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("(all 0; --zeros prints them)");
        assertThat(ask("stat", "nosuchcounter")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("(no counter has such a name)");
    }

    @Test
    void shouldPrintCountersAsJson() {
        assertThat(ask("stat", "--json", "TcpActiveOpens")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().strip())
                .isEqualTo("{\"pid\":" + ProcessHandle.current().pid() + ",\"stack\":\"" + stack
                        + "\",\"counters\":[{\"name\":\"TcpActiveOpens\",\"value\":1,\"unit\":\"events\",\"engines\":[1]}]}");
    }

    @Test
    void shouldPrintWhatWasCountedInAnInterval() {
        assertThat(ask("stat", "--watch", "1", "--count", "2", "--zeros", "TcpActiveOpens", "Connections"))
                .isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().filter(line -> line.startsWith("TcpActiveOpens"))).hasSize(2)
                .allMatch(line -> line.matches("TcpActiveOpens +0 +0\\.0 +events"));
        assertThat(out.toString().lines().filter(line -> line.startsWith("Connections "))).hasSize(2)
                .as("a gauge stays what it is").allMatch(line -> line.matches("Connections +2 +connections"));
    }

    @Test
    void shouldPrintConnectionsAsSsDoes() {
        assertThat(ask("connections")).isEqualTo(ExitCode.OK);
        final List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.getFirst()).matches("State +Recv-Q +Send-Q +Local +Peer +Timer +Owner");
        assertThat(lines)
                .anyMatch(line -> line.matches("ESTABLISHED +0 +0 +10\\.0\\.0\\.2:\\d+ +10\\.0\\.0\\.2:7 +\\S+ +"
                        + client.id().asShortText()))
                .anyMatch(line -> line.matches("    cubic ts sack wscale:.* rto:\\d+ms .*mss:1448 pmtu:1500 .*"
                        + "skmem:\\(r.*\\) engine:0 handle:\\p{XDigit}+"));
        assertThat(ask("connections", "--brief")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).hasSize(3);
    }

    @Test
    void shouldPrintUdpEndpointsAsSsDoes() throws Exception {
        final Channel bound = datagrams().bind(53).sync().channel();
        final Channel connected = datagrams().connect("10.0.0.2", 53).sync().channel();
        assertThat(ask("connections", "--udp")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().toList()).hasSize(3)
                .anyMatch(line -> line.matches("State +Recv-Q +Datagrams +Local +Peer +Owner"))
                .anyMatch(line -> line.matches("UNCONNECTED +0 +0 +\\S+:53 +\\* +" + bound.id().asShortText()))
                .anyMatch(line -> line.matches("CONNECTED +0 +0 +10\\.0\\.0\\.2:\\d+ +10\\.0\\.0\\.2:53 +"
                        + connected.id().asShortText()));
        assertThat(ask("connections", "--udp", "--owner", bound.id().asShortText())).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).hasSize(2);
        assertThat(ask("connections", "--udp", "--address", "10.0.0.2", "--json")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).hasSize(1).allMatch(line -> line.contains("\"remote-port\":53"));
        assertThat(ask("connections", "--udp", "--summary")).isEqualTo(ExitCode.REFUSED);
    }

    private Bootstrap datagrams() {
        return new Bootstrap().group(group).channel(MillraceDatagramChannel.class)
                .handler(new ChannelInboundHandlerAdapter());
    }

    @ParameterizedTest
    @CsvSource({"--state, established, 2", "--state, 'time-wait,syn_sent', 0", "--port, 7, 2", "--port, 9, 0",
            "--address, 10.0.0.2, 2", "--address, 10.0.0.0/30, 2", "--address, 192.0.2.0/24, 0", "--owner, nobody, 0"})
    void shouldFilterConnections(final String option, final String value, final int expected) {
        assertThat(ask("connections", "--brief", option, value)).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).hasSize(1 + expected);
        assertThat(ask("connections", "--summary", option, value)).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().toList().getLast()).matches("total +" + expected);
    }

    @Test
    void shouldPrintConnectionsAsJson() {
        assertThat(ask("connections", "--json", "--owner", client.id().asShortText())).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).singleElement().asString()
                .startsWith("{\"state\":\"ESTABLISHED\",\"local-address\":\"10.0.0.2\",\"local-port\":")
                .contains("\"remote-port\":7,", "\"owner-name\":\"" + client.id().asShortText() + '"',
                        "\"congestion-control\":\"cubic\"", "\"unacked\":0");
    }

    @Test
    void shouldPrintListenersNeighboursAndRoutes() {
        assertThat(ask("listeners")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).hasSize(2).anyMatch(line -> line.matches("0\\.0\\.0\\.0:7 +1 .*"))
                .first().asString().contains("accept-queue-highest", "syn-queue-highest", "overflows");
        assertThat(ask("routes")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).anyMatch(line -> line.matches("address +10\\.0\\.0\\.2/24 +PREFERRED"));
        assertThat(ask("neighbours")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().strip()).isEqualTo("(none)");
        assertThat(ask("neighbours", "--json")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().strip()).isEqualTo("[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"stat", "connections", "listeners", "neighbours", "routes"})
    void shouldSayInOneSentenceWhatItCannotLookInto(final String command) throws Exception {
        assertThat(run(command, "--pid", "999999999")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString().strip()).isEqualTo("millrace: there is no process 999999999");
        assertThat(run(command, "--pid", "1")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).startsWith("millrace: process 1 ").hasLineCount(1);
        final Path empty = Files.createDirectory(folder.resolve("empty-" + command));
        assertThat(run(command, "--file", empty.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).startsWith("millrace: no stack runs here that can be looked into (" + empty)
                .hasLineCount(1);
        final Path missing = empty.resolve("1-1.stack");
        assertThat(run(command, "--file", missing.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).startsWith("millrace: " + missing + ": no such file").hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldSayThatAnotherVersionRunsThere() throws Exception {
        final Path copy = ObservationFiles.nameFor(folder, ProcessHandle.current().pid(), 1);
        Files.copy(stack.observationFile().orElseThrow(), copy);
        try (RandomAccessFile edited = new RandomAccessFile(copy.toFile(), "rw")) {
            edited.seek(FileLayout.VERSION_OFFSET);
            edited.writeInt(Integer.reverseBytes(FileLayout.VERSION + 1));
        }
        assertThat(run("stat", "--file", copy.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("has layout 4, and this Millrace reads layout 3").hasLineCount(1);
    }

    @Test
    void shouldAskWhichOfSeveralStacksIsMeant() throws Exception {
        try (Millrace other = Millrace.launch(MillraceConfig.parse("""
                millrace.ip.addresses = ["10.0.0.3/24"]
                millrace.observe.directory = "%s"
                """.formatted(folder.resolve("observed"))))) {
            assertThat(ask("routes")).isEqualTo(ExitCode.FAILED);
            assertThat(err.toString()).startsWith("millrace: several stacks run; name one with --file (or --pid):")
                    .contains(stack.toString(), other.toString());
            assertThat(run("routes", "--file", other.observationFile().orElseThrow().toString()))
                    .isEqualTo(ExitCode.OK);
            assertThat(out.toString()).contains("10.0.0.3/24");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"stat --watch 0 | --watch 0: must be 1 to 86400",
            "connections --state open | open: must be one of closed, listen, syn-sent",
            "connections --address 10.0.0 | 10.0.0: must be an address or a prefix"})
    void shouldRefuse(final String line, final String message) {
        assertThat(run(line.split(" "))).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString()).contains(message);
    }
}
