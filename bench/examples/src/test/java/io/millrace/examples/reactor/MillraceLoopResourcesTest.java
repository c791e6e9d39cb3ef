package io.millrace.examples.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.examples.FrameworkTest;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.netty.Connection;
import reactor.netty.udp.UdpServer;

class MillraceLoopResourcesTest extends FrameworkTest {
    private static final int PORT = 7_007;

    MillraceLoopResourcesTest() {
        super(1);
    }

    /** Those of TCP are shown by the examples. */
    @Test
    void shouldGiveReactorItsDatagramChannels() throws Exception {
        final Connection server = UdpServer.create().runOn(new MillraceLoopResources(group)).host(STACK).port(PORT)
                .handle((received, replies) -> replies.sendObject(
                        received.receiveObject().cast(io.netty.channel.socket.DatagramPacket.class)
                                .map(packet -> new io.netty.channel.socket.DatagramPacket(packet.content().retain(),
                                        packet.sender()))))
                .bindNow(Duration.ofSeconds(20));
        try (DatagramSocket client = kernel.call(DatagramSocket::new)) {
            client.setSoTimeout(20_000);
            final byte[] question = "who is there?".getBytes(StandardCharsets.UTF_8);
            client.send(new DatagramPacket(question, question.length, InetAddress.getByName(STACK), PORT));
            final DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            client.receive(answer);
            assertThat(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8))
                    .isEqualTo("who is there?");
        } finally {
            server.disposeNow();
        }
    }
}
