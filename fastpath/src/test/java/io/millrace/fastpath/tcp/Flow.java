package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.IcmpErrors;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import java.util.ArrayList;
import java.util.List;

/**
 * An established connection whose peer a test plays, over a path with a round trip: the stack sends, the peer tells what
 * arrived, in whole segments. The window of the peer is no limit unless a test makes it one. Thread: the test's.
 */
final class Flow implements AutoCloseable {
    static final int RTT_MS = 40;
    static final long RTT_NS = RTT_MS * 1_000_000L;
    private static final int PEER_ISS = 5_000;
    private static final int SCALE = 7;

    final StackDriver stack;
    final TcpCalls tcp;
    final Peer peer;
    final Peer.Events events = new Peer.Events();
    final long handle;
    /** Text of a full segment. */
    final int mss;
    private final TcpInfo info = new TcpInfo();
    private final int first;
    private final boolean timestamps;
    private int echo;
    private boolean echoesCongestion;
    private int peerClock = 1;

    private Flow(final StackDriver stack, final TcpSettings settings, final int iss) {
        this.stack = stack;
        tcp = stack.tcp();
        stack.nextIss(iss);
        first = iss + 1;
        timestamps = settings.timestamps();
        mss = timestamps ? Wire.MSS - 12 : Wire.MSS;
        final StackDriver.Listener listener = stack.listen(80, 16, settings);
        peer = new Peer(stack, 40_000, 80, PEER_ISS).window(65_535);
        peer.with(packet -> {
            final Packet syn = packet.withSackPermitted().withFlags(settings.ecn() == TcpSettings.Ecn.OFF ? "" : "EC");
            return timestamps ? syn.withTimestamps(peerClock, 0) : syn;
        });
        peer.send("S", new byte[0], Wire.MSS, SCALE);
        final Packet synAck = stack.sent();
        echo = synAck.extras().tsVal();
        stack.advanceMs(RTT_MS);
        peer.seq(PEER_ISS + 1).expect(first);
        sayWith();
        peer.send("A", new byte[0], -1, -1);
        handle = listener.accept(stack, events);
        stack.allSent();
    }

    /** NewReno, no Nagle, no tuning, no timestamps. */
    static TcpSettings.Builder settings() {
        return TcpSettings.DEFAULT.toBuilder().noDelay(true).autotune(false).congestionControl("newreno")
                .timestamps(false).sendBuffer(1 << 20).ecn(TcpSettings.Ecn.OFF);
    }

    static Flow open() {
        return open(settings());
    }

    static Flow open(final TcpSettings.Builder settings) {
        return new Flow(new StackDriver(), settings.build(), 1_000);
    }

    /** From this ISS on, so that sequence numbers wrap. */
    static Flow open(final TcpSettings.Builder settings, final int iss) {
        return new Flow(new StackDriver(), settings.build(), iss);
    }

    /** On an engine whose clock begins at this time, which may be negative. */
    static Flow at(final long startNs) {
        return new Flow(new StackDriver(startNs), settings().build(), 1_000);
    }

    /** On a port that cuts virtual segments of this size. */
    static Flow open(final TcpSettings.Builder settings, final QueuePort port) {
        return new Flow(new StackDriver(EngineSettings.DEFAULT, port), settings.build(), 1_000);
    }

    private void sayWith(final Integer... edges) {
        peer.with(packet -> {
            final Packet marked = echoesCongestion ? packet.withFlags("E") : packet;
            final Packet stamped = timestamps ? marked.withTimestamps(++peerClock, echo) : marked;
            return edges.length == 0 ? stamped : stamped.withSack(edges);
        });
    }

    /** The application queues so many segments of text. */
    Flow send(final int segments) {
        return sendBytes(segments * mss);
    }

    Flow sendBytes(final int bytes) {
        assertThat(stack.send(handle, Wire.bytes(0, bytes))).isEqualTo(bytes);
        return this;
    }

    Flow pass(final long ms) {
        stack.advanceMs(ms);
        return this;
    }

    /** The half of a round trip that the test waits for: all of it. */
    Flow passRoundTrip() {
        return pass(RTT_MS);
    }

    /** All segments below {@code upTo} arrived, and those of the blocks {@code [from, to)}. */
    Flow ack(final int upTo, final int... blocks) {
        final int[] edges = new int[blocks.length];
        for (int i = 0; i < blocks.length; i++) {
            edges[i] = blocks[i] * mss;
        }
        return ackBytes(upTo * mss, edges);
    }

    /** The same in bytes. */
    Flow ackBytes(final int upTo, final int... blocks) {
        final Integer[] edges = new Integer[blocks.length];
        for (int i = 0; i < blocks.length; i++) {
            edges[i] = first + blocks[i];
        }
        sayWith(edges);
        peer.ack(first + upTo);
        return this;
    }

    /** What the acknowledgements that follow echo: the timestamp of a segment. */
    Flow echo(final Packet packet) {
        echo = packet.extras().tsVal();
        return this;
    }

    /** A router says that a segment was too large for a link of this MTU. */
    void tooLarge(final Packet packet, final int mtu) {
        stack.inject(IcmpErrors.tooLarge(packet, mtu));
    }

    /** Whether the acknowledgements that follow carry ECE. */
    Flow echoCongestion(final boolean echoes) {
        echoesCongestion = echoes;
        return this;
    }

    /** The segments sent since the last question, by number; all of them full. */
    List<Integer> sent() {
        final List<Integer> numbers = new ArrayList<>();
        for (final Packet packet : stack.allSent()) {
            assertThat(packet.length()).as("%s", packet).isEqualTo(mss);
            assertThat(offset(packet) % mss).as("%s", packet).isZero();
            numbers.add(offset(packet) / mss);
        }
        return numbers;
    }

    /** The same as {@code offset+length}. */
    List<String> sentBytes() {
        return stack.allSent().stream().map(packet -> offset(packet) + "+" + packet.length()).toList();
    }

    int offset(final Packet packet) {
        return packet.seq() - first;
    }

    /** Sequence number of a byte. */
    int sequence(final int offset) {
        return first + offset;
    }

    /** Lets time pass until something is sent; ms that it took, rounded. */
    long untilSent() {
        return Math.round(stack.untilSent() / 1e6);
    }

    /** Lets time pass until so many segments in all were sent again. */
    void untilRetransmits(final int segments) {
        while (counter(Counter.TCP_RETRANSMITS) < segments) {
            stack.toNextTimer();
        }
    }

    TcpInfo info() {
        assertThat(tcp.info(handle, info)).isTrue();
        return info;
    }

    /** The window, in segments, rounded down. */
    int window() {
        return info().congestionWindow() / mss;
    }

    long counter(final Counter counter) {
        return stack.counter(counter);
    }

    @Override
    public void close() {
        stack.close();
    }
}
