package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.Datagram;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import io.millrace.fastpath.wire.EthernetHeader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DHCP between the wire and the control plane, of a stack that has no address (RFC 2131 §4.1). */
class DhcpPathTest {
    private static final long MAC = 0x0200_0000_0001L;
    private static final String SERVER = "10.0.0.9";
    private static final String OFFERED = "10.0.0.77";

    private final List<String> heard = new ArrayList<>();
    private final StandInRoutes routes = StandInRoutes.of(Packet.address("10.0.0.1"));
    private final QueuePort port = new QueuePort(1_500, MAC);
    private final MemoryRegion message = MemoryRegion.allocate("test message", 4_096);
    private boolean hasClient = true;
    private StackEngine engine;

    private final class Control extends StandInControl {
        Control() {
            super(routes, new StandInIss(1, 0), new StandInPorts(1, 2));
            routes.removeAddresses();
        }

        @Override
        public boolean hasDhcpClient() {
            return hasClient;
        }

        @Override
        public void onDhcp(final int link, final int source, final int destination, final long linkSource,
                final long address,
                final int length) {
            final byte[] bytes = new byte[length];
            Memory.copyToArray(address, bytes, 0, length);
            heard.add(Integer.toHexString(source) + " " + Integer.toHexString(destination) + " "
                    + Long.toHexString(linkSource) + " " + new String(bytes, StandardCharsets.US_ASCII));
        }
    }

    private void start() {
        engine = new StackEngine(0, EngineSettings.DEFAULT, port, new Control(), () -> 0);
    }

    @AfterEach
    void close() {
        assertThat(engine.counters().get(Counter.EXCEPTIONS)).isZero();
        engine.requestClose();
        assertThat(port.available()).isEqualTo(port.frames());
        port.close();
        message.close();
    }

    @ParameterizedTest
    @CsvSource({"255.255.255.255, true, ffffffff", "10.0.0.77, false, a00004d", "255.255.255.255, false, ffffffff"})
    void shouldHandTheControlPlaneWhatServersSay(final String to, final boolean linkBroadcast, final String heardTo) {
        start();
        inject(offer(to).toBytes(), linkBroadcast ? EthernetHeader.BROADCAST : MAC);
        assertThat(heard).containsExactly("a000009 " + heardTo + " 20000000002 offer");
        assertThat(engine.counters().get(Counter.DHCP_RECEIVED)).isEqualTo(1);
    }

    @Test
    void shouldTakeADatagramWithoutAChecksum() {
        start();
        final Datagram offer = offer(OFFERED);
        final byte[] udp = offer.udp(0);
        udp[6] = 0;
        udp[7] = 0;
        inject(offer.packet(udp).toBytes(), MAC);
        assertThat(heard).hasSize(1);
    }

    @Test
    void shouldDropWhatIsWrong() {
        start();
        inject(offer(OFFERED).packet(offer(OFFERED).udp(1)).toBytes(), MAC);
        assertThat(engine.counters().get(Counter.UDP_BAD_CHECKSUM)).isEqualTo(1);
        final byte[] longer = offer(OFFERED).udp(0);
        longer[5]++;
        inject(offer(OFFERED).packet(longer).toBytes(), MAC);
        assertThat(engine.counters().get(Counter.UDP_MALFORMED)).isEqualTo(1);
        inject(offer(OFFERED).packet(new byte[7]).toBytes(), MAC);
        assertThat(engine.counters().get(Counter.IP_NOT_FOR_US)).isEqualTo(1);
        assertThat(heard).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"67, 67", "68, 68", "68, 67", "67, 69"})
    void shouldLeaveOtherPortsAlone(final int from, final int to) {
        start();
        final Datagram other = new Datagram(Packet.address(SERVER), from, Packet.address(OFFERED), to, new byte[4]);
        inject(other.toBytes(), MAC);
        assertThat(heard).isEmpty();
        assertThat(engine.counters().get(Counter.IP_NOT_FOR_US)).isEqualTo(1);
    }

    @Test
    void shouldHearFragmentsNeverAndAnotherStationsFramesNever() {
        start();
        final IpPacket whole = offer(OFFERED).packet(offer(OFFERED).udp(0));
        inject(whole.flagsAndOffset(0x2000).toBytes(), MAC);
        inject(whole.toBytes(), MAC + 1);
        assertThat(heard).isEmpty();
    }

    @Test
    void shouldTakeNothingWhereThereIsNoClient() {
        hasClient = false;
        start();
        inject(offer(OFFERED).toBytes(), MAC);
        assertThat(heard).isEmpty();
        assertThat(engine.counters().get(Counter.IP_NOT_FOR_US)).isEqualTo(1);
    }

    @Test
    void shouldSendToEverybodyFromNoAddress() {
        start();
        final Datagram discover = new Datagram(0, 68, -1, 67, "discover".getBytes(StandardCharsets.US_ASCII));
        final byte[] udp = discover.udp(0);
        Memory.copyFromArray(udp, 0, message.address(), udp.length);
        assertThat(engine.commands().transmitDatagram(0, 0, -1, 0, message.address(), udp.length)).isTrue();
        engine.doWork();
        final byte[] frame = port.poll();
        assertThat(OutputRig.target(frame)).isEqualTo(EthernetHeader.BROADCAST);
        final Datagram sent = Datagram.of(OutputRig.withoutLink(frame));
        assertThat(sent.text()).isEqualTo("discover");
        assertThat(sent.source()).isZero();
        assertThat(sent.destination()).isEqualTo(-1);
        assertThat(sent.sourcePort()).isEqualTo(68);
        engine.doWork();
        assertThat(engine.counters().get(Counter.FRAMES_LOCAL)).as("nobody here hears it").isZero();
    }

    @Test
    void shouldSendToAStationWithoutAskingForIt() {
        start();
        final Datagram release = new Datagram(Packet.address(OFFERED), 68, Packet.address(SERVER), 67, new byte[3]);
        final byte[] udp = release.udp(0);
        Memory.copyFromArray(udp, 0, message.address(), udp.length);
        engine.commands().transmitDatagram(0, release.source(), release.destination(), MAC + 8, message.address(),
                udp.length);
        // also where the stack closes in the same turn
        engine.requestClose();
        final byte[] frame = port.poll();
        assertThat(OutputRig.target(frame)).isEqualTo(MAC + 8);
        assertThat(Datagram.of(OutputRig.withoutLink(frame)).destination()).isEqualTo(release.destination());
    }

    @Test
    void shouldSendTheLongestDatagram() {
        start();
        for (int i = 0; i < 100; i++) {
            assertThat(engine.commands().transmitDatagram(0, 0, -1, 0, message.address(),
                    EngineCommands.MAX_DATAGRAM_LENGTH)).isTrue();
            engine.doWork();
            assertThat(OutputRig.withoutLink(port.poll())).hasSize(1_500);
        }
    }

    private static Datagram offer(final String to) {
        return new Datagram(Packet.address(SERVER), 67, Packet.address(to), 68,
                "offer".getBytes(StandardCharsets.US_ASCII));
    }

    private void inject(final byte[] packet, final long destination) {
        port.inject(ByteBuffer.allocate(14 + packet.length).putShort((short) (destination >>> 32))
                .putInt((int) destination).putShort((short) 0x0200).putInt(2).putShort((short) 0x0800).put(packet)
                .array());
        engine.doWork();
    }
}
