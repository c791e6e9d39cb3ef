package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

@OverBothFamilies
class HandshakeTest {
    @Test
    void shouldAcceptAConnectionEchoAndClose() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 16, Wire.settings().build());
            final long[] handle = new long[1];
            final Peer.Events events = new Peer.Events();
            final Peer peer = Peer.accepted(stack, listener, 80, handle, events);
            assertThat(stack.tcp().state(handle[0])).isEqualTo(TcpState.ESTABLISHED);

            peer.send("PA", "hello");
            assertThat(events.took(ConnectionHandler.READABLE)).isTrue();
            assertThat(new String(stack.receive(handle[0], 100), StandardCharsets.ISO_8859_1)).isEqualTo("hello");
            stack.send(handle[0], "world".getBytes(StandardCharsets.ISO_8859_1));
            final Packet reply = stack.sent();
            assertThat(reply.payload()).isEqualTo("world".getBytes(StandardCharsets.ISO_8859_1));
            assertThat(reply.ack()).isEqualTo(peer.seq());
            peer.ack(reply.seq() + 5);

            peer.send("FA", "");
            assertThat(stack.sent().ack()).isEqualTo(peer.seq());
            assertThat(stack.tcp().state(handle[0])).isEqualTo(TcpState.CLOSE_WAIT);
            stack.tcp().close(handle[0]);
            stack.run();
            final Packet fin = stack.sent();
            assertThat(fin.is("FA")).isTrue();
            peer.ack(fin.seq() + 1);
            assertThat(stack.engine().connections()).isZero();
            assertThat(stack.allSent()).isEmpty();
            assertThat(stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }
}
