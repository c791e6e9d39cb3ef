package io.millrace.examples.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.examples.FrameworkTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.DisposableServer;

class ReactorHttpServerTest extends FrameworkTest {
    private static final String URL = "http://" + STACK + ":8080";

    private DisposableServer server;

    ReactorHttpServerTest() {
        super(2);
    }

    @BeforeEach
    void start() {
        requireTool("curl");
        server = ReactorHttpServer.start(group, 8080);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.disposeNow();
        }
    }

    @Test
    void shouldAnswerCurlTwiceOnOneConnection() throws Exception {
        assertThat(run("curl", "-sS", "--max-time", "20", "-w", "%{num_connects} ", URL + "/", URL + "/"))
                .isEqualTo("Hello from Reactor Netty\n1 Hello from Reactor Netty\n0 ");
    }

    @Test
    void shouldStreamWhatAPublisherMakes() throws Exception {
        assertThat(run("curl", "-sS", "--max-time", "40", URL + "/count/20000")).isEqualTo(
                IntStream.rangeClosed(1, 20_000).mapToObj(number -> number + "\n").collect(Collectors.joining()));
    }

    @Test
    void shouldEchoWhileItArrives(@TempDir final Path folder) throws Exception {
        final Path sent = folder.resolve("sent");
        final Path received = folder.resolve("received");
        Files.writeString(sent, "0123456789abcdef".repeat(300_000));
        run("curl", "-sS", "--max-time", "40", "--data-binary", "@" + sent, "-o", received.toString(), URL + "/echo");
        assertThat(Files.mismatch(sent, received)).as("first byte that differs").isEqualTo(-1);
    }
}
