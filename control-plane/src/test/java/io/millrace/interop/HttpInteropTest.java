package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.services.HttpService;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpInteropTest extends KernelInteropBothFamilies {
    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldAnswerCurl(final boolean offloads) throws Exception {
        launchHttp(offloads);
        assertThat(run("curl", "-gsS", "--max-time", "20", url() + "/"))
                .isEqualTo("Hello from Millrace: TCP without the kernel.\n");
    }

    @ParameterizedTest(name = "offloads {0}, {1} bytes")
    @CsvSource({"true,1073741824", "false,100000000"})
    void shouldSendEveryByteToCurl(final boolean offloads, final long length) throws Exception {
        launchHttp(offloads);
        assertThat(run("sh", "-c", "curl -gsS --max-time 50 '" + url() + "/bytes/" + length + "' | sha256sum"))
                .isEqualTo(HexText.sha256(length) + "  -\n");
    }

    @ParameterizedTest(name = "offloads {0}, {1}")
    @CsvSource({"true,Content-Length", "false,Content-Length", "true,chunked", "false,chunked"})
    void shouldEchoWhatCurlPosts(final boolean offloads, final String length, @TempDir final Path folder)
            throws Exception {
        final Path sent = folder.resolve("sent");
        final Path echoed = folder.resolve("echoed");
        try (OutputStream file = Files.newOutputStream(sent)) {
            HexText.write(file, 100_000_000);
        }
        launchHttp(offloads);
        run("curl", "-gsS", "--max-time", "50", "-X", "POST", "-T", sent.toString(), "-o", echoed.toString(), "-H",
                length.equals("chunked") ? "Transfer-Encoding: chunked" : "X-Length: known", url() + "/echo");
        assertThat(Files.mismatch(sent, echoed)).as("first byte that differs").isEqualTo(-1);
    }

    @Test
    void shouldServeTwoHundredClientsAtOnce() throws Exception {
        launchHttp(true);
        final String results = run("sh", "-c", "for i in $(seq 200); do curl -gsS --max-time 50 -o /dev/null -w"
                + " '%{http_code} %{size_download}\\n' '" + url() + "/bytes/100000' & done; wait");
        assertThat(results.lines()).hasSize(200).containsOnly("200 100000");
    }

    private void launchHttp(final boolean offloads) throws Exception {
        requireTool("curl");
        launch(offloads);
        serve(80, HttpService::new);
    }

    private String url() {
        return "http://" + family.host(stackIp());
    }
}
