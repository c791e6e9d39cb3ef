package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams on their way out: whole, in fragments, to hosts, groups and ourselves (RFC 791 §3.2, RFC 6864, RFC 1112). */
class DatagramOutputTest {
    private static final int DF = 0x4000;
    private static final int MF = 0x2000;
    private static final String GROUP = "239.1.2.3";
    private static final long PEER_MAC = 0x0200_0000_0002L;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 1_471, 1_480})
    void shouldSendWhatFitsInOnePacketThatNobodyMayFragment(final int length) {
        try (OutputRig rig = new OutputRig(1_500)) {
            final byte[] payload = Fragments.payload(length);
            assertThat(rig.send(Peer.ADDRESS, payload)).isEqualTo(IpOutput.DIRECT);
            final byte[] bytes = rig.poll();
            final IpPacket packet = IpPacket.of(bytes);
            assertThat(packet.payload()).isEqualTo(payload);
            assertThat(packet.flagsAndOffset()).isEqualTo(DF);
            assertThat(identification(bytes)).as("of an atomic datagram").isZero();
            assertThat(rig.counters()).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0} bytes, MTU {1}: {2} fragments")
    @CsvSource({"1481, 1500, 2", "2960, 1500, 2", "2961, 1500, 3", "65507, 1500, 45", "65515, 1500, 45", "49, 68, 2",
            "1000, 69, 21", "1000, 76, 18", "65515, 9000, 8"})
    void shouldFragmentWhatDoesNotFit(final int length, final int mtu, final int count) {
        try (OutputRig rig = new OutputRig(mtu)) {
            final byte[] payload = Fragments.payload(length);
            assertThat(rig.send(Peer.ADDRESS, payload)).isEqualTo(IpOutput.DIRECT);
            final List<byte[]> fragments = rig.pollAll();
            assertThat(fragments).hasSize(count);
            int offset = 0;
            for (final byte[] bytes : fragments) {
                final IpPacket fragment = IpPacket.of(bytes);
                final boolean last = offset + fragment.payload().length == length;
                assertThat(bytes.length).isLessThanOrEqualTo(mtu);
                assertThat(fragment.flagsAndOffset()).isEqualTo(last ? offset / 8 : offset / 8 | MF);
                assertThat(identification(bytes)).isEqualTo(1);
                offset += fragment.payload().length;
            }
            assertThat(together(fragments)).isEqualTo(payload);
            assertThat(rig.counters())
                    .isEqualTo(Map.of(Counter.IP_FRAGMENTED, 1L, Counter.IP_FRAGMENTS_SENT, (long) count));
        }
    }

    @Test
    void shouldGatherHeadAndBodyWhereverTheCutIs() {
        try (OutputRig rig = new OutputRig(1_500)) {
            final byte[] payload = Fragments.payload(4_000);
            for (final int head : new int[]{0, 1, 8, 1_479, 1_480, 1_481, 3_000, 3_999, 4_000}) {
                rig.send(Peer.ADDRESS, payload, head);
                assertThat(together(rig.pollAll())).isEqualTo(payload);
            }
        }
    }

    @Test
    void shouldLeaveFragmentingToRoutersWhereAsked() {
        try (OutputRig rig = new OutputRig(1_500)) {
            rig.datagram.fragmentation(Fragmentation.ANYWHERE);
            rig.send(Peer.ADDRESS, Fragments.payload(100));
            rig.send(Peer.ADDRESS, Fragments.payload(100));
            final byte[] first = rig.poll();
            assertThat(IpPacket.of(first).flagsAndOffset()).isZero();
            assertThat(identification(first)).isEqualTo(1);
            assertThat(identification(rig.poll())).isEqualTo(2);
        }
    }

    @Test
    void shouldRefuseWhatMayNotBeFragmented() {
        try (OutputRig rig = new OutputRig(1_500)) {
            rig.datagram.fragmentation(Fragmentation.NOWHERE);
            assertThat(rig.send(Peer.ADDRESS, Fragments.payload(1_480))).isEqualTo(IpOutput.DIRECT);
            rig.poll();
            assertThat(rig.send(Peer.ADDRESS, Fragments.payload(1_481))).isEqualTo(IpOutput.TOO_LONG);
            assertThat(rig.poll()).isNull();
            // our own stack has no wire to be too narrow
            assertThat(rig.send(StackDriver.ADDRESS, Fragments.payload(1_481))).isEqualTo(IpOutput.LOCAL);
            assertThat(rig.counters()).containsEntry(Counter.IP_TOO_LONG, 1L);
        }
    }

    @Test
    void shouldRefuseMoreThanADatagramMayHold() {
        try (OutputRig rig = new OutputRig(1_500)) {
            assertThat(rig.send(Peer.ADDRESS, new byte[65_516])).isEqualTo(IpOutput.TOO_LONG);
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.IP_TOO_LONG, 1L));
        }
    }

    @Test
    void shouldKeepToThePathsMtu() {
        try (OutputRig rig = new OutputRig(1_500)) {
            rig.datagram.pathMtu(1_000);
            rig.send(Peer.ADDRESS, Fragments.payload(1_480));
            assertThat(rig.pollAll()).hasSize(2).allMatch(packet -> packet.length <= 1_000);
            rig.datagram.pathMtu(9_000);
            rig.send(Peer.ADDRESS, Fragments.payload(1_480));
            assertThat(rig.pollAll()).hasSize(1);
            // an ICMP message that lies must not make us send a packet for each byte
            rig.datagram.pathMtu(21);
            rig.send(Peer.ADDRESS, Fragments.payload(1_440));
            assertThat(rig.pollAll()).hasSize(30);
        }
    }

    @Test
    void shouldSendAllFragmentsOrNone() {
        try (OutputRig rig = new OutputRig(1_500)) {
            final List<Long> held = rig.holdAllBut(44);
            assertThat(rig.send(Peer.ADDRESS, Fragments.payload(65_507))).isEqualTo(IpOutput.NO_ROOM);
            assertThat(rig.poll()).isNull();
            assertThat(rig.counters()).isEqualTo(Map.of(Counter.TRANSMIT_NO_FRAME, 1L));
            rig.release(held);
            assertThat(rig.send(Peer.ADDRESS, Fragments.payload(65_507))).isEqualTo(IpOutput.DIRECT);
            assertThat(rig.pollAll()).hasSize(45);
        }
    }

    @Test
    void shouldSayWhereTheTransmitQueueHasNoRoom() {
        try (OutputRig rig = new OutputRig(1_500)) {
            rig.blocked(true);
            long last = IpOutput.DIRECT;
            int sent = 0;
            while (last == IpOutput.DIRECT) {
                last = rig.send(Peer.ADDRESS, Fragments.payload(20_000));
                sent++;
            }
            assertThat(last).isEqualTo(IpOutput.NO_ROOM);
            rig.blocked(false);
            assertThat(rig.pollAll()).hasSize((sent - 1) * 14);
        }
    }

    /** What is lost is seen when the rig is closed. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void shouldNotLoseTheFramesOfADatagramThatCannotBeMade(final int given) {
        try (OutputRig rig = new OutputRig(1_500)) {
            rig.outputBreaksAfter(given);
            rig.identificationsBroken(given == 3);
            assertThatIllegalStateException().isThrownBy(() -> rig.send(Peer.ADDRESS, Fragments.payload(4_000)));
            assertThat(rig.poll()).isNull();
        }
    }

    @Test
    void shouldHoldAllFragmentsUntilTheNeighbourIsKnown() {
        try (OutputRig rig = OutputRig.ethernet(64)) {
            final byte[] payload = Fragments.payload(65_507);
            assertThat(rig.send(Peer.ADDRESS, payload)).isPositive();
            assertThat(rig.poll()).isNull();
            rig.resolve(Peer.ADDRESS, PEER_MAC);
            final List<byte[]> frames = rig.pollAll();
            assertThat(frames).allMatch(frame -> OutputRig.target(frame) == PEER_MAC);
            assertThat(together(frames.stream().map(OutputRig::withoutLink).toList())).isEqualTo(payload);
        }
    }

    @Test
    void shouldDropTheWholeDatagramWhereTheNeighbourMayNotHoldIt() {
        try (OutputRig rig = OutputRig.ethernet(44)) {
            assertThat(rig.send(Peer.ADDRESS, Fragments.payload(65_507))).isEqualTo(IpOutput.TOO_MANY_FRAMES);
            assertThat(rig.counters()).containsEntry(Counter.NEIGHBOUR_QUEUE_FULL, 45L);
            rig.send(Peer.ADDRESS, Fragments.payload(30_000));
            rig.send(Peer.ADDRESS, Fragments.payload(60_000));
            // the older one went, fragment by fragment, to make room for all of the newer
            rig.resolve(Peer.ADDRESS, PEER_MAC);
            final List<byte[]> frames = rig.pollAll();
            assertThat(frames).hasSize(44);
            assertThat(together(frames.subList(44 - 41, 44).stream().map(OutputRig::withoutLink).toList()))
                    .isEqualTo(Fragments.payload(60_000));
        }
    }

    @Test
    void shouldSendToAGroupByTheLinksGroupAddress() {
        try (OutputRig rig = OutputRig.ethernet(16)) {
            rig.datagram.hopLimit(1);
            assertThat(rig.send("239.129.2.3", Fragments.payload(2_000))).isEqualTo(IpOutput.GROUP);
            final List<byte[]> frames = rig.pollAll();
            assertThat(frames).hasSize(2).allMatch(frame -> OutputRig.target(frame) == 0x0100_5E01_0203L);
            assertThat(OutputRig.withoutLink(frames.getFirst())[8]).as("time to live").isEqualTo((byte) 1);
            assertThat(rig.localFrames()).isZero();
            assertThat(rig.send("255.255.255.255", Fragments.payload(20))).isEqualTo(IpOutput.GROUP);
            assertThat(rig.send(StackDriver.BROADCAST, Fragments.payload(20))).isEqualTo(IpOutput.GROUP);
            assertThat(rig.pollAll()).hasSize(2).allMatch(frame -> OutputRig.target(frame) == 0xFFFF_FFFF_FFFFL);
        }
    }

    @Test
    void shouldGiveACopyToMembersOfTheGroupHere() {
        try (OutputRig rig = new OutputRig(1_500)) {
            rig.join(GROUP);
            rig.send(GROUP, Fragments.payload(2_000));
            assertThat(rig.pollAll()).hasSize(2);
            assertThat(rig.localFrames()).isEqualTo(2);
            rig.datagram.loopback(false);
            rig.send(GROUP, Fragments.payload(2_000));
            assertThat(rig.localFrames()).isEqualTo(2);
            rig.datagram.loopback(true).hopLimit(0);
            rig.pollAll();
            assertThat(rig.send(GROUP, Fragments.payload(100))).isEqualTo(IpOutput.GROUP);
            assertThat(rig.poll()).as("with time to live 0").isNull();
            assertThat(rig.localFrames()).isEqualTo(3);
        }
    }

    @Test
    void shouldGiveACopyOfEachBroadcastToThisStack() {
        try (OutputRig rig = new OutputRig(1_500)) {
            rig.send(StackDriver.BROADCAST, Fragments.payload(20));
            assertThat(rig.localFrames()).isEqualTo(1);
            assertThat(rig.pollAll()).hasSize(1);
        }
    }

    private static int identification(final byte[] packet) {
        return (packet[4] & 0xFF) << 8 | packet[5] & 0xFF;
    }

    /** The payload of a datagram that another stack puts together. */
    private static byte[] together(final List<byte[]> fragments) {
        if (fragments.size() == 1) {
            return IpPacket.of(fragments.getFirst()).payload();
        }
        final List<byte[]> rest = new ArrayList<>(fragments);
        try (ReassemblyRig rig = new ReassemblyRig()) {
            final byte[] last = rest.removeLast();
            assertThat(rest).noneMatch(rig::add);
            assertThat(rig.add(last)).isTrue();
            assertThat(IpPacket.of(rig.datagram()).protocol()).isEqualTo(IpProtocol.UDP);
            return rig.payload();
        }
    }
}
