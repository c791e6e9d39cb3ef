package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.Ipv4Header;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The Diffserv field: RFC 9293 §3.9.2 (MUST-48), RFC 2474 §3; the ECN field beside it is RFC 3168's. */
@OverBothFamilies
class TrafficClassTest {
    /** Expedited forwarding, with bits of ECN that are not the application's to set. */
    private static final int ASKED = 0xBB;
    private static final int MARK = 0xB8;
    private static final byte[] NOTHING = {};

    private final StackDriver stack = new StackDriver();

    private static TcpSettings settings(final TcpSettings.Ecn ecn) {
        return Wire.settings().trafficClass(ASKED).ecn(ecn).build();
    }

    /** The traffic class in the IP header of everything that was sent since the last question. */
    private List<Integer> fields() {
        final List<Integer> fields = new ArrayList<>();
        for (byte[] packet = stack.port().poll(); packet != null; packet = stack.port().poll()) {
            fields.add(Family.current() == Family.V4
                    ? Byte.toUnsignedInt(packet[Ipv4Header.DSCP_ECN_OFFSET])
                    : (packet[0] & 0xF) << 4 | packet[1] >> 4 & 0xF);
        }
        return fields;
    }

    private static Peer peer(final StackDriver stack) {
        return new Peer(stack, 40_000, 80, 5_000);
    }

    /** Opens a connection; the SYN-ACK is still to be taken. */
    private long accept(final Peer peer, final TcpSettings settings) {
        stack.nextIss(1_000);
        final StackDriver.Listener listener = stack.listen(80, 16, settings);
        peer.send("S", NOTHING, 1_460, -1);
        peer.seq(5_001).expect(1_001).send("A", NOTHING, -1, -1);
        return listener.accept(stack, new Peer.Events());
    }

    @Test
    void shouldMarkEverySegmentOfAnAcceptedConnection() {
        try (stack) {
            final Peer peer = peer(stack);
            final long handle = accept(peer, settings(TcpSettings.Ecn.OFF));
            assertThat(fields()).as("SYN-ACK").containsExactly(MARK);
            stack.send(handle, new byte[3_000]);
            assertThat(fields()).as("text").containsExactly(MARK, MARK, MARK);
            stack.toNextTimer();
            assertThat(fields()).as("retransmission").isNotEmpty().containsOnly(MARK);
            peer.ack(1_001 + 3_000);
            peer.data(new byte[100]);
            stack.advanceMs(500);
            assertThat(fields()).as("acknowledgement").isNotEmpty().containsOnly(MARK);
            stack.receive(handle, 100);
            stack.tcp().close(handle);
            stack.run();
            assertThat(fields()).as("FIN").containsExactly(MARK);
            peer.ack(1_001 + 3_001);
            peer.send("FA", "");
            assertThat(fields()).as("acknowledgement of the FIN").containsExactly(MARK);
            peer.sendAt("FA", peer.seq() - 1, peer.ack(), NOTHING);
            assertThat(fields()).as("TIME_WAIT").containsExactly(MARK);
        }
    }

    @Test
    void shouldMarkAnActiveOpenFromTheSynToTheReset() {
        try (stack) {
            stack.nextEphemeral(49_152);
            final long handle = stack.connect(Peer.ADDRESS, 80, settings(TcpSettings.Ecn.OFF), new Peer.Events());
            final Packet syn = Packet.of(stack.port().poll());
            stack.advanceMs(1_100);
            assertThat(fields()).as("SYN again").containsExactly(MARK);
            final Peer peer = new Peer(stack, 80, 49_152, 5_000).expect(syn.seq() + 1);
            peer.send("SA", NOTHING, 1_460, -1);
            assertThat(fields()).as("acknowledgement").containsExactly(MARK);
            stack.tcp().abort(handle);
            stack.run();
            assertThat(fields()).as("RST").containsExactly(MARK);
        }
    }

    @Test
    void shouldLeaveTheTwoBitsOfEcnToEcn() {
        try (stack) {
            final Peer peer = peer(stack);
            peer.with(packet -> packet.is("S") ? packet.withFlags("EC") : packet);
            final long handle = accept(peer, settings(TcpSettings.Ecn.ON));
            assertThat(fields()).as("SYN-ACK").containsExactly(MARK);
            stack.send(handle, new byte[100]);
            assertThat(fields()).as("text").containsExactly(MARK | Ipv4Header.ECT_0);
        }
    }

    @Test
    void shouldMarkFromNowOnWhereItChangesOnAnOpenConnection() {
        try (stack) {
            final Peer peer = peer(stack);
            final long handle = accept(peer, Wire.settings().build());
            stack.send(handle, new byte[100]);
            assertThat(fields()).containsExactly(0, 0);
            stack.tcp().settings(handle, settings(TcpSettings.Ecn.OFF));
            stack.send(handle, new byte[100]);
            assertThat(fields()).containsExactly(MARK);
            stack.tcp().settings(handle, Wire.settings().trafficClass(0).build());
            stack.send(handle, new byte[100]);
            assertThat(fields()).containsExactly(0);
        }
    }

    @Test
    void shouldNotMarkWhatBelongsToNoConnection() {
        try (stack) {
            stack.listen(81, 16, settings(TcpSettings.Ecn.OFF));
            peer(stack).send("S", NOTHING, 1_460, -1);
            assertThat(fields()).as("RST").containsExactly(0);
        }
    }
}
