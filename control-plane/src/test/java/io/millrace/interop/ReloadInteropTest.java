package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real command line: {@code millrace serve} reads its configuration anew. */
@Timeout(90)
class ReloadInteropTest {
    private static final int EXIT_S = 30;
    private static final int REFUSED = 2;
    private static final long DOWNLOAD = 40_000_000;

    @TempDir
    private Path folder;

    @Test
    @RequiresNetworkNamespaces
    void shouldServeWhatRunsAndWhatIsNewAcrossAReload() throws Exception {
        KernelInterop.requireTool("curl");
        final Path config = configured("");
        final Path download = folder.resolve("download");
        try (NetworkNamespace kernel = new NetworkNamespace();
                CommandLine serve = CommandLine.start(kernel, folder, "serve", "--config", config.toString(), "--port",
                        "tap:mr0", "--host-address", "10.0.0.1/24", "--http", "80")) {
            serve.awaitOutput("is ready");
            final Process curl = kernel.start("curl", "-sS", "--max-time", "60", "-o", download.toString(),
                    "--limit-rate", "20M", "http://10.0.0.2/bytes/" + DOWNLOAD);
            Await.until("the download runs", () -> Files.exists(download) && Files.size(download) > 100_000);
            assertThat(kernel.exec("curl", "-sS", "--max-time", "1", "http://10.0.0.9/").exitCode()).isNotZero();
            configured("millrace { ip.addresses = [\"10.0.0.2/24\", \"10.0.0.9/24\"], tcp.congestion-control = bbr }");

            try (CommandLine reload = CommandLine.startHere(folder, "reload", "--pid", "" + serve.process.pid())) {
                assertThat(reload.exitCode(EXIT_S)).as(reload.errors()).isZero();
                assertThat(reload.output()).isEqualTo("""
                        reloaded, 2 changed:
                        millrace.ip.addresses = ["10.0.0.2/24", "10.0.0.9/24"] (was ["10.0.0.2/24"], %1$s:1): at once
                        millrace.tcp.congestion-control = bbr (was cubic, %1$s:1): for new connections
                        """.formatted(config));
            }
            assertThat(kernel.exec("curl", "-sS", "--max-time", "20", "http://10.0.0.9/").text()).contains("Hello");
            assertThat(curl.waitFor()).as("the download that was under way").isZero();
            assertThat(Files.size(download)).isEqualTo(DOWNLOAD);
            serve.process.destroy();
            serve.exitCode(EXIT_S);
        }
    }

    @Test
    void shouldRefuseAsAWholeAndNameEveryKey() throws Exception {
        final Path config = configured("");
        try (CommandLine serve = CommandLine.startHere(folder, "serve", "--config", config.toString(), "--http", "0")) {
            serve.awaitOutput("is ready");
            configured("millrace.tcp.mss = 1000\nmillrace.engine.slab = 32MiB\nmillrace.port.frames = 512\n");
            assertRefused(serve, """
                    refused, nothing has changed:
                    %1$s:3: millrace.port.frames = 512: is 1024 in the running stack, and only a restart changes it
                    %1$s:2: millrace.engine.slab = 32MiB: is 256MiB in the running stack, and only a restart changes it
                    """.formatted(config));
            configured("millrace.tcp.mss = 1\n");
            assertRefused(serve, """
                    refused, nothing has changed:
                    %s:1: millrace.tcp.mss = 1: must be 0 or 88 to 65495 bytes
                    """.formatted(config));
            configured("millrace.tcp.mss = 1000\n");
            new ProcessBuilder("kill", "-HUP", "" + serve.process.pid()).start().waitFor();
            serve.awaitOutput("SIGHUP: millrace.tcp.mss = 1000 (was 0, " + config + ":1): for new connections");
            serve.process.destroy();
            serve.exitCode(EXIT_S);
            assertThat(serve.errors()).doesNotContain("Exception");
        }
    }

    @Test
    void shouldTellThatNobodyIsThere() throws Exception {
        try (CommandLine reload = CommandLine.startHere(folder, "reload", "--file", folder.toString())) {
            assertThat(reload.exitCode(EXIT_S)).isEqualTo(1);
            assertThat(reload.errors()).startsWith("millrace: no process waits here to be told to reload");
        }
    }

    private void assertRefused(final CommandLine serve, final String expected) throws Exception {
        try (CommandLine reload = CommandLine.startHere(folder, "reload", "--pid", "" + serve.process.pid())) {
            assertThat(reload.exitCode(EXIT_S)).isEqualTo(REFUSED);
            assertThat(reload.errors()).isEqualTo(expected);
            assertThat(reload.output()).isEmpty();
        }
    }

    private Path configured(final String text) throws IOException {
        return Files.writeString(folder.resolve("my.conf"), text);
    }
}
