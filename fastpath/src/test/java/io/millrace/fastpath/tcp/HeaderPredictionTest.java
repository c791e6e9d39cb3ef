package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.TcpHeader;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is taken for the next text, and what each step of RFC 9293 §3.10.7.4 has to look at. */
class HeaderPredictionTest {
    private static final int NEXT = -20;
    private static final int UNACKNOWLEDGED = Integer.MAX_VALUE - 2;
    /** The lowest bits of {@link Tcb#flight}: one segment, which was all there was to send. */
    private static final int LONE = 7;
    private static final byte[] TIMESTAMPS = {1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2};

    private final MemoryRegion memory = MemoryRegion.allocate("a connection", Tcb.LENGTH);
    private final MemoryRegion bytes = MemoryRegion.allocate("a segment", TcpHeader.MAX_LENGTH);
    private final Tcb tcb = new Tcb();
    private final TcpHeader header = new TcpHeader();
    private final Arrival segment = new Arrival();

    @BeforeEach
    void establish() {
        tcb.wrap(0, memory.address());
        tcb.state(TcpState.ESTABLISHED.ordinal());
        tcb.rcvNxt(NEXT);
        tcb.rcvWndRight(NEXT + 100);
        tcb.sndUna(UNACKNOWLEDGED);
        tcb.sndNxt(UNACKNOWLEDGED + 10);
        tcb.sendShift(2);
        tcb.sndWnd(400);
        tcb.sndWl1(NEXT);
        segment.flags = TcpHeader.ACK | TcpHeader.PSH;
        segment.sequence = NEXT;
        segment.acknowledgement = UNACKNOWLEDGED;
        segment.window = 100;
        segment.textLength = 100;
        segment.ecn = Ipv4Header.ECT_0;
    }

    @AfterEach
    void free() {
        memory.close();
        bytes.close();
    }

    private boolean isNextText() {
        final int options = segment.options.length;
        TcpHeader.write(bytes.address(), 1, 2, segment.sequence, segment.acknowledgement,
                TcpHeader.MIN_LENGTH + options,
                segment.flags, segment.window);
        Memory.copyFromArray(segment.options, 0, bytes.address() + TcpHeader.MIN_LENGTH, options);
        assertThat(header.wrap(bytes.address(), TcpHeader.MIN_LENGTH + options + segment.textLength)).isTrue();
        return HeaderPrediction.isNextText(tcb, header, segment.ecn);
    }

    @Test
    void shouldKnowTheNextText() {
        assertThat(isNextText()).isTrue();
        tcb.set(Tcb.SACK | Tcb.ECN | Tcb.FIN_QUEUED | Tcb.ACK_NOW | Tcb.RECOVERY);
        tcb.sndWl1(NEXT - 1);
        segment.flags = TcpHeader.ACK;
        segment.textLength = 1;
        assertThat(isNextText()).isTrue();
        tcb.set(Tcb.TIMESTAMPS);
        segment.options = TIMESTAMPS;
        assertThat(isNextText()).isTrue();
        tcb.clear(Tcb.TIMESTAMPS);
        assertThat(isNextText()).isTrue();
    }

    /** One segment is in flight, all there was to send, and is acknowledged; nothing is written in the flight's block. */
    private void answer() {
        tcb.sndMax(tcb.sndNxt());
        tcb.flight(0x1000 | LONE);
        segment.acknowledgement = tcb.sndNxt();
    }

    @Test
    void shouldKnowTheAnswer() {
        answer();
        assertThat(isNextText()).isTrue();
        segment.window = 7;
        tcb.sndWl1(NEXT + 1);
        assertThat(isNextText()).isTrue();
        tcb.sndWnd(0);
        assertThat(isNextText()).isTrue();
    }

    @Test
    void shouldNotTakeAnAnswerToMoreThanOneSegment() {
        answer();
        tcb.flight(0x1000);
        assertThat(isNextText()).isFalse();
        tcb.flight(0x1000 | LONE);
        segment.acknowledgement--;
        assertThat(isNextText()).isFalse();
        tcb.sndMax(tcb.sndNxt() + 1);
        segment.acknowledgement = tcb.sndNxt();
        assertThat(isNextText()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveToTheSteps(final Other other) {
        other.change.accept(tcb, segment);
        assertThat(isNextText()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"OTHER_WINDOW", "OLDER_THAN_THE_WINDOW"})
    void shouldLeaveAnAnswerToTheSteps(final Other other) {
        answer();
        other.change.accept(tcb, segment);
        assertThat(isNextText()).isFalse();
    }

    /** A segment. */
    private static final class Arrival {
        private int sequence;
        private int acknowledgement;
        private int flags;
        private int window;
        private byte[] options = {};
        private int textLength;
        private int ecn;
    }

    private enum Other {
        SYN((tcb, segment) -> segment.flags |= TcpHeader.SYN),
        FIN((tcb, segment) -> segment.flags |= TcpHeader.FIN),
        RST((tcb, segment) -> segment.flags |= TcpHeader.RST),
        URG((tcb, segment) -> segment.flags |= TcpHeader.URG),
        ECE((tcb, segment) -> segment.flags |= TcpHeader.ECE),
        CWR((tcb, segment) -> segment.flags |= TcpHeader.CWR),
        NO_ACK((tcb, segment) -> segment.flags = TcpHeader.PSH),
        NO_TEXT((tcb, segment) -> segment.textLength = 0),
        OLD_TEXT((tcb, segment) -> segment.sequence--),
        TEXT_AHEAD((tcb, segment) -> segment.sequence++),
        BEYOND_THE_WINDOW((tcb, segment) -> segment.textLength = 101),
        INTO_A_CLOSED_WINDOW((tcb, segment) -> tcb.rcvWndRight(NEXT)),
        NEW_ACKNOWLEDGEMENT((tcb, segment) -> segment.acknowledgement++),
        OLD_ACKNOWLEDGEMENT((tcb, segment) -> segment.acknowledgement--),
        SELECTIVE_ACKNOWLEDGEMENT((tcb, segment) -> {
            tcb.set(Tcb.SACK);
            segment.options = new byte[]{1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2};
        }),
        TIMESTAMPS_AND_MORE((tcb, segment) -> {
            tcb.set(Tcb.SACK);
            segment.options = Arrays.copyOf(TIMESTAMPS, TIMESTAMPS.length + 4);
        }),
        TIMESTAMPS_OTHERWISE((tcb, segment) -> {
            tcb.set(Tcb.TIMESTAMPS);
            segment.options = new byte[]{8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1};
        }),
        NO_TIMESTAMPS((tcb, segment) -> tcb.set(Tcb.TIMESTAMPS)),
        OTHER_WINDOW((tcb, segment) -> segment.window++),
        CLOSED_WINDOW((tcb, segment) -> {
            tcb.sndWnd(0);
            segment.window = 0;
        }),
        OLDER_THAN_THE_WINDOW((tcb, segment) -> tcb.sndWl1(NEXT + 1)),
        CONGESTION((tcb, segment) -> segment.ecn = Ipv4Header.CE),
        BEFORE_A_GAP((tcb, segment) -> tcb.outOfOrder(tcb.index() + 64L)),
        AFTER_A_FIN((tcb, segment) -> tcb.set(Tcb.FIN_RECEIVED)),
        BEFORE_A_FIN((tcb, segment) -> tcb.set(Tcb.FIN_AHEAD)),
        FOR_NOBODY((tcb, segment) -> tcb.set(Tcb.ORPHAN)),
        INPUT_SHUT((tcb, segment) -> tcb.set(Tcb.INPUT_SHUT)),
        URGENT((tcb, segment) -> tcb.set(Tcb.URGENT_MODE)),
        HALF_OPEN((tcb, segment) -> tcb.state(TcpState.SYN_RECEIVED.ordinal())),
        HALF_CLOSED((tcb, segment) -> tcb.state(TcpState.FIN_WAIT_1.ordinal()));

        private final BiConsumer<Tcb, Arrival> change;

        Other(final BiConsumer<Tcb, Arrival> change) {
            this.change = change;
        }
    }
}
