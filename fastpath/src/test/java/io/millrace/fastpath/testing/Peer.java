package io.millrace.fastpath.testing;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpSettings;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * The other end of a connection, played by a test: keeps the two sequence numbers and speaks segment by segment.
 * {@code seq} is the next it sends, {@code ack} the next it expects. Thread: the test's.
 */
public final class Peer {
    /** The peer's address. */
    public static final String ADDRESS = "10.0.0.2";

    private final StackDriver stack;
    private final int peerPort;
    private final int stackPort;
    private int seq;
    private int ack;
    private int window = 65_535;
    private UnaryOperator<Packet> with = UnaryOperator.identity();

    public Peer(final StackDriver stack, final int peerPort, final int stackPort, final int iss) {
        this.stack = stack;
        this.peerPort = peerPort;
        this.stackPort = stackPort;
        this.seq = iss;
    }

    /** Records the events and the handle of a connection. */
    public static final class Events implements ConnectionHandler {
        private int all;

        @Override
        public void onReady(final long connection, final int events) {
            all |= events;
        }

        /** True where the event was told since the last question about it. */
        public boolean took(final int event) {
            final boolean told = (all & event) != 0;
            all &= ~event;
            return told;
        }
    }

    /** Opens a connection to a listener of the stack and takes the SYN-ACK; the ACK completes the handshake. */
    public Packet open(final int mss) {
        return open(mss, -1);
    }

    /** The same with a window scale; -1 for none. */
    public Packet open(final int mss, final int scale) {
        send("S", new byte[0], mss, scale);
        seq++;
        final Packet synAck = stack.sent();
        ack = synAck.seq() + 1;
        send("A", new byte[0], -1, -1);
        return synAck;
    }

    /** Answers the stack's SYN, which is taken; the stack's ACK is taken too. */
    public Packet answer(final int mss) {
        final Packet syn = stack.sent();
        ack = syn.seq() + 1;
        send("SA", new byte[0], mss, -1);
        seq++;
        stack.sent();
        return syn;
    }

    /** A connection that the stack accepted from this peer. */
    public static Peer accepted(final StackDriver stack, final StackDriver.Listener listener, final int listenPort,
            final long[] handle, final ConnectionHandler events) {
        final Peer peer = new Peer(stack, 40_000, listenPort, 5_000);
        peer.open(1_460);
        handle[0] = listener.accept(stack, events);
        return peer;
    }

    /** A connection that the stack opened to this peer. */
    public static Peer connected(final StackDriver stack, final TcpSettings settings, final long[] handle,
            final ConnectionHandler events) {
        stack.nextEphemeral(49_152);
        handle[0] = stack.connect(ADDRESS, 80, settings, events);
        final Peer peer = new Peer(stack, 80, 49_152, 5_000);
        peer.answer(1_460);
        return peer;
    }

    /** Sends a segment with these flags at the current numbers; text advances {@code seq}, so does a FIN. */
    public Peer send(final String flags, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        send(flags, bytes, -1, -1);
        seq += bytes.length + (flags.contains("F") ? 1 : 0);
        return this;
    }

    /** Sends bytes with ACK and PSH. */
    public Peer data(final byte[] bytes) {
        send("PA", bytes, -1, -1);
        seq += bytes.length;
        return this;
    }

    /** Sends an acknowledgement of everything up to {@code newAck}. */
    public Peer ack(final int newAck) {
        ack = newAck;
        send("A", new byte[0], -1, -1);
        return this;
    }

    /** Sends any segment; no number advances. */
    public void send(final String flags, final byte[] bytes, final int mss, final int scale) {
        stack.inject(packet(flags, seq, ack, bytes, mss, scale));
    }

    /** Sends a segment with sequence and acknowledgement numbers of its own. */
    public void sendAt(final String flags, final int atSeq, final int atAck, final byte[] bytes) {
        stack.inject(packet(flags, atSeq, atAck, bytes, -1, -1));
    }

    private Packet packet(final String flags, final int atSeq, final int atAck, final byte[] bytes, final int mss,
            final int scale) {
        return with.apply(
                new Packet(Packet.address(ADDRESS), peerPort, Packet.address(StackDriver.ADDRESS), stackPort, atSeq,
                        flags.contains("A") ? atAck : 0, Packet.flags(flags), window, 0, mss, scale, bytes));
    }

    /** How each packet is changed before it is sent: options, marks. */
    public Peer with(final UnaryOperator<Packet> change) {
        with = change;
        return this;
    }

    /** The window field of the segments that follow. */
    public Peer window(final int field) {
        window = field;
        return this;
    }

    public int seq() {
        return seq;
    }

    public Peer seq(final int next) {
        seq = next;
        return this;
    }

    public int ack() {
        return ack;
    }

    public Peer expect(final int next) {
        ack = next;
        return this;
    }
}
