package io.millrace.fastpath.testing.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A script that is right passes; the same script with one wrong expectation fails, and says where and why. */
class ScriptRunnerTest {
    private static final String SCRIPT = """
            --ack_policy=delayed `sysctl -q net.ipv4.tcp_sack=0; sysctl -q net.ipv4.tcp_timestamps=0`
             0    socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
            +0    bind(3, ..., ...) = 0
            +0    listen(3, 1) = 0
            +0    setsockopt(3, SOL_SOCKET, SO_RCVBUF, [60000], 4) = 0
            +.1   < S 100:100(0) win 30000 <mss 1000>
            +0    > S. 0:0(0) ack 101 win 60000 <mss 1460>
            +.1   < . 101:101(0) ack 1 win 30000
            +0    accept(3, ..., ...) = 4
            +.1   write(4, ..., 1500) = 1500
            +0    > . 1:1001(1000) ack 101 win 60000
            +0    %{ assert tcpi_state == TCP_ESTABLISHED and tcpi_snd_mss > 999 }%
            +.1   < . 101:101(0) ack 1001 win 30000
            +0    > P. 1001:1501(500) ack 101
            +0...0.2 read(4, ..., 1000) = 1000
            +.2   < P. 101:1101(1000) ack 1501 win 30000 urg 0
            +.04  > . 1501:1501(0) ack 1101
            +0    getsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [0], [4]) = 0
            +0    ioctl(4, SIOCINQ, [0]) = 0
            +0    recv(4, ..., 1000, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)
            +0    poll([{fd=4, events=POLLIN|POLLOUT, revents=POLLOUT}], 1, 0) = 1
            """;

    private static String run(final String script) {
        PacketScripts.run("test.pkt", script, true);
        return "passed";
    }

    private static String failure(final String script) {
        return assertThrows(ScriptFailure.class, () -> run(script)).getMessage();
    }

    @Test
    void shouldPassWhereEverythingIsAsExpected() {
        assertEquals("passed", run(SCRIPT));
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            > . 1:1001(1000),                > . 2:1002(1000),            11, sequence number 1 instead of 2
            > . 1:1001(1000) ack 101,        > . 1:1001(1000) ack 102,    11, acknowledgement number 101 instead of 102
            > . 1:1001(1000),                > P. 1:1001(1000),           11, flags . instead of P.
            > S. 0:0(0) ack 101,             > S 0:0(0),                  7,  flags S. instead of S
            > . 1:1001(1000) ack 101 win 60000, > . 1:1001(1000) ack 101 win 60001, 11, window 60000 instead of 60001
            > . 1:1001(1000),                > . 1:1002(1001),            11, payload length 1000 instead of 1001
            <mss 1460>,                      <mss 1459>,                  7,  options <mss 1460> instead of <mss 1459>
            <mss 1460>,                      "<mss 1460,nop>",            7,  "options <mss 1460> instead of <mss 1460,nop>"
            > P. 1001:1501(500) ack 101,     > P. 1001:1501(500) ack 101 <nop>, 14, options none instead of <nop>
            > P. 1001:1501(500) ack 101,     > P. 1001:1501(500) ack 101 urg 5, 14, urgent pointer 0 instead of 5
            > P. 1001:1501(500) ack 101,     > [ce] P. 1001:1501(500) ack 101, 14, ECN field
            > P. 1001:1501(500) ack 101,     > 8080>1 P. 1001:1501(500) ack 101, 14, ports 8080 > 40000
            +.04  > . 1501,                  +.05  > . 1501,              17, time 0.640
            +.04  > . 1501,                  +.03  > . 1501,              17, none came
            +.04  > . 1501,                  +.01~+.03 > . 1501,          17, none came
            +0    > P. 1001:1501(500) ack 101, +.1  > P. 1001:1501(500) ack 101, 14, time 0.400
            = 1500,                          = 1400,                      10, it returned 1500
            +0    accept,                    +0...0.1 accept,             9,  expected to be done at 0.300
            +0...0.2 read(4,                 +0 read(4,                   15, the call blocks
            +0...0.2 read(4,                 +0...0.25 read(4,            15, "expected to be done at 0.650000, was done at 0.600000"
            +0...0.2 read(4,                 +0...0.15 read(4,            15, "expected to be done at 0.550000, still blocks"
            "read(4, ..., 1000) = 1000",     "read(4, ..., 1000) = 999",  15, it returned 1000
            -1 EAGAIN,                       -1 EPIPE,                    20, it returned -1 EAGAIN
            -1 EAGAIN (Resource temporarily unavailable), 0,              20, it returned -1 EAGAIN
            "SO_KEEPALIVE, [0]",             "SO_KEEPALIVE, [1]",         18, SO_KEEPALIVE is 0
            "SIOCINQ, [0]",                  "SIOCINQ, [1]",              19, SIOCINQ is 0
            revents=POLLOUT,                 revents=POLLIN,              21, revents is 0x4
            "}], 1, 0) = 1",                 "}], 1, 0) = 0",             21, it returned 1
            tcpi_snd_mss > 999,              tcpi_snd_mss > 1000,         12, tcpi_snd_mss=1000
            tcpi_state == TCP_ESTABLISHED,   tcpi_state != TCP_ESTABLISHED, 12, does not hold
            tcpi_snd_mss > 999,              tcpi_no_such > 999,          12, tcpi_no_such is not known
            """)
    void shouldFailWhereOneExpectationIsWrong(final String right, final String wrong, final int line,
            final String reason) {
        final String script = SCRIPT.replace(right, wrong);
        // a row that changes nothing would test nothing
        assertNotEquals(SCRIPT, script);
        final String message = failure(script);
        assertTrue(message.startsWith("test.pkt:" + line + ": "), message);
        assertTrue(message.contains(reason), message);
    }

    @Test
    void shouldFailWhereAPacketIsMissing() {
        final String message = failure(SCRIPT + "+.1 > . 1501:1501(0) ack 1101\n");
        assertTrue(message.startsWith("test.pkt:22: expected a packet, none came"), message);
    }

    @Test
    void shouldFailWhereAPacketComesThatNobodyExpects() {
        final String early = failure(SCRIPT.replace("+.04  > . 1501:1501(0) ack 1101\n", "+.1 listen(3, 1) = 0\n"));
        assertTrue(early.startsWith("test.pkt:17: unexpected packet at 0.640"), early);
        assertTrue(early.contains("> . 1501:1501(0) ack 1101 win 60000  // nobody asked for this"), early);
        final String late = SCRIPT + "+.1 < F. 1101:1101(0) ack 1501 win 30000\n";
        assertTrue(failure(late).contains("unexpected packet after the last event"));
        PacketScripts.run("test.pkt", late, false);
    }

    @Test
    void shouldOverlookWhatIsSentAfterTheLastPacketExpectedUnlessItIsStrict() {
        final String script = SCRIPT.replace("+.04  > . 1501:1501(0) ack 1101\n", "+.1 listen(3, 1) = 0\n");
        PacketScripts.run("test.pkt", script, false);
        assertTrue(failure(script).startsWith("test.pkt:17: unexpected packet at 0.640"));
    }

    @Test
    void shouldKeepConnectionsApartByTheirPorts() {
        PacketScripts.run("test.pkt", """
                 0    socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
                +0    bind(3, ..., ...) = 0
                +0    listen(3, 2) = 0
                +0    < 1001>8080 S 0:0(0) win 30000 <mss 1000>
                +0    > 8080>1001 S. 0:0(0) ack 1 <...>
                +0    < 1002>8080 S 70:70(0) win 30000 <mss 1000>
                +0    > 8080>1002 S. 0:0(0) ack 71 <...>
                +.1   < 1002>8080 . 71:71(0) ack 1 win 30000
                +0    < 1001>8080 . 1:1(0) ack 1 win 30000
                +0    accept(3, ..., ...) = 5
                +0    accept(3, ..., ...) = 4
                +0    write(4, ..., 100) = 100
                +0    > 8080>1001 P. 1:101(100) ack 1
                +0    write(5, ..., 100) = 100
                +0    > 8080>1002 P. 1:101(100) ack 71
                """, true);
    }

    @Test
    void shouldShowWhatHappenedInTheNotationOfScripts() {
        final String message = failure(SCRIPT.replace("> . 1:1001(1000)", "> P. 1:1001(1000)"));
        assertTrue(message.contains("  expected: 0.300000 > P. 1:1001(1000) ack 101 win 60000\n"
                + "  actual:   0.300000 > . 1:1001(1000) ack 101 win 60000\n"), message);
        assertTrue(message.contains("  0.100000 < S 100:100(0) win 30000 <mss 1000>\n"
                + "  0.100000 > S. 0:0(0) ack 101 win 60000 <mss 1460>\n"
                + "  0.200000 < . 101:101(0) ack 1 win 30000\n" + "  0.200000 accept(3, ..., ...) = 4\n"), message);
    }

    @Test
    void shouldTakeWhateverComesWhereTheScriptSaysSo() {
        assertEquals("passed", run(SCRIPT.replace("<mss 1460>", "<...>").replace("+.04  > . 1501", "* > . 1501")));
        assertEquals("passed", run(SCRIPT.replace("+.04  > . 1501", "+.01~+.05  > . 1501")));
        assertEquals("passed", run(SCRIPT.replace("= 1500", "= ...")));
    }

    @Test
    void shouldJudgeTimeWithTheToleranceOfTheScript() {
        final String late = SCRIPT.replace("+.04  > . 1501", "+.047  > . 1501");
        assertTrue(failure(late).contains("time 0.640"));
        assertEquals("passed", run("--tolerance_usecs=8000\n" + late));
        assertTrue(failure("--tolerance_usecs=2000\n" + SCRIPT.replace("+.04  > . 1501", "+.043  > . 1501"))
                .contains("time 0.640"));
    }

    @Test
    void shouldTakeSegmentsInARowForTheOneThatAKernelWouldHandToItsPort() {
        final String two = SCRIPT.replace("+.1   write(4, ..., 1500) = 1500", "+.1   write(4, ..., 2500) = 2500");
        assertEquals("passed", run(two.replace("> . 1:1001(1000)", "> P. 1:2001(2000)").replace("ack 1001", "ack 2001")
                .replace("> P. 1001:1501(500)", "> P. 2001:2501(500)").replace("1501", "2501")));
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        assertTrue(failure(" 0 fork() = 1\n").contains("fork is not known; known are [accept, accept4, bind"));
        assertTrue(failure(" 0 socket(..., SOCK_DGRAM, IPPROTO_UDP) = 3\n").contains("expected a number or a known"));
        assertTrue(failure(" 0 socket(..., SOCK_STREAM) = 3\n").contains("socket takes 3 arguments, not 2"));
        assertTrue(failure(" 0 `sysctl -q net.ipv4.tcp_sack=0`\n+0 `true`\n+0 `rm -rf /`\n")
                .contains("settings cannot change while a script runs"));
    }
}
