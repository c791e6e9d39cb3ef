package io.millrace.examples.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.examples.FrameworkTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpsServerTest extends FrameworkTest {
    private static final String URL = "https://" + STACK + ":8443/";

    @TempDir
    private static Path shared;
    private static SelfSigned certificate;

    HttpsServerTest() {
        super(2);
    }

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = SelfSigned.forAddress(STACK, shared);
    }

    @BeforeEach
    void start() throws Exception {
        HttpsServer.start(group, 8443, HttpsServer.tls(certificate.keyStore(), SelfSigned.PASSWORD.toCharArray()));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"--http1.1,1.1", "--http2,2"})
    void shouldSpeakTheVersionThatCurlAsksFor(final String option, final String version) throws Exception {
        assertThat(curl(option, "-w", "%{http_version} %{ssl_verify_result}", URL))
                .isEqualTo("Hello from Netty on Millrace\n" + version + " 0");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"--http1.1", "--http2"})
    void shouldGiveBackEveryByteThatWasPosted(final String option, @TempDir final Path folder) throws Exception {
        final Path sent = TestFiles.random(folder.resolve("sent"), 5_000_000);
        final Path received = folder.resolve("received");
        curl(option, "--data-binary", "@" + sent, "-o", received.toString(), URL);
        assertThat(Files.mismatch(sent, received)).as("first byte that differs").isEqualTo(-1);
    }

    @Test
    void shouldServeNghttpManyStreamsOnOneConnection() throws Exception {
        requireTool("nghttp");
        assertThat(run("nghttp", "--no-verify-peer", "--timeout=20", "--multiply=100", URL).lines())
                .hasSize(100).containsOnly("Hello from Netty on Millrace");
    }

    @Test
    void shouldShowNghttpTheFramesOfHttp2() throws Exception {
        requireTool("nghttp");
        assertThat(run("nghttp", "--no-verify-peer", "--timeout=20", "--null-out", "--verbose", "--no-dep", URL))
                .contains("negotiated protocol: h2", "recv SETTINGS frame", "recv (stream_id=1) :status: 200",
                        "recv DATA frame");
    }

    private String curl(final String option, final String... more) throws Exception {
        requireTool("curl");
        assumeTrue(!option.equals("--http2") || run("curl", "--version").contains("HTTP2"), "this curl has no HTTP/2");
        final String[] first = {"curl", "-sS", option, "--max-time", "40", "--cacert",
                certificate.certificate().toString()};
        final String[] line = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, line, first.length, more.length);
        return run(line);
    }
}
