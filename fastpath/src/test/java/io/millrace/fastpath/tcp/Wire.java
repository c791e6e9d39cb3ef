package io.millrace.fastpath.tcp;

import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** An established connection that a test's peer opened to a stack in virtual time. Thread: the test's. */
final class Wire implements AutoCloseable {
    static final int MSS = 1_460;
    static final int PEER_ISS = 5_000;
    static final int ISS = 1_000;
    /** A slab of the smallest size. */
    static final EngineSettings SMALL = new EngineSettings(64, 64, 1 << 20, 64, 1 << 16, 16, 4, 1_000);

    final StackDriver stack;
    final TcpCalls tcp;
    final Peer peer;
    final Peer.Events events = new Peer.Events();
    final long handle;

    private Wire(final StackDriver stack, final TcpSettings settings, final int scale, final int window,
            final int peerIss) {
        this(stack, settings, scale, window, peerIss, UnaryOperator.identity());
    }

    private Wire(final StackDriver stack, final TcpSettings settings, final int scale, final int window,
            final int peerIss, final UnaryOperator<Packet> with) {
        this.stack = stack;
        this.tcp = stack.tcp();
        final StackDriver.Listener listener = stack.listen(80, 16, settings);
        peer = new Peer(stack, 40_000, 80, peerIss).window(window).with(with);
        peer.open(MSS, scale);
        handle = listener.accept(stack, events);
    }

    /** With {@link #settings}. */
    static Wire open() {
        return open(settings().build());
    }

    static Wire open(final TcpSettings settings) {
        return open(settings, -1, 65_535);
    }

    /** A peer that scales by 7 and changes each packet that it sends like this. */
    static Wire open(final TcpSettings settings, final UnaryOperator<Packet> with) {
        return new Wire(new StackDriver(), settings, 7, 65_535, PEER_ISS, with);
    }

    /** @param scale of the peer; -1 for none. */
    static Wire open(final TcpSettings settings, final int scale, final int window) {
        return new Wire(new StackDriver(), settings, scale, window, PEER_ISS);
    }

    static Wire open(final StackDriver stack, final TcpSettings settings, final int peerIss) {
        return new Wire(stack, settings, -1, 65_535, peerIss);
    }

    static Wire open(final StackDriver stack, final TcpSettings settings, final int peerIss, final int scale) {
        return new Wire(stack, settings, scale, 65_535, peerIss);
    }

    /** Nagle's algorithm is off, acknowledgements are delayed from the first on, buffers are not tuned. */
    static TcpSettings.Builder settings() {
        return TcpSettings.DEFAULT.toBuilder().noDelay(true).ackPolicy(TcpSettings.AckPolicy.DELAYED).autotune(false);
    }

    /** Bytes that tell their place. */
    static byte[] bytes(final int from, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ((from + i) * 31 + (from + i >> 8));
        }
        return bytes;
    }

    int send(final int length) {
        return stack.send(handle, bytes(0, length));
    }

    /** Everything that is there to receive. */
    byte[] receive() {
        final byte[] bytes = stack.receive(handle, 1 << 20);
        return bytes == null ? new byte[0] : bytes;
    }

    /** A segment of the peer that begins so many bytes behind its first byte. */
    void dataAt(final int offset, final int length) {
        peer.sendAt("A", first() + offset, peer.ack(), bytes(offset, length));
    }

    /** Sequence number of the peer's first byte. */
    int first() {
        return PEER_ISS + 1;
    }

    /** Acknowledges so many bytes of the stack in all. */
    void ackBytes(final int bytes) {
        peer.ack(ISS + 1 + bytes);
    }

    /** What was sent, as offsets of text: {@code offset+length}, a RST, FIN or pure ACK by its letter. */
    List<String> sent() {
        final List<String> all = new ArrayList<>();
        for (final Packet packet : stack.allSent()) {
            final int offset = packet.seq() - ISS - 1;
            final String mark = packet.has("R") ? "R" : packet.has("F") ? "F" : "";
            all.add(packet.length() == 0 && mark.isEmpty() ? "A" : offset + "+" + packet.length() + mark);
        }
        return all;
    }

    /** Lets time pass until the stack sends something; returns how long it took, in ns. */
    long untilSent() {
        return stack.untilSent();
    }

    /** Acknowledgement numbers sent, as offsets. */
    List<Integer> acks() {
        return stack.allSent().stream().map(packet -> packet.ack() - first()).toList();
    }

    @Override
    public void close() {
        stack.close();
    }
}
