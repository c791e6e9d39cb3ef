package io.millrace.examples.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.examples.FrameworkTest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Against the JDK's client, in a process of its own on the kernel's side. */
class WebSocketEchoServerTest extends FrameworkTest {
    WebSocketEchoServerTest() {
        super(2);
    }

    @Test
    void shouldEchoTextBytesAndFragmentsAndAnswerPingAndClose() throws Exception {
        WebSocketEchoServer.start(group, 8080);
        assertThat(run(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                JdkWebSocketClient.class.getName(), "ws://" + STACK + ":8080/echo")).isEqualTo("""
                        text: grüß Gott
                        text of fragments: one two three
                        binary: 1000000 bytes as sent
                        pong: are you there?
                        closed: 1000
                        """);
    }
}
