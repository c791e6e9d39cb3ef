package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInListener;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One of several engines puts a segment together: fragments come to the queue of their addresses, the connection may
 * live behind the queue of its ports.
 */
class FragmentsBetweenEnginesTest {
    private static final int PORT = 80;
    private static final int PEER_PORT = 40_000;

    private final QueuePort port = new QueuePort(1_500);
    private final Control control = new Control();
    private final StackEngine engine = new StackEngine(0, EngineSettings.DEFAULT, port, control, () -> 0);

    private static final class Control extends StandInControl {
        Control() {
            super(StandInRoutes.of(Packet.address(StackDriver.ADDRESS)), new StandInIss(1_000, 0),
                    new StandInPorts(1, 2));
        }

        @Override
        public int engines() {
            return 2;
        }
    }

    @BeforeEach
    void listen() {
        control.listen(PORT, new StandInListener(1, 1, TcpSettings.DEFAULT));
    }

    @AfterEach
    void close() {
        assertThat(engine.counters().get(Counter.EXCEPTIONS)).isZero();
        engine.requestClose();
        port.close();
    }

    @Test
    void shouldResetNoConnectionThatAnotherEngineMayHave() {
        injectInFragments(segment(5_000, 1_000, "A", 64));
        assertThat(port.poll()).isNull();
        assertThat(engine.counters().get(Counter.IP_REASSEMBLED_ELSEWHERE)).isEqualTo(1);
        assertThat(engine.counters().get(Counter.TCP_SEGMENTS_RECEIVED)).isZero();
    }

    @Test
    void shouldTakeASegmentToItsOwnConnection() {
        port.inject(segment(5_000, 0, "S", 0));
        engine.doWork();
        assertThat(Packet.of(port.poll()).is("SA")).isTrue();
        injectInFragments(segment(5_001, 1_001, "A", 64));
        assertThat(engine.counters().get(Counter.IP_REASSEMBLED_ELSEWHERE)).isZero();
        assertThat(engine.counters().get(Counter.TCP_ESTABLISHED)).isEqualTo(1);
        assertThat(engine.counters().get(Counter.TCP_BYTES_RECEIVED)).isEqualTo(64);
    }

    private void injectInFragments(final byte[] packet) {
        Fragments.cut(1, IpProtocol.TCP, Arrays.copyOfRange(packet, 20, packet.length), 32).forEach(port::inject);
        engine.doWork();
    }

    private static byte[] segment(final int seq, final int ack, final String flags, final int length) {
        return new Packet(Packet.address(Peer.ADDRESS), PEER_PORT, Packet.address(StackDriver.ADDRESS), PORT, seq, ack,
                Packet.flags(flags), 1_000, 0, -1, -1, new byte[length]).toBytes();
    }
}
