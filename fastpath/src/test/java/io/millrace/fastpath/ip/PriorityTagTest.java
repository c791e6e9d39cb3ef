package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import io.millrace.fastpath.wire.IpProtocol;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stack without a VLAN takes frames whose tag carries a priority alone (IEEE 802.1Q), and no others. */
class PriorityTagTest {
    private static final long MAC = 0x0200_0000_0001L;
    private static final int UDP_PORT = 9;

    private final QueuePort port = new QueuePort(1_500, MAC);
    private final StackEngine engine = new StackEngine(0, EngineSettings.DEFAULT, port,
            new StandInControl(StandInRoutes.of(Packet.address(StackDriver.ADDRESS)), new StandInIss(1, 0),
                    new StandInPorts(1, 2)),
            () -> 0);

    @AfterEach
    void close() {
        assertThat(engine.counters().get(Counter.EXCEPTIONS)).isZero();
        engine.requestClose();
        assertThat(port.available()).isEqualTo(port.frames());
        port.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0000, 0xE000, 0x1000})
    void shouldTakeWhatIsTaggedWithAPriorityAlone(final int control) {
        inject(control, 0x0800, datagram());
        assertThat(engine.counters().get(Counter.UDP_NO_PORT)).isEqualTo(1);
        assertThat(engine.counters().get(Counter.ETHERNET_UNKNOWN_TYPE)).isZero();
    }

    @Test
    void shouldTakeArpLikewise() {
        inject(0xA000, 0x0806, new byte[28]);
        assertThat(engine.counters().get(Counter.ARP_MALFORMED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 0xE005, 4_094, 4_095})
    void shouldDropWhatIsOfAVlan(final int control) {
        inject(control, 0x0800, datagram());
        assertThat(engine.counters().get(Counter.ETHERNET_UNKNOWN_TYPE)).isEqualTo(1);
        assertThat(engine.counters().get(Counter.UDP_NO_PORT)).isZero();
    }

    @Test
    void shouldDropATagThatIsCut() {
        final byte[] frame = new byte[17];
        ByteBuffer.wrap(frame).putShort((short) (MAC >>> 32)).putInt((int) MAC).putShort(12, (short) 0x8100);
        port.inject(frame);
        engine.doWork();
        assertThat(engine.counters().get(Counter.ETHERNET_UNKNOWN_TYPE)).isEqualTo(1);
    }

    @Test
    void shouldTakeOneTagAlone() {
        final byte[] packet = datagram();
        inject(0, 0x8100,
                ByteBuffer.allocate(4 + packet.length).putShort((short) 0).putShort((short) 0x0800).put(packet)
                        .array());
        assertThat(engine.counters().get(Counter.ETHERNET_UNKNOWN_TYPE)).isEqualTo(1);
    }

    private static byte[] datagram() {
        return IpPacket.toStack(IpProtocol.UDP, IpPacket.udp(UDP_PORT, new byte[4])).toBytes();
    }

    private void inject(final int control, final int type, final byte[] payload) {
        port.inject(ByteBuffer.allocate(18 + payload.length).putShort((short) (MAC >>> 32)).putInt((int) MAC)
                .putShort((short) 0x0200).putInt(2).putShort((short) 0x8100).putShort((short) control)
                .putShort((short) type).put(payload).array());
        engine.doWork();
    }
}
