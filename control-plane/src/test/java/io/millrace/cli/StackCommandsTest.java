package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that run a stack: what they refuse, and how they fail. */
@Timeout(60)
class StackCommandsTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(final String... arguments) {
        final long bytesBefore = MemoryRegion.bytesInUse();
        final int code = Main.commandLine(false).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute(arguments);
        assertThat(MemoryRegion.bytesInUse()).as("nothing is left").isEqualTo(bytesBefore);
        assertThat(err.toString()).as("no stack trace").doesNotContain("\tat ");
        return code;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "serve --http 65536 | --http 65536: must be 0 to 65535",
            "serve --echo -1 | --echo -1: must be 0 to 65535",
            "serve --http 80 --chargen 80 | --chargen 80: --http has that port already",
            "serve --port eth:0 | --port: millrace.port.device = \"eth:0\": no device of the kind \"eth\"; there is memory",
            "serve --address 10.0.0.2 | --address: millrace.ip.addresses",
            "serve --address 10.0.0.2/24 --gateway 10.0.1.1 | --gateway: millrace.ip.gateway",
            "serve --config nowhere.conf | nowhere.conf: no such file",
            "fetch https://10.0.0.1/ | https://10.0.0.1/: must be http://ADDRESS[:PORT]/PATH",
            "fetch http://10.0.0.1:65536/ | must be http://ADDRESS[:PORT]/PATH",
            "fetch http://10.0.0.1:0/ | must be http://ADDRESS[:PORT]/PATH",
            "fetch http:///x | must be http://ADDRESS[:PORT]/PATH",
            "fetch http://example.test/ | example.test: must be an IP address",
            "fetch --timeout 0 http://10.0.0.1/ | --timeout 0: must be 1 to 86400",
            "wire --left tap:a | Missing required option: '--right=PORT'",
            "wire --left tap:a --right TAP | --right TAP: must be a port such as tap:NAME[@NAMESPACE], af-packet:IF or memory:CIDR",
            "wire --left tap:a --right tap:b --loss 101 | --loss 101: must be percent, 0 to 100",
            "wire --left tap:a --right tap:b --loss 1,2,3 | --loss 1,2,3: must be one value, or two",
            "wire --left tap:a --right tap:b --burst-loss 1:0 | --burst-loss 0: must be a number of frames",
            "wire --left tap:a --right tap:b --burst-loss 60:1 | --burst-loss 60:1: so much is lost only in longer",
            "wire --left tap:a --right tap:b --delay 10 | --delay 10: must be a time with its unit",
            "wire --left tap:a --right tap:b --reorder 5:0ms | --reorder 0ms: must be a time",
            "wire --left tap:a --right tap:b --rate 5furlongs | --rate 5furlongs: must be bits a second",
            "wire --left tap:a --right tap:b --rate 1Mbit --queue 0 | --queue 0: must be a size",
            "wire --left tap:a --right tap:b --queue 64KiB | --queue 64KiB: only with --rate",
            "wire --left tap:a --right tap:b --reorder 5:1ms:2 | --reorder 5:1ms:2: must be one value, or two separated by",
            "wire --left memory:10.0.0.2/24 --right eth:0 | --right eth:0: no device of the kind \"eth\"; there is memory",
            "wire --left tap:a --right tap:b --right-address 10.0.0.1 | --right-address 10.0.0.1: must be an address with",
            "wire --left tap:a --right tap:b --mtu 500 | --mtu 500: must be 576 to 65535",
            "wire --left tap:a --right memory:10.0.0.2/24 --right-address 10.0.0.1/24 | --right-address: a stack has",
            "wire --left memory:10.0.0.2 --right tap:a | --left: millrace.ip.addresses",
            "demo --loss 50.5 | --loss 50.5: must be 0 to 50",
            "demo --loss NaN | --loss NaN: must be 0 to 50",
            "demo --connections 0 | --connections 0: must be 1 to 10000",
            "demo --requests 1000001 | --requests 1000001: must be 1 to 1000000",
            "demo --kernel --loss 3 | --loss: not with --kernel"})
    void shouldRefuseBeforeAnythingStarts(final String line, final String message) {
        assertThat(run(line.split(" "))).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString()).contains(message);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldCheckTheKindOfDeviceToo() throws IOException {
        final Path file = Files.writeString(folder.resolve("my.conf"), "\nmillrace.port.device = \"nic:x\"\n");

        assertThat(run("config", "check", file.toString())).isEqualTo(ExitCode.REFUSED);
        assertThat(err.toString()).startsWith(file + ":2: millrace.port.device = \"nic:x\": no device of the kind");
    }

    @Test
    void shouldTellThatNobodyListens() {
        assertThat(run("fetch", "--address", "10.0.0.2/24", "http://10.0.0.2:81/")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("millrace: cannot fetch http://10.0.0.2:81/: Connection refused");
    }

    @Test
    void shouldTellThatThereIsNoRoute() {
        assertThat(run("fetch", "--address", "10.0.0.2/24", "http://10.9.0.1/")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("cannot fetch http://10.9.0.1/: Network is unreachable");
    }

    @Test
    void shouldTellWhichFileItCannotWrite() {
        final String missing = folder.resolve("missing").resolve("x").toString();

        assertThat(run("fetch", "-o", missing, "http://10.0.0.2/")).isEqualTo(ExitCode.FAILED);
        assertThat(err.toString()).contains("millrace: cannot write " + missing + ": no such file or directory");
    }

    @Test
    void shouldSayWhyAFileCannotBeUsed() {
        assertThat(FailureReport.sentence(new NoSuchFileException("f"))).isEqualTo("f: no such file or directory");
        assertThat(FailureReport.sentence(new AccessDeniedException("f"))).isEqualTo("f: permission denied");
        assertThat(FailureReport.sentence(new IOException("why"))).isEqualTo("why");
    }
}
