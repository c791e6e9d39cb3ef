package io.millrace.fastpath.testing.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.testing.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The driver as other people's suites use it; what sockets answer is in the packet scripts. */
class SocketDriverTest {
    private static final long MS = 1_000_000;
    private static final String STACK = "192.168.0.1";
    private static final String PEER = "192.0.2.1";

    private final SocketDriver stack = new SocketDriver(Setup.DEFAULT.iss(1_000));

    @AfterEach
    void close() {
        stack.close();
    }

    private static byte[] segment(final String flags, final int seq, final int ack, final String text) {
        return new Packet(Packet.address(PEER), 40_000, Packet.address(STACK), 80, seq, ack, Packet.flags(flags),
                60_000, 0, flags.equals("S") ? 1_000 : -1, -1, text.getBytes()).toBytes();
    }

    private Packet sent() {
        return Packet.of(stack.poll().bytes());
    }

    private int accepted() {
        final int listener = stack.socket().value();
        stack.bind(listener, 80);
        stack.listen(listener, 1);
        stack.inject(segment("S", 100, 0, ""));
        assertEquals(1_000, sent().seq());
        stack.inject(segment("A", 101, 1_001, ""));
        return stack.accept(listener).value();
    }

    @Test
    void shouldAnswerACallThatBlocksWhenItsTimeHasCome() {
        final int connection = accepted();
        final Call read = stack.read(connection, 1_000);
        assertFalse(read.isDone());
        assertThrows(IllegalStateException.class, read::result);
        assertEquals("read = ?", read.toString());
        stack.advance(7 * MS);
        stack.inject(segment("PA", 101, 1_001, "hello"));
        assertEquals(5, read.result());
        assertArrayEquals("hello".getBytes(), read.data());
        assertEquals(read.startedNs() + 7 * MS, read.doneNs());
    }

    @Test
    void shouldAnswerCallsThatBlockInTheOrderInWhichTheyWereMade() {
        final int connection = accepted();
        final Call first = stack.read(connection, 3);
        final Call second = stack.read(connection, 1_000);
        stack.inject(segment("PA", 101, 1_001, "hello"));
        assertArrayEquals("hel".getBytes(), first.data());
        assertArrayEquals("lo".getBytes(), second.data());
    }

    @Test
    void shouldLetNothingHappenUnlessTheCallerSaysSo() {
        final int connection = accepted();
        stack.write(connection, "hello".getBytes());
        assertEquals("hello", new String(sent().payload()));
        assertNull(stack.poll());
        final long timerNs = stack.nextTimerNs();
        stack.advanceTo(timerNs - 1);
        assertNull(stack.poll());
        stack.advanceTo(timerNs);
        final SentPacket again = stack.poll();
        assertEquals("hello", new String(Packet.of(again.bytes()).payload()));
        assertEquals(timerNs, again.timeNs());
        assertThrows(IllegalArgumentException.class, () -> stack.advanceTo(timerNs - 1));
    }

    @Test
    void shouldStampWhatIsSentOnTheWayWithItsOwnTime() {
        final int connection = accepted();
        stack.write(connection, "hello".getBytes());
        stack.advance(10_000 * MS);
        final List<Long> times = new ArrayList<>();
        for (SentPacket packet = stack.poll(); packet != null; packet = stack.poll()) {
            times.add(packet.timeNs());
        }
        assertEquals(6, times.size());
        for (int i = 3; i < times.size(); i++) {
            final double ratio = (times.get(i) - times.get(i - 1)) / (double) (times.get(i - 1) - times.get(i - 2));
            assertEquals(2, ratio, 0.01);
        }
    }

    @Test
    void shouldGiveTheSameAnswersToTheSameCalls() {
        assertEquals(story(), story());
    }

    private static String story() {
        try (SocketDriver driver = new SocketDriver()) {
            final int fd = driver.socket().value();
            final Call connect = driver.connect(fd, PEER, 80);
            driver.advance(3_000 * MS);
            driver.advance(200_000 * MS);
            final List<SentPacket> sent = new ArrayList<>();
            for (SentPacket packet = driver.poll(); packet != null; packet = driver.poll()) {
                sent.add(packet);
            }
            return connect + " at " + connect.doneNs() + ": "
                    + sent.stream().map(packet -> packet.timeNs() + " " + Packet.of(packet.bytes()))
                            .collect(Collectors.joining(", "));
        }
    }

    @Test
    void shouldNameErrors() {
        final Call bad = stack.read(99, 1);
        assertEquals(-1, bad.result());
        assertEquals(Errno.EBADF, bad.errno());
        assertEquals("read = -1 EBADF (Bad file descriptor)", bad.toString());
        assertThrows(AssertionError.class, bad::value);
        assertEquals(111, Errno.ECONNREFUSED.number());
    }

    @Test
    void shouldGiveTheLowestFreeDescriptor() {
        assertEquals(3, stack.socket().value());
        assertEquals(4, stack.socket().value());
        stack.close(3);
        assertEquals(3, stack.socket().value());
    }

    @Test
    void shouldTellTheStateOfAConnectionByDescriptorAndByAddress() {
        final int connection = accepted();
        assertEquals(TcpState.ESTABLISHED, stack.state(connection));
        assertEquals(TcpState.ESTABLISHED, stack.state(STACK, 80, PEER, 40_000));
        assertEquals(TcpState.LISTEN, stack.state(3));
        assertEquals(TcpState.CLOSED, stack.state(STACK, 80, PEER, 40_001));
        assertEquals(1L, stack.tcpInfo(connection).get("tcpi_state"));
        stack.close(connection);
        assertEquals(TcpState.CLOSED, stack.state(connection));
        assertEquals(TcpState.FIN_WAIT_1, stack.state(STACK, 80, PEER, 40_000));
    }

    @Test
    void shouldBeSetUpAsTheCallerWants() {
        final Setup setup = Setup.DEFAULT.addresses("10.1.1.1", "10.1.1.2").mtu(1_000).iss(7).ephemeralPort(50_000)
                .startNs(5);
        try (SocketDriver driver = new SocketDriver(setup)) {
            assertEquals(5, driver.nowNs());
            final int fd = driver.socket().value();
            driver.setBlocking(fd, false);
            assertEquals(Errno.EINPROGRESS, driver.connect(fd, PEER, 80).errno());
            final Packet syn = Packet.of(driver.poll().bytes());
            assertEquals(Packet.address("10.1.1.1"), syn.source());
            assertEquals(50_000, syn.sourcePort());
            assertEquals(7, syn.seq());
            assertEquals(960, syn.mss());
            assertEquals(0, driver.bind(driver.socket().value(), "10.1.1.2", 80).result());
        }
    }

    @Test
    void shouldGiveAnOpenConnectionOtherSettings() {
        final int connection = accepted();
        assertEquals("cubic", stack.congestionControl(connection));
        assertEquals(0, stack.setCongestionControl(connection, "newreno").result());
        assertEquals("newreno", stack.congestionControl(connection));
        assertEquals(Errno.ENOENT, stack.setCongestionControl(connection, "nonesuch").errno());
        stack.setsockopt(connection, "SO_KEEPALIVE", 1);
        assertEquals(0, stack.setsockopt(connection, "TCP_KEEPIDLE", 5).result());
        stack.advance(5_100 * MS);
        assertEquals(1_000, sent().seq());
    }

    @Test
    void shouldTakeAnythingAtAllFromTheWire() {
        stack.inject(new byte[0]);
        stack.inject(new byte[]{0x45});
        stack.inject(new byte[1_500]);
        assertNull(stack.poll());
        assertTrue(stack.nextTimerNs() > stack.nowNs());
    }
}
