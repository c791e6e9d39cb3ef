package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.TcpHeader;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options that belong to a SYN: RFC 9293 §3.7.1, RFC 7323 §2.2, RFC 2018 §2. */
@OverBothFamilies
class SynOptionsTest {
    @Test
    void shouldOfferWhatASynOffersInNoOtherSegment() {
        try (Wire wire = Wire.open(Wire.settings().build(),
                packet -> packet.withSackPermitted().withTimestamps(1, 1))) {
            final List<Packet> sent = new ArrayList<>();
            wire.dataAt(100, 100);
            wire.send(2_000);
            wire.tcp.shutdownOutput(wire.handle);
            wire.untilSent();
            sent.addAll(wire.stack.allSent());
            wire.tcp.abort(wire.handle);
            wire.stack.run();
            sent.addAll(wire.stack.allSent());
            assertThat(sent).hasSizeGreaterThan(4).anyMatch(packet -> packet.has("F"))
                    .anyMatch(packet -> packet.has("R"))
                    .allMatch(packet -> packet.mss() == -1 && packet.scale() == -1 && !packet.extras().sackPermitted());
        }
    }

    @ParameterizedTest
    @CsvSource({
            // MSS, NOP, window scale, SACK permitted, timestamps
            "true, true, true, 020405B4 01030305 0402080A0000000100000000",
            "true, true, false, 020405B4 0402080A0000000100000000",
            "true, false, true, 020405B4 01030305 04020000",
            "true, false, false, 020405B4 04020000",
            "false, true, true, 020405B4 01030305 0101080A0000000100000000",
            "false, false, true, 020405B4 01030305",
            "false, false, false, 020405B4"})
    void shouldWriteThemInTheOrderOfBsdWhereToldSo(final boolean sack, final boolean timestamps, final boolean scale,
            final String expected) {
        try (StackDriver stack = new StackDriver(1_000_000)) {
            stack.connect(Peer.ADDRESS, 80,
                    inOrderOfBsd().sack(sack).timestamps(timestamps).windowScaling(scale).build(),
                    new Peer.Events());
            assertThat(options(stack)).isEqualTo(expected.replace(" ", ""));
        }
    }

    @Test
    void shouldAnswerInTheOrderOfBsdWhereToldSo() {
        try (StackDriver stack = new StackDriver(1_000_000)) {
            stack.listen(80, 16, inOrderOfBsd().build());
            new Peer(stack, 40_000, 80, 5_000).with(packet -> packet.withSackPermitted().withTimestamps(7, 0))
                    .send("S", new byte[0], 1_460, 7);
            assertThat(options(stack)).isEqualTo("020405B4" + "01030305" + "0402080A0000000100000007");
        }
    }

    @Test
    void shouldAskForACookieBehindTheOptionsOfBsd() {
        try (StackDriver stack = new StackDriver()) {
            stack.connect(Peer.ADDRESS, 80, inOrderOfBsd().timestamps(false).fastOpen(true).build(), new Peer.Events());
            // the list goes on behind SACK permitted: its end stands behind the last option
            assertThat(options(stack)).isEqualTo("020405B4" + "01030305" + "0402" + "22020101" + "0000");
        }
    }

    private static TcpSettings.Builder inOrderOfBsd() {
        return TcpSettings.DEFAULT.toBuilder().optionOrder(TcpSettings.OptionOrder.BSD);
    }

    /** The options of what was sent. */
    private static String options(final StackDriver stack) {
        final byte[] packet = stack.port().poll();
        return HexFormat.of().withUpperCase().formatHex(packet, Family.current().headerLength() + TcpHeader.MIN_LENGTH,
                packet.length);
    }

    @Test
    void shouldIgnoreThemOutsideOfASyn() {
        try (Wire wire = Wire.open(Wire.settings().build(), 2, 65_535)) {
            wire.peer.window(1_000);
            wire.peer.send("A", new byte[0], 100, 7);
            wire.send(10_000);
            // a shift of 2 still, and segments of the size that was agreed on
            assertThat(wire.sent()).containsExactly("0+1460", "1460+1460");
        }
    }
}
