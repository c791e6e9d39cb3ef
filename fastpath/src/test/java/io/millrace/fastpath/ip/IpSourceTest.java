package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 1122 §3.2.1.3: which sources a host believes. */
class IpSourceTest {
    private static final int ICMP = 1;
    private static final int ECHO_REQUEST = 8;

    private final StackDriver stack = new StackDriver();

    @AfterEach
    void close() {
        stack.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {StackDriver.ADDRESS, StackDriver.BROADCAST, "255.255.255.255", "224.0.0.1", "127.0.0.1",
            "0.0.0.0"})
    void shouldNotAnswerWhoCannotBeASender(final String source) {
        stack.inject(IpPacket.toStack(ICMP, IpPacket.icmp(ECHO_REQUEST, 0, 1, new byte[32])).from(source).toBytes());
        assertThat(stack.allSent()).isEmpty();
        assertThat(stack.counter(Counter.IP_BAD_SOURCE)).isEqualTo(1);
        assertThat(stack.counter(Counter.FRAMES_LOCAL)).isZero();
    }

    @Test
    void shouldNotTalkToItselfForAForgedSyn() {
        final int own = Packet.address(StackDriver.ADDRESS);
        stack.listen(80, 8, TcpSettings.DEFAULT);
        stack.inject(new Packet(own, 80, own, 80, 1, 0, Packet.flags("S"), 1_000, 0, -1, -1, new byte[0]));
        assertThat(stack.counter(Counter.FRAMES_LOCAL)).isZero();
        assertThat(stack.engine().connections()).isZero();
    }

    @Test
    void shouldStillTalkToItselfWhenAsked() {
        stack.listen(80, 8, TcpSettings.DEFAULT);
        stack.connect(StackDriver.ADDRESS, 80, TcpSettings.DEFAULT, (connection, events) -> {});
        assertThat(stack.counter(Counter.IP_BAD_SOURCE)).isZero();
        assertThat(stack.engine().connections()).isEqualTo(2);
    }
}
