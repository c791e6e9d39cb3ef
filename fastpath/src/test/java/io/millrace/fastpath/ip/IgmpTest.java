package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import io.millrace.fastpath.wire.IgmpMessage;
import io.millrace.fastpath.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** IGMP between the wire and the control plane, bit by bit (RFC 3376 §4, RFC 2113, RFC 1112 §6). */
class IgmpTest {
    private static final long MAC = 0x0200_0000_0001L;
    private static final int GROUP = 0xEF81_0203;
    private static final int REPORT_GROUP = 0xE000_0016;

    private final List<String> heard = new ArrayList<>();
    private final StandInRoutes routes = StandInRoutes.of(Packet.address(StackDriver.ADDRESS))
            .withBroadcast(0xE000_0001);
    private final QueuePort port = new QueuePort(1_500, MAC);
    private final StackEngine engine = new StackEngine(0, EngineSettings.DEFAULT, port, new Control(), () -> 0);
    private final MemoryRegion message = MemoryRegion.allocate("test message", 4_096);

    private final class Control extends StandInControl {
        Control() {
            super(routes, new StandInIss(1, 0), new StandInPorts(1, 2));
        }

        @Override
        public void onIgmp(final int link, final int source, final int destination, final long address,
                final int length) {
            final byte[] bytes = new byte[length];
            Memory.copyToArray(address, bytes, 0, length);
            heard.add(Integer.toHexString(source) + " " + Integer.toHexString(destination) + " "
                    + Arrays.hashCode(bytes));
        }
    }

    @AfterEach
    void close() {
        assertThat(engine.counters().get(Counter.EXCEPTIONS)).isZero();
        engine.requestClose();
        assertThat(port.available()).isEqualTo(port.frames());
        port.close();
        message.close();
    }

    @Test
    void shouldSendWithRouterAlertAndTimeToLive1() {
        IgmpMessage.beginReport(message.address());
        IgmpMessage.writeRecord(message.address() + 8, IgmpMessage.CHANGE_TO_EXCLUDE, 0, GROUP);
        IgmpMessage.finishReport(message.address(), 1, 16);
        engine.commands().transmitIgmp(0, Packet.address(StackDriver.ADDRESS), REPORT_GROUP, message.address(), 16);
        engine.doWork();
        final byte[] frame = port.poll();
        assertThat(OutputRig.target(frame)).isEqualTo(0x0100_5E00_0016L);
        final byte[] bytes = OutputRig.withoutLink(frame);
        final IpPacket packet = IpPacket.of(bytes);
        assertThat(bytes[1]).as("type of service").isEqualTo((byte) 0xC0);
        assertThat(bytes[8]).as("time to live").isEqualTo((byte) 1);
        assertThat(packet.protocol()).isEqualTo(IpProtocol.IGMP);
        assertThat(packet.options()).containsExactly(0x94, 4, 0, 0);
        assertThat(packet.source()).isEqualTo(Packet.address(StackDriver.ADDRESS));
        assertThat(packet.destination()).isEqualTo(REPORT_GROUP);
        assertThat(packet.payload()).isEqualTo(new byte[]{0x22, 0, (byte) 0xE8, 0x79, 0, 0, 0, 1, 4, 0, 0, 0,
                (byte) 0xEF, (byte) 0x81, 2, 3});
        assertThat(IpPacket.checksum(packet.payload(), 0, 16)).isZero();
    }

    @Test
    void shouldSendTheLongestReport() {
        final int length = EngineCommands.MAX_IGMP_LENGTH;
        for (int i = 0; i < 100; i++) {
            assertThat(engine.commands().transmitIgmp(0, 1, REPORT_GROUP, message.address(), length)).isTrue();
            engine.doWork();
            assertThat(OutputRig.withoutLink(port.poll())).hasSize(1_500);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.9", "0.0.0.0"})
    void shouldHandQueriesToTheControlPlane(final String querier) {
        final byte[] query = message(0x11, 100, 0);
        inject(query, querier, "224.0.0.1");
        assertThat(heard).containsExactly(Integer.toHexString(Packet.address(querier)) + " e0000001 "
                + Arrays.hashCode(query));
        assertThat(engine.counters().get(Counter.IGMP_RECEIVED)).isEqualTo(1);
    }

    @Test
    void shouldHearWhatIsSaidToGroupsThatAreJoined() {
        inject(message(0x16, 0, GROUP), "10.0.0.9", "239.129.2.3");
        assertThat(heard).isEmpty();
        assertThat(engine.counters().get(Counter.IP_NOT_FOR_US)).isEqualTo(1);
        routes.join(GROUP);
        inject(message(0x16, 0, GROUP), "10.0.0.9", "239.129.2.3");
        assertThat(heard).hasSize(1);
        routes.leave(GROUP);
        inject(message(0x16, 0, GROUP), "10.0.0.9", "239.129.2.3");
        assertThat(heard).hasSize(1);
    }

    @ParameterizedTest(name = "{0} bytes, byte {1} changed: {2}")
    @CsvSource({"7, 0, IGMP_MALFORMED", "1477, 0, IGMP_MALFORMED", "8, 2, IGMP_BAD_CHECKSUM",
            "8, 7, IGMP_BAD_CHECKSUM"})
    void shouldDropWhatIsWrong(final int length, final int changed, final Counter counter) {
        final byte[] bytes = Arrays.copyOf(message(0x11, 100, 0), length);
        if (changed > 0) {
            bytes[changed] ^= 1;
        }
        inject(bytes, "10.0.0.9", "224.0.0.1");
        assertThat(heard).isEmpty();
        assertThat(engine.counters().get(counter)).isEqualTo(1);
    }

    @Test
    void shouldTakeNothingElseFromAHostWithoutAnAddress() {
        final byte[] echo = IpPacket.toStack(IpProtocol.ICMP, IpPacket.icmp(8, 0, 1, new byte[8])).from("0.0.0.0")
                .toBytes();
        port.inject(frame(echo, MAC));
        engine.doWork();
        assertThat(engine.counters().get(Counter.IP_BAD_SOURCE)).isEqualTo(1);
    }

    private void inject(final byte[] igmp, final String from, final String to) {
        final byte[] packet = IpPacket.toStack(IpProtocol.IGMP, igmp).from(from).to(to).options(0x94, 4, 0, 0)
                .toBytes();
        port.inject(frame(packet, 0x0100_5E00_0000L | Packet.address(to) & 0x7F_FFFF));
        engine.doWork();
    }

    private static byte[] frame(final byte[] packet, final long destination) {
        return ByteBuffer.allocate(14 + packet.length).putShort((short) (destination >>> 32))
                .putInt((int) destination).putShort((short) 0x0200).putInt(2).putShort((short) 0x0800).put(packet)
                .array();
    }

    private static byte[] message(final int type, final int code, final int group) {
        final byte[] bytes = ByteBuffer.allocate(8).put((byte) type).put((byte) code).putShort((short) 0)
                .putInt(group).array();
        ByteBuffer.wrap(bytes).putShort(2, (short) IpPacket.checksum(bytes, 0, 8));
        return bytes;
    }
}
