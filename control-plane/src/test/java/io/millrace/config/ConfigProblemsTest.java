package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.fastpath.tcp.congestion.CongestionControls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigProblemsTest {
    @TempDir
    private Path folder;

    private static List<String> problemsOf(final String text) {
        final ConfigException exception = catchThrowableOfType(ConfigException.class, () -> MillraceConfig.parse(text));
        return exception == null ? List.of() : exception.problems().stream().map(ConfigProblem::toString).toList();
    }

    @Test
    void shouldTellEverythingThatIsWrongAtOnceWithFileAndLine() throws IOException {
        final Path file = Files.writeString(folder.resolve("millrace.conf"), """
                millrace {
                  tcp {
                    rto-minn = 1s
                    mss = 20
                  }
                  port.mtu = 70000
                }
                """);

        final ConfigException exception = catchThrowableOfType(ConfigException.class, () -> MillraceConfig.load(file));

        assertThat(exception.problems()).extracting(ConfigProblem::toString).containsExactly(
                file + ":3: millrace.tcp.rto-minn: unknown key, did you mean millrace.tcp.rto-min?",
                file + ":4: millrace.tcp.mss = 20: must be 0 or 88 to 65495 bytes",
                file + ":6: millrace.port.mtu = 70000: must be 576 to 65535 bytes");
        assertThat(exception.getMessage().lines()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "millrace.tcp.delayed-ack = 40             | must be 0 to 500 ms, with its unit",
            "millrace.tcp.delayed-ack = 40 parsecs     | must be 0 to 500 ms, with its unit",
            "millrace.tcp.delayed-ack = 1s             | must be 0 to 500 ms",
            "millrace.tcp.delayed-ack = -1ms           | must be 0 to 500 ms",
            "millrace.tcp.rto-max = 1s                 | must be 60 s to 1 h",
            "millrace.tcp.receive-buffer = 1KiB        | must be 2304 bytes to 1 GiB",
            "millrace.tcp.receive-buffer = 0.3KiB      | must be 2304 bytes to 1 GiB",
            "millrace.tcp.receive-buffer = 99999999999999999999 | must be 2304 bytes to 1 GiB",
            "millrace.tcp.retries = many               | must be 1 to 127",
            "millrace.tcp.retries = 1.5                | must be 1 to 127",
            "millrace.tcp.retries = [1]                | must be 1 to 127",
            "millrace.tcp.retries = null               | must be 1 to 127",
            "millrace.tcp.retries = { a = 1, b = 2 }   | must be 1 to 127",
            "millrace.tcp.retries = 4294967297         | must be 1 to 127",
            "millrace.tcp.no-delay = 1                 | must be true or false",
            "millrace.tcp.ack-policy = never           | must be quick, delayed or every",
            "millrace.tcp.ecn = maybe                  | must be off, on or passive",
            "millrace.tcp.option-order = windows       | must be linux or bsd",
            "millrace.tcp.fin-in-closing = never       | must be timeout or every-ack",
            "millrace.tcp.window-scale = 15            | must be 0 to 14 or auto",
            "millrace.tcp.window-scale = wide          | must be 0 to 14 or auto",
            "millrace.tcp.max-pacing-rate = 100        | must be 0 or 1 KiB to 1 TiB",
            "millrace.tcp.user-timeout = 25d           | must be 0 to 24 d",
            "millrace.threading.idle = sleep           | must be adaptive, block, spin, yield, backoff or park",
            "millrace.threading.cpus = \"3-1\"        | item \"3-1\" must be a CPU such as 2, or several such as 2-5",
            "millrace.threading.cpus = [-1]            | item -1 must be a CPU such as 2, or several such as 2-5",
            "millrace.threading.idle-spin = 2s         | must be 0 to 1 s",
            "millrace.engine.slab = 200MiB             | must be a power of two, 1 MiB to 1 TiB; the nearest are 128 MiB and 256 MiB",
            "millrace.engine.timer-tick = 50us         | must be a power of two, 1024 to 16777216 ns; the nearest are 32768 ns and 65536 ns",
            "millrace.port.frames = 1000               | must be a power of two, 16 to 65536; the nearest are 512 and 1024",
            "millrace.port.device = \"Tap mr0\"        | must be a device such as memory or tap:mr0",
            "millrace.ip.gateway = \"10.0.1\"          | must be an IP address such as 10.0.0.1",
            "millrace.ip.gateway = \"example.org\"     | must be an IP address such as 10.0.0.1",
            "millrace.ip.gateway = \"10.0.0.256\"      | must be an IP address such as 10.0.0.1",
            "millrace.ip.addresses = [\"10.0.0.2\"]    | item \"10.0.0.2\" must be an address with its prefix length, such as 10.0.0.2/24; the prefix length is missing",
            "millrace.ip.addresses = [\"10.0.0.2/33\"] | item \"10.0.0.2/33\" must be an address with its prefix length, such as 10.0.0.2/24; prefix length of 10.0.0.2 is 0 to 32",
            "millrace.ip.routes = [\"10.1.0.1/16 via 10.0.0.1\"] | item \"10.1.0.1/16 via 10.0.0.1\" must be a route such as 10.1.0.0/16 via 10.0.0.254; 10.1.0.1/16 has bits set after its prefix",
            "millrace.ip.routes = [\"10.1.0.0/16\"]    | item \"10.1.0.0/16\" must be a route such as 10.1.0.0/16 via 10.0.0.254"})
    void shouldSayWhatIsAllowed(final String line, final String message) {
        assertThat(problemsOf(line)).singleElement().asString().startsWith("text:1: millrace.").contains(" = ")
                .endsWith(": " + message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "millrace.tcp.mss = 1461              | millrace.tcp.mss (1461) must be at most 1460 bytes, millrace.port.mtu - 40",
            "millrace { tcp.rto-min = 2s }        | millrace.tcp.rto-min (2s) must not be above millrace.tcp.rto-initial (1s)",
            "millrace.tcp.rto-initial = 100ms     | millrace.tcp.rto-min (200ms) must not be above millrace.tcp.rto-initial (100ms)",
            "millrace.tcp.receive-buffer = 512MiB | millrace.tcp.receive-buffer (512MiB) must not be above millrace.engine.slab (256MiB)",
            "millrace.tcp.send-buffer = 512MiB    | millrace.tcp.send-buffer (512MiB) must not be above millrace.engine.slab (256MiB)",
            "millrace.tcp.initial-receive-buffer = 2MiB | millrace.tcp.initial-receive-buffer (2MiB) must not be above millrace.tcp.receive-buffer (1MiB)",
            "millrace.tcp.initial-send-buffer = 2MiB | millrace.tcp.initial-send-buffer (2MiB) must not be above millrace.tcp.send-buffer (1MiB)",
            "millrace.tcp.window-scale = 4        | millrace.tcp.window-scale (4) must be at least 5 for millrace.tcp.receive-buffer (1MiB)",
            "millrace.tcp { window-scale = 0, receive-buffer = 65536 } | millrace.tcp.window-scale (0) must be at least 1 for millrace.tcp.receive-buffer (64KiB)",
            "millrace.listen.max-backlog = 10     | millrace.listen.backlog (1024) must not be above millrace.listen.max-backlog (10)",
            "millrace.ephemeral-ports.low = 61000 | millrace.ephemeral-ports.low (61000) must not be above millrace.ephemeral-ports.high (60999)",
            "millrace.port.frames = 64            | millrace.port.frames (64) must be at least 128, two bursts (millrace.engine.burst)",
            "millrace.threading { cpus = \"2-3\", engines = 3 } | millrace.threading.cpus ([\"2-3\"]) must be at least as many as millrace.threading.engines (3)",
            "millrace.threading.cpus = \"2-3,3\" | must not name a CPU twice",
            "millrace.ip.addresses = []                      | must name at least one address",
            "millrace.ip.addresses = \"10.0.0.2/24,10.0.0.2/16\" | must not name 10.0.0.2 twice",
            "millrace.ip.addresses = \"10.0.0.0/24\"   | must be addresses of a host, which 10.0.0.0/24 is not",
            "millrace.ip.addresses = \"10.0.0.255/24\" | must be addresses of a host, which 10.0.0.255/24 is not",
            "millrace.ip.addresses = \"224.0.0.1/24\"  | must be addresses of a host, which 224.0.0.1/24 is not",
            "millrace.ip.addresses = \"127.0.0.1/8\"   | must be addresses of a host, which 127.0.0.1/8 is not",
            "millrace { port.mtu = 1000, ip.addresses = [\"2001:db8::2/64\"] } | millrace.port.mtu must be at least 1280 bytes for IPv6 addresses (RFC 8200 §5)",
            "millrace.ip.own-prefixes = \"10.64.0.1/16\" | must be prefixes, and 10.64.0.1/16 has bits set after its prefix",
            "millrace.ip.own-prefixes = \"0.0.0.0/0\"  | must be prefixes of hosts' addresses, which 0.0.0.0/0 is not",
            "millrace.ip.own-prefixes = \"224.0.0.0/4\" | must be prefixes of hosts' addresses, which 224.0.0.0/4 is not",
            "millrace.ip { own-prefixes = \"10.0.0.0/28\", gateway = \"10.0.0.1\" } | must not be one of the stack's own addresses",
            "millrace.ip.gateway = \"10.0.1.1\"   | must lie within the network of one of millrace.ip.addresses [\"10.0.0.2/24\"]",
            "millrace.ip { dhcp = on, gateway = \"10.0.0.1\" } | must lie within the network of one of millrace.ip.addresses, and none is configured",
            "millrace.ip.gateway = \"10.0.0.2\"   | must not be one of the stack's own addresses",
            "millrace.ip.routes = \"10.1.0.0/16 via 10.2.0.1\" | gateway of 10.1.0.0/16 must lie within the network of one of millrace.ip.addresses [\"10.0.0.2/24\"]",
            "millrace.port.host-address = \"10.0.0.2/24\" | must not be one of the stack's own addresses, millrace.ip.addresses [\"10.0.0.2/24\"]"})
    void shouldRefuseKeysThatDoNotGoTogether(final String line, final String message) {
        assertThat(problemsOf(line)).singleElement().asString().startsWith("text:1: millrace.")
                .endsWith(": " + message);
    }

    @Test
    void shouldNameTheCongestionControlsThatThereAre() {
        assertThat(problemsOf("millrace.tcp.congestion-control = vegas")).singleElement().asString()
                .contains(" = vegas: must be ").contains(CongestionControls.names());
    }

    @Test
    void shouldAllowAddressesAtTheEdgeOfSmallNetworks() {
        assertThat(problemsOf("millrace.ip.addresses = [\"10.0.0.0/31\", \"10.0.0.9/32\", \"2001:db8::2/64\"]"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "millrace.tcp.msss = 1     | millrace.tcp.msss: unknown key, did you mean millrace.tcp.mss?",
            "millrace.tcp.rot-min = 1  | millrace.tcp.rot-min: unknown key, did you mean millrace.tcp.rto-min?",
            "millrace.tcp.mtu = 1      | millrace.tcp.mtu: unknown key, did you mean millrace.port.mtu?",
            "milrace.tcp.mss = 1       | milrace.tcp.mss: unknown key, did you mean millrace.tcp.mss?",
            "milrace { tcp.mss = 1, ip.ttl = 2 } | milrace: unknown group, did you mean millrace?",
            "millrace.tpc { mss = 1, retries = 2 } | millrace.tpc: unknown group, did you mean millrace.tcp?",
            "millrace.tcp.mss.a = 1    | millrace.tcp.mss = {\"a\":1}: must be 0 or 88 to 65495 bytes",
            "colour = blue             | colour: unknown key, `millrace config reference` lists all",
            "millrace.tcp = 5          | millrace.tcp: is a group of keys, must be written millrace.tcp { ... }",
            "millrace.\"tcp.mss\" = 5  | millrace.\"tcp.mss\": unknown key, did you mean millrace.tcp.mss?"})
    void shouldNameTheNearestKey(final String line, final String problem) {
        assertThat(problemsOf(line)).containsExactly("text:1: " + problem);
    }

    @Test
    void shouldTellSyntaxErrorsWithFileAndLine() throws IOException {
        final Path file = Files.writeString(folder.resolve("m.conf"), "millrace {\n  tcp { mss = 1000\n  = }\n}\n");

        final ConfigException exception = catchThrowableOfType(ConfigException.class, () -> MillraceConfig.load(file));

        assertThat(exception.problems()).singleElement().asString().startsWith(file + ":3: ");
    }

    @Test
    void shouldTellUnresolvedSubstitutionsWithLine() {
        assertThat(problemsOf("\nmillrace.tcp.mss = ${nowhere}")).singleElement().asString().startsWith("text:2: ")
                .contains("${nowhere}");
    }

    @Test
    void shouldTellWhyAFileCannotBeRead() {
        final Path missing = folder.resolve("missing.conf");

        assertThat(catchThrowableOfType(ConfigException.class, () -> MillraceConfig.load(missing)))
                .hasMessage(missing + ": no such file");
        assertThat(catchThrowableOfType(ConfigException.class, () -> MillraceConfig.load(folder)))
                .hasMessage(folder + ": is a directory, must be a file");
    }

    @Test
    void shouldCheckWhatTheProgramSets() {
        final MillraceConfig.Builder builder = MillraceConfig.builder().set(TcpKeys.MSS, 20L)
                .set(TcpKeys.DELAYED_ACK, Duration.ofDays(1_000)).option("--port", PortKeys.DEVICE, "?");

        assertThat(catchThrowableOfType(ConfigException.class, builder::build).problems())
                .extracting(ConfigProblem::toString)
                .containsExactly("set by the program: millrace.tcp.mss = 20: must be 0 or 88 to 65495 bytes",
                        "set by the program: millrace.tcp.delayed-ack = 1000d: must be 0 to 500 ms",
                        "--port: millrace.port.device = ?: must be a device such as memory or tap:mr0");
    }

    @Test
    void shouldRefuseTimesBeyondEveryRange() {
        for (final long seconds : new long[]{Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            final MillraceConfig.Builder builder = MillraceConfig.builder().set(TcpKeys.DELAYED_ACK,
                    Duration.ofSeconds(seconds));

            assertThat(catchThrowableOfType(ConfigException.class, builder::build)).isNotNull();
        }
    }

    @Test
    void shouldNotCheckKeysAgainstOnesThatAreWrongThemselves() {
        assertThat(problemsOf("millrace.port.mtu = 1\nmillrace.tcp.mss = 9000")).hasSize(1);
    }

    @Test
    void shouldBlameTheKeyThatWasSetForADisagreement() {
        assertThat(problemsOf("millrace.tcp.mss = 1000\nmillrace.port.mtu = 900")).singleElement().asString()
                .startsWith("text:1: millrace.tcp.mss = 1000: ");
        assertThat(problemsOf("\nmillrace.engine.burst = 256\nmillrace.port.frames=512")).isEmpty();
        assertThat(problemsOf("\nmillrace.listen.max-backlog = 256")).singleElement().asString()
                .startsWith("text:2: millrace.listen.max-backlog = 256: ");
    }

    @Test
    void shouldShortenLongValues() {
        assertThat(problemsOf("millrace.tcp.mss = " + "x".repeat(1_000)).getFirst()).hasSizeLessThan(200)
                .contains("xxx...");
    }
}
