package io.millrace.fastpath.testing.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.fastpath.testing.script.Event.CallEvent;
import io.millrace.fastpath.testing.script.Event.PacketEvent;
import io.millrace.fastpath.testing.script.PacketSpec.Icmp;
import io.millrace.fastpath.testing.script.PacketSpec.Tcp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParserTest {
    private static Event only(final String event) {
        final List<Event> events = Script.parse("test.pkt", event).events();
        assertEquals(1, events.size());
        return events.getFirst();
    }

    private static String problem(final String script) {
        return assertThrows(ScriptSyntaxException.class, () -> Script.parse("test.pkt", script)).getMessage();
    }

    @Test
    void shouldReadOptionsCommandsAndEvents() {
        final Script script = Script.parse("test.pkt", """
                // a comment
                # another
                --tolerance_usecs=10000
                --local_ip=10.0.0.1 --name="two words"
                `./defaults.sh`
                `sysctl -q net.ipv4.tcp_sack=0
                 true`
                /* a comment
                   of two lines */
                0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3 // and one more
                +.5 `true` +0 %{ assert 1 }%
                """);
        assertEquals(List.of("tolerance_usecs=10000", "local_ip=10.0.0.1", "name=\"two words\""),
                script.options().stream().map(Script.Setting::text).toList());
        assertEquals(2, script.commands().size());
        assertEquals(List.of(10, 11, 11), script.events().stream().map(Event::line).toList());
    }

    @ParameterizedTest
    @CsvSource({"0.25, false, 250000000, 250000000", "+.1, true, 100000000, 100000000",
            "2, false, 2000000000, 2000000000",
            "0.1~0.2, false, 100000000, 200000000", "+.1~+.2, true, 100000000, 200000000",
            "+0.000001, true, 1000, 1000"})
    void shouldReadTimes(final String time, final boolean relative, final long fromNs, final long toNs) {
        final When when = only(time + " `true`").when();
        assertEquals(new When(relative, false, fromNs, toNs), when);
        assertTrue(only("* `true`").when().any());
    }

    @ParameterizedTest
    @ValueSource(strings = {"S 0:0(0) win 32792 <mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7>",
            "S. 0:0(0) ack 1 <...>", "FP. 1:101(100) ack 1 win 257", "R 1:1(0)", "- 1:1(0) win 5",
            "SEW 0:0(0) win 65535 <mss 1000>", "PU. 1:11(10) ack 1 win 257 urg 5", "[ce] . 1:1001(1000) ack 1",
            "[ect01] P. 1:1001(1000) ack 1", ". 1:1(0) ack 4294967295 win 257 <nop,nop,sack 1:1001 2001:3001>",
            "40001>8080 S 4294967295:4294967295(0) win 1 <mss 536,nop,nop,FO 00aabbccddeeff99>",
            ". 4294967295:99(100) ack 1 <eol,eol,eol,eol>"})
    void shouldWriteSegmentsAsTheyWereRead(final String text) {
        final PacketEvent event = assertInstanceOf(PacketEvent.class, only("+0 < " + text));
        assertEquals(text, new SegmentText((Tcp) event.packet()).toString());
    }

    @Test
    void shouldReadIcmp() {
        final PacketEvent event = (PacketEvent) only("+0 < [1:1001(1000)] icmp unreachable frag_needed mtu 1400");
        assertEquals(new Icmp(3, 4, 1, 1000, 1400), event.packet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"read(4, ..., 1000) = -1 ECONNRESET", "accept(3, ..., ...) = 4",
            "connect(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"10.0.0.2\")}, 16) = 0",
            "setsockopt(4, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0",
            "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
            "writev(4, [{..., 1000}, {..., 20}], 2) = 1020", "socket(..., SOCK_STREAM, 0) = ...",
            "poll([{fd=4, events=POLLIN, revents=POLLIN|POLLHUP}], 1, -1) = 1"})
    void shouldWriteCallsAsTheyWereRead(final String text) {
        assertEquals(text, ((CallEvent) only("+0 " + text + " (a note)")).text());
    }

    @Test
    void shouldReadWhenABlockingCallEnds() {
        final CallEvent event = (CallEvent) only("+.1...0.25 read(4, ..., 0x10) = 0");
        assertEquals(250_000_000L, event.endNs());
        assertEquals(When.at(true, 100_000_000L), event.when());
        assertEquals(-1, ((CallEvent) only("0 close(4) = 0")).endNs());
        assertNull(((CallEvent) only("0 close(4) = 0")).errno());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', delimiter = '|', textBlock = """
            +0 < S 0:1(0) win 1                 | test.pkt:1:10: a segment of 0 bytes at 0 ends at 0
            +0 < . 1:1(0) win 5                 | test.pkt:1:15: "ack" and the flag "." go together
            +0 < S 0:0(0) ack 1                 | "ack" and the flag "." go together
            +0 < SX 0:0(0)                      | test.pkt:1:6: expected flags (of S F R P U E W
            +0 < S 0:0(0) <mss 70000>           | expected an MSS from 0 to 65535, found "70000"
            +0 < S 0:0(0) <foo>                 | test.pkt:1:16: expected nop, eol, mss, wscale, sackOK, sack, TS or FO, found "foo"
            +0 < S 0:0(0) <FO 123>              | expected a cookie of whole bytes
            +0 < [ect7] S 0:0(0)                | expected noecn, ect0, ect1, ect01 or ce
            +0 < udp (100)                      | only TCP and ICMPv4 are spoken here
            +0 < [1:2(1)] icmp nonsense         | expected a type of ICMP message, one of
            +0 read(4, ..., 1) 0                | expected "=", found "0"
            +0 read(4, ..., 1 = 0               | expected ")", found "="
            +0 read(4, ?) = 0                   | expected a number, a constant, a string
            +0                                  | expected "<", ">", a system call, a command in backquotes
            read(4, ..., 1) = 0                 | test.pkt:1:1: expected the time of an event
            -1 close(4) = 0                     | expected a time that is not negative
            0.2~0.1 close(4) = 0                | ends before it begins
            0 `true                             | the quote is never closed
            0 %{ assert }%                      | expected a number, a name or "("
            0 %{ x = 1 }%                       | expected assert, print or pass
            0 %{ assert 1 2 }%                  | expected an operator, found "2"
            """)
    void shouldSayWhereWhatIsExpected(final String script, final String problem) {
        final String message = problem(script);
        assertTrue(message.contains(problem.strip()), message);
    }

    @Test
    void shouldOverlookACommandThatCleansUpInTheEnd() {
        assertEquals(1, Script.parse("test.pkt", "0 close(3) = 0\n`./restore.sh`\n").events().size());
        assertTrue(
                problem("`true`\n0 close(3) = 0\n`true`\n+0 close(3) = 0").contains("expected the time of an event"));
    }

    @Test
    void shouldNameTheLine() {
        assertTrue(problem("0 close(3) = 0\n\n+0 nonsense\n").startsWith("test.pkt:4:1: expected \"(\""));
    }
}
