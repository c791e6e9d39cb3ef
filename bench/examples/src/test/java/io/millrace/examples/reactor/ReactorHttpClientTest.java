package io.millrace.examples.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.examples.FrameworkTest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the JDK's HTTP server on the kernel's TCP. */
class ReactorHttpClientTest extends FrameworkTest {
    private static final int REQUESTS = 500;

    private HttpServer server;

    ReactorHttpClientTest() {
        super(1);
    }

    @BeforeEach
    void start() throws Exception {
        server = kernel.call(() -> HttpServer.create(new InetSocketAddress(KERNEL, 8080), 0));
        server.createContext("/", ReactorHttpClientTest::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldFetchHundredsOfPagesFromTheKernel() {
        final List<String> addresses = IntStream.range(0, REQUESTS)
                .mapToObj(i -> "http://" + KERNEL + ":8080/page/" + i).toList();
        assertThat(ReactorHttpClient.fetch(ReactorHttpClient.on(group), addresses).collectList()
                .block(Duration.ofSeconds(40)))
                .isEqualTo(IntStream.range(0, REQUESTS).mapToObj(i -> page("/page/" + i)).toList());
    }

    private static void answer(final HttpExchange exchange) throws IOException {
        final byte[] body = page(exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String page(final String path) {
        return ("This is " + path + ".\n").repeat(200);
    }
}
