package io.millrace.examples.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.examples.FrameworkTest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpServerTest extends FrameworkTest {
    private static final String URL = "http://" + STACK + ":8080/";

    HttpServerTest() {
        super(2);
    }

    @BeforeEach
    void start() throws Exception {
        requireTool("curl");
        HttpServer.start(group, 8080);
    }

    @Test
    void shouldKeepTheConnectionForTheNextRequest() throws Exception {
        assertThat(run("curl", "-sS", "--http1.1", "--max-time", "20", "-w", "%{num_connects} ", URL, URL))
                .isEqualTo("Hello from Netty on Millrace\n1 Hello from Netty on Millrace\n0 ");
    }

    @Test
    void shouldGiveBackEveryByteThatWasPosted(@TempDir final Path folder) throws Exception {
        final Path sent = TestFiles.random(folder.resolve("sent"), 5_000_000);
        final Path received = folder.resolve("received");
        run("curl", "-sS", "--http1.1", "--max-time", "40", "--data-binary", "@" + sent, "-o", received.toString(),
                URL);
        assertThat(Files.mismatch(sent, received)).as("first byte that differs").isEqualTo(-1);
    }

    @Test
    void shouldRefuseOtherMethods() throws Exception {
        assertThat(run("curl", "-sS", "--max-time", "20", "-X", "DELETE", "-w", "%{http_code}", URL))
                .isEqualTo("GET and POST here\n405");
    }
}
