package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.millrace.examples.reactor.ReactorHttpClient;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs as a user starts them: with a configuration file, in a JVM of their own. */
@RequiresNetworkNamespaces
@Timeout(60)
class ProgramsTest {
    @TempDir
    private Path folder;
    private Path config;
    private NetworkNamespace kernel;

    @BeforeEach
    void prepare() throws IOException {
        kernel = new NetworkNamespace();
        config = Files.writeString(folder.resolve("my.conf"), """
                millrace.port { device = "tap:mr0", host-address = "%s/24" }
                millrace.ip.addresses = ["%s/24"]
                """.formatted(FrameworkTest.KERNEL, FrameworkTest.STACK));
    }

    @AfterEach
    void remove() {
        kernel.close();
    }

    @Test
    void shouldServeAsAProgram() throws Exception {
        FrameworkTest.requireTool("curl");
        final Process server = kernel.start(
                JavaProgram.command(io.millrace.examples.http.HttpServer.class, config.toString(), "8080"));
        try {
            // Until it listens, curl finds no way, then nobody who answers.
            final NetworkNamespace.Output output = kernel.exec("curl", "-sS", "--retry", "40", "--retry-delay", "1",
                    "--retry-all-errors", "--max-time", "40", "http://" + FrameworkTest.STACK + ":8080/");
            assertThat(output.text()).endsWith("Hello from Netty on Millrace\n");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void shouldFetchAsAProgramThatEndsByItself() throws Exception {
        final HttpServer server = kernel.call(() -> HttpServer.create(new InetSocketAddress("0.0.0.0", 8080), 0));
        server.createContext("/", exchange -> {
            final byte[] page = "a page of the kernel\n".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        try {
            final NetworkNamespace.Output output = kernel.exec(JavaProgram.command(ReactorHttpClient.class,
                    config.toString(), "http://" + FrameworkTest.KERNEL + ":8080/"));
            assertThat(output).isEqualTo(new NetworkNamespace.Output(0, "a page of the kernel\n"));
        } finally {
            server.stop(0);
        }
    }
}
