package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Scenario;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * SEGMENT ARRIVES (RFC 9293 §3.10.7, with RFC 5961 and RFC 1337), state by state. A row: the state; flags of the segment,
 * its sequence number relative to RCV.NXT, its acknowledgement relative to SND.NXT, its text; what is answered (flags,
 * sequence number relative to SND.NXT or {@code =} with the segment's ACK, acknowledgement relative to RCV.NXT); the
 * state afterwards, CLOSED once the application's handle is stale.
 */
class SegmentArrivesTest {
    /** Also where sequence numbers wrap, and where their sign changes, within the segment or the window. */
    private static final int[] ISS = {1_000, -1, -2, -40_000, Integer.MAX_VALUE, Integer.MIN_VALUE + 1};

    @ParameterizedTest(name = "{0} {1} seq {2} ack {3} [{4}]")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # RFC 9293 §3.10.7.1
            CLOSED       | S  |  0     | 0       | -  | RA =0 1       | CLOSED
            CLOSED       | F  |  0     | 0       | -  | RA =0 1       | CLOSED
            CLOSED       | .  |  0     | 0       | -  | RA =0 0       | CLOSED
            CLOSED       | SF |  0     | 0       | ab | RA =0 4       | CLOSED
            CLOSED       | P  |  0     | 0       | ab | RA =0 2       | CLOSED
            CLOSED       | A  |  0     | 77      | -  | R  =77        | CLOSED
            CLOSED       | SA |  0     | 77      | ab | R  =77        | CLOSED
            CLOSED       | FA |  0     | 77      | -  | R  =77        | CLOSED
            CLOSED       | R  |  0     | 0       | -  | -             | CLOSED
            CLOSED       | RA |  0     | 77      | -  | -             | CLOSED
            # §3.10.7.2
            LISTEN       | R  |  0     | 0       | -  | -             | LISTEN
            LISTEN       | RA |  0     | 77      | -  | -             | LISTEN
            LISTEN       | A  |  0     | 77      | -  | R  =77        | LISTEN
            LISTEN       | SA |  0     | 77      | -  | R  =77        | LISTEN
            LISTEN       | FA |  0     | 77      | ab | R  =77        | LISTEN
            LISTEN       | .  |  0     | 0       | ab | -             | LISTEN
            LISTEN       | F  |  0     | 0       | -  | -             | LISTEN
            LISTEN       | SF |  0     | 0       | -  | -             | LISTEN
            LISTEN       | S  |  0     | 0       | -  | SA 0 1        | SYN_RECEIVED
            LISTEN       | S  |  0     | 0       | ab | SA 0 1        | SYN_RECEIVED
            # §3.10.7.3
            SYN_SENT     | A  |  0     | -1      | -  | R  =-1        | SYN_SENT
            SYN_SENT     | A  |  0     | 1       | -  | R  =1         | SYN_SENT
            SYN_SENT     | SA |  0     | -1      | -  | R  =-1        | SYN_SENT
            SYN_SENT     | SA |  0     | 1       | -  | R  =1         | SYN_SENT
            SYN_SENT     | A  |  0     | 0       | -  | -             | SYN_SENT
            SYN_SENT     | FA |  0     | 0       | -  | -             | SYN_SENT
            SYN_SENT     | R  |  0     | 0       | -  | -             | SYN_SENT
            SYN_SENT     | RA |  0     | -1      | -  | -             | SYN_SENT
            SYN_SENT     | RA |  0     | 1       | -  | -             | SYN_SENT
            SYN_SENT     | RA |  0     | 0       | -  | -             | CLOSED
            SYN_SENT     | F  |  0     | 0       | -  | -             | SYN_SENT
            SYN_SENT     | SA |  0     | 0       | -  | A  0 1        | ESTABLISHED
            SYN_SENT     | SA |  0     | 0       | ab | A  0 3        | ESTABLISHED
            SYN_SENT     | SFA|  0     | 0       | ab | A  0 4        | CLOSE_WAIT
            SYN_SENT     | S  |  0     | 0       | -  | SA -1 1       | SYN_RECEIVED
            # §3.10.7.4, SYN_RECEIVED
            SYN_RECEIVED | R  |  0     | 0       | -  | -             | LISTEN
            SYN_RECEIVED | R  |  1     | 0       | -  | A 0 0         | SYN_RECEIVED
            SYN_RECEIVED | R  | -1     | 0       | -  | -             | SYN_RECEIVED
            SYN_RECEIVED | R  | 65535  | 0       | -  | -             | SYN_RECEIVED
            SYN_RECEIVED | S  | -1     | 0       | -  | SA -1 0       | SYN_RECEIVED
            SYN_RECEIVED | S  | -1     | 0       | ab | SA -1 0       | SYN_RECEIVED
            SYN_RECEIVED | S  |  0     | 0       | -  | -             | LISTEN
            SYN_RECEIVED | S  | 65535  | 0       | -  | A 0 0         | SYN_RECEIVED
            SYN_RECEIVED | A  |  0     | -1      | -  | R =-1         | SYN_RECEIVED
            SYN_RECEIVED | A  |  0     | 1       | -  | R =1          | SYN_RECEIVED
            SYN_RECEIVED | A  | 65535  | 0       | -  | A 0 0         | SYN_RECEIVED
            SYN_RECEIVED | .  |  0     | 0       | ab | -             | SYN_RECEIVED
            # ESTABLISHED
            ESTABLISHED  | A  |  0     | 0       | -  | -             | ESTABLISHED
            ESTABLISHED  | A  |  0     | 1       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | A  |  0     | -65535  | -  | -             | ESTABLISHED
            ESTABLISHED  | A  |  0     | -65536  | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | A  | -1     | 0       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | A  | 65534  | 0       | -  | -             | ESTABLISHED
            ESTABLISHED  | A  | 65535  | 0       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | A  | -2     | 0       | ab | A 0 0         | ESTABLISHED
            ESTABLISHED  | A  | 65535  | 0       | ab | A 0 0         | ESTABLISHED
            ESTABLISHED  | .  |  0     | 0       | ab | -             | ESTABLISHED
            ESTABLISHED  | F  |  0     | 0       | -  | -             | ESTABLISHED
            ESTABLISHED  | R  |  0     | 0       | -  | -             | CLOSED
            ESTABLISHED  | RA |  0     | 99      | -  | -             | CLOSED
            ESTABLISHED  | R  |  1     | 0       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | R  | 65534  | 0       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | R  | 65535  | 0       | -  | -             | ESTABLISHED
            ESTABLISHED  | R  | -1     | 0       | -  | -             | ESTABLISHED
            ESTABLISHED  | S  |  0     | 0       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | S  | -1     | 0       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | SA | -1     | 0       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | S  | 100000 | 0       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | FA |  0     | 0       | -  | A 0 1         | CLOSE_WAIT
            ESTABLISHED  | FA |  0     | 0       | ab | A 0 3         | CLOSE_WAIT
            ESTABLISHED  | FA |  1     | 0       | -  | A 0 0         | ESTABLISHED
            ESTABLISHED  | FA |  0     | 1       | -  | A 0 0         | ESTABLISHED
            # FIN_WAIT_1
            FIN_WAIT_1   | A  |  0     | 0       | -  | -             | FIN_WAIT_2
            FIN_WAIT_1   | A  |  0     | -1      | -  | -             | FIN_WAIT_1
            FIN_WAIT_1   | A  |  0     | 1       | -  | A 0 0         | FIN_WAIT_1
            FIN_WAIT_1   | FA |  0     | -1      | -  | A 0 1         | CLOSING
            FIN_WAIT_1   | FA |  0     | 0       | -  | A 0 1         | TIME_WAIT
            FIN_WAIT_1   | FA |  0     | 0       | ab | A 0 3         | TIME_WAIT
            FIN_WAIT_1   | R  |  0     | 0       | -  | -             | CLOSED
            FIN_WAIT_1   | R  |  1     | 0       | -  | A 0 0         | FIN_WAIT_1
            FIN_WAIT_1   | S  |  0     | 0       | -  | A 0 0         | FIN_WAIT_1
            # FIN_WAIT_2
            FIN_WAIT_2   | FA |  0     | 0       | -  | A 0 1         | TIME_WAIT
            FIN_WAIT_2   | FA |  1     | 0       | -  | A 0 0         | FIN_WAIT_2
            FIN_WAIT_2   | A  |  0     | 0       | -  | -             | FIN_WAIT_2
            FIN_WAIT_2   | R  |  0     | 0       | -  | -             | CLOSED
            FIN_WAIT_2   | R  |  1     | 0       | -  | A 0 0         | FIN_WAIT_2
            FIN_WAIT_2   | S  |  0     | 0       | -  | A 0 0         | FIN_WAIT_2
            # CLOSE_WAIT
            CLOSE_WAIT   | A  |  0     | 0       | -  | -             | CLOSE_WAIT
            CLOSE_WAIT   | FA | -1     | 0       | -  | A 0 0         | CLOSE_WAIT
            CLOSE_WAIT   | A  |  0     | 0       | ab | A 0 0         | CLOSE_WAIT
            CLOSE_WAIT   | R  |  0     | 0       | -  | -             | CLOSED
            CLOSE_WAIT   | R  |  1     | 0       | -  | A 0 0         | CLOSE_WAIT
            CLOSE_WAIT   | S  |  0     | 0       | -  | A 0 0         | CLOSE_WAIT
            # CLOSING
            CLOSING      | A  |  0     | 0       | -  | -             | TIME_WAIT
            CLOSING      | A  |  0     | -1      | -  | -             | CLOSING
            CLOSING      | FA | -1     | -1      | -  | A 0 0         | CLOSING
            CLOSING      | A  |  0     | 1       | -  | A 0 0         | CLOSING
            CLOSING      | R  |  0     | 0       | -  | -             | CLOSED
            CLOSING      | R  |  1     | 0       | -  | A 0 0         | CLOSING
            CLOSING      | S  |  0     | 0       | -  | A 0 0         | CLOSING
            # LAST_ACK
            LAST_ACK     | A  |  0     | 0       | -  | -             | CLOSED
            LAST_ACK     | A  |  0     | -1      | -  | -             | LAST_ACK
            LAST_ACK     | FA | -1     | -1      | -  | A 0 0         | LAST_ACK
            LAST_ACK     | R  |  0     | 0       | -  | -             | CLOSED
            LAST_ACK     | R  |  1     | 0       | -  | A 0 0         | LAST_ACK
            LAST_ACK     | S  |  0     | 0       | -  | A 0 0         | LAST_ACK
            # TIME_WAIT
            TIME_WAIT    | FA | -1     | 0       | -  | A 0 0         | TIME_WAIT
            TIME_WAIT    | F  | -1     | 0       | -  | A 0 0         | TIME_WAIT
            TIME_WAIT    | A  |  0     | 0       | -  | -             | TIME_WAIT
            TIME_WAIT    | A  | -1     | 0       | -  | A 0 0         | TIME_WAIT
            TIME_WAIT    | A  |  0     | 0       | ab | A 0 0         | TIME_WAIT
            TIME_WAIT    | S  | -1     | 0       | -  | A 0 0         | TIME_WAIT
            TIME_WAIT    | S  |  0     | 0       | -  | SA 65537 1    | SYN_RECEIVED
            TIME_WAIT    | S  | 99999  | 0       | -  | SA 65537 100000 | SYN_RECEIVED
            TIME_WAIT    | R  |  0     | 0       | -  | -             | TIME_WAIT
            TIME_WAIT    | RA | -1     | 0       | -  | -             | TIME_WAIT
            """)
    void shouldAnswerAndMoveAsTheRfcSays(final TcpState state, final String flags, final int seq, final int ack,
            final String text, final String answer, final TcpState next) {
        for (final int iss : ISS) {
            for (final int peerIss : ISS) {
                check(Scenario.in(state, TcpSettings.DEFAULT, iss, peerIss), flags, seq, ack, text, answer, next);
            }
        }
    }

    private static void check(final Scenario scenario, final String flags, final int seq, final int ack,
            final String text, final String answer, final TcpState next) {
        try (Scenario at = scenario) {
            final int rcvNxt = at.rcvNxt();
            final int sndNxt = at.sndNxt();
            final byte[] bytes = text == null ? new byte[0] : text.getBytes();
            at.peer().sendAt(flags, rcvNxt + seq, sndNxt + ack, bytes);
            assertThat(at.state()).isEqualTo(next);
            final List<Packet> sent = at.stack().allSent();
            if (answer == null) {
                assertThat(sent).isEmpty();
                return;
            }
            final String[] wanted = answer.trim().split(" +");
            assertThat(sent).hasSize(1);
            final Packet packet = sent.getFirst();
            assertThat(packet.is(wanted[0])).as("%s", packet).isTrue();
            final boolean absolute = wanted[1].startsWith("=");
            final int relative = Integer.parseInt(wanted[1].substring(absolute ? 1 : 0));
            assertThat(packet.seq()).as("%s", packet).isEqualTo(seqOf(absolute, flags, relative, sndNxt));
            assertThat(packet.ack()).as("%s", packet)
                    .isEqualTo(wanted.length > 2 ? rcvNxt + Integer.parseInt(wanted[2]) : 0);
        }
    }

    /** {@code =n} is the segment's own acknowledgement number; without one it is 0. */
    private static int seqOf(final boolean absolute, final String flags, final int relative, final int sndNxt) {
        return absolute && !flags.contains("A") ? 0 : sndNxt + relative;
    }
}
