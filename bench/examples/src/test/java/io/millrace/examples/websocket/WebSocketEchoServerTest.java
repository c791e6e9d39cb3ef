package io.millrace.examples.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.examples.FrameworkTest;
import io.millrace.examples.JavaProgram;
import org.junit.jupiter.api.Test;

/** Against the JDK's client, in a process of its own on the kernel's side. */
class WebSocketEchoServerTest extends FrameworkTest {
    WebSocketEchoServerTest() {
        super(2);
    }

    @Test
    void shouldEchoTextBytesAndFragmentsAndAnswerPingAndClose() throws Exception {
        WebSocketEchoServer.start(group, 8080);
        assertThat(run(JavaProgram.command(JdkWebSocketClient.class, "ws://" + STACK + ":8080/echo"))).isEqualTo("""
                text: grüß Gott
                text of fragments: one two three
                binary: 1000000 bytes as sent
                pong: are you there?
                closed: 1000
                """);
    }
}
