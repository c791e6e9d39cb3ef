package io.millrace.bench;

import io.millrace.fastpath.counters.EngineArea;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * One engine with connections that are established, and their peers, who are nothing but the next sequence number of
 * each: a segment is a frame made once whose addresses, numbers and checksums are written anew.
 */
final class EstablishedPeers implements ConnectionHandler, AutoCloseable {
    /** Frames of one burst. */
    static final int BURST = 32;

    private static final int STACK = 0x0A00_0001;
    private static final int FIRST_PEER = 0x0A01_0000;
    private static final int PORTS_SHIFT = 15;
    private static final int FIRST_PORT = 1_024;
    private static final int PEER_ISS = 7_000;
    private static final long WORD = 0xFFFF_FFFFL;
    private static final int WINDOW = 65_535;
    private static final int SCRATCH = 64 * 1_024;
    private static final int SLAB = 256 << 20;
    /** Virtual time of a turn. */
    private static final long TURN_NS = 1_000;

    private final Family family;
    private final BenchPort port;
    private final BenchControl control;
    private final StackEngine engine;
    private final FramePool frames = new FramePool("benchmark segments", BURST + 1, 2_048);
    private final long[] segments = new long[BURST];
    private final MemoryRegion scratch = MemoryRegion.allocate("benchmark application", SCRATCH);
    private final MemoryRegion observed = MemoryRegion.allocate("benchmark counters", EngineArea.LENGTH);
    private final int[] sequences;
    private final int payload;
    private final long unchanging;
    private long nowNs = 1_000_000_000L;
    private int random = 1;
    private long sent;
    private long delivered;
    private long busyTurns;

    /** Over IPv4. */
    EstablishedPeers(final int connections, final int payload, final boolean trusted, final long ackDelayNs) {
        this(Family.IPV4, connections, payload, trusted, ackDelayNs);
    }

    /**
     * @param connections how many; hit at random.
     * @param payload     bytes of each segment.
     * @param trusted     the port has verified the checksum.
     * @param ackDelayNs  delay of acknowledgements; 0: each segment is acknowledged in its turn.
     */
    EstablishedPeers(final Family family, final int connections, final int payload, final boolean trusted,
            final long ackDelayNs) {
        this.family = family;
        this.payload = payload;
        port = new BenchPort(BURST, trusted);
        control = new BenchControl(family, STACK, TcpSettings.DEFAULT.toBuilder().delayedAckNs(ackDelayNs).build());
        control.observe(observed);
        final EngineSettings settings = new EngineSettings(Math.max(connections, 16), 16, SLAB, 64, 1 << 16, 16, 4,
                1_000);
        engine = new StackEngine(0, settings, port, control, () -> nowNs);
        sequences = new int[connections];
        for (int i = 0; i < connections; i++) {
            open(i);
        }
        for (int i = 0; i < BURST; i++) {
            segments[i] = frames.acquire();
            write(segments[i], 0, TcpHeader.ACK | TcpHeader.PSH, PEER_ISS + 1, BenchControl.ISS + 1, payload);
            Frame.flags(segments[i], trusted ? Frame.CHECKSUM_VALID : 0);
        }
        unchanging = unchanging();
    }

    /** Null where every byte was delivered and every segment acknowledged in its turn; else what was not. */
    @Nullable
    String whatIsWrong() {
        final long acknowledged = port.transmitted() - sequences.length;
        if (delivered == sent && acknowledged >= busyTurns) {
            return null;
        }
        return delivered + " of " + sent + " bytes delivered, " + acknowledged + " ACKs in " + busyTurns + " turns";
    }

    /** Bytes of rings that connections hold. */
    long slabInUse() {
        return engine.slabInUse();
    }

    /** Sends the next segment of a random connection, in one of the frames of a burst. */
    void send(final int slot) {
        random = random * 0x915F_77F5 + 0x6A09_E667;
        final int connection = (int) ((random & 0xFFFF_FFFFL) * sequences.length >>> 32);
        final long frame = segments[slot];
        final int sequence = sequences[connection];
        update(frame, addressOf(connection), portOf(connection), sequence);
        sequences[connection] = sequence + payload;
        port.inject(frame);
        sent += payload;
        busyTurns += slot == 0 ? 1 : 0;
    }

    /** Address of the engine's {@link EngineArea}. */
    long observed() {
        return observed.address();
    }

    /** One turn of the engine. */
    int turn() {
        nowNs += TURN_NS;
        return engine.doWork();
    }

    @Override
    public void onReady(final long connection, final int events) {
        delivered += engine.tcp().receive(connection, scratch.address(), SCRATCH);
    }

    private void open(final int connection) {
        final long frame = frames.acquire();
        write(frame, connection, TcpHeader.SYN, PEER_ISS, 0, 0);
        exchange(frame);
        write(frame, connection, TcpHeader.ACK, PEER_ISS + 1, BenchControl.ISS + 1, 0);
        exchange(frame);
        frames.release(frame);
        sequences[connection] = PEER_ISS + 1;
        if (!engine.tcp().attach(control.listener().poll(), this)) {
            throw new IllegalStateException("connection " + connection + " of " + sequences.length);
        }
    }

    private void exchange(final long frame) {
        port.inject(frame);
        turn();
    }

    private static int addressOf(final int connection) {
        return FIRST_PEER + (connection >>> PORTS_SHIFT);
    }

    private static int portOf(final int connection) {
        return FIRST_PORT + (connection & (1 << PORTS_SHIFT) - 1);
    }

    private void write(final long frame, final int connection, final int flags, final int sequence,
            final int acknowledgement, final int text) {
        final int peer = addressOf(connection);
        final long ip = frame + Frame.IP_OFFSET;
        final long tcp = ip + family.headerLength();
        final int length = TcpHeader.MIN_LENGTH + text;
        family.write(ip, length, IpProtocol.TCP, peer, STACK);
        TcpHeader.write(tcp, portOf(connection), BenchControl.PORT, sequence, acknowledgement, TcpHeader.MIN_LENGTH,
                flags, WINDOW);
        Memory.zero(tcp + TcpHeader.MIN_LENGTH, text);
        final long pseudo = family.pseudoHeader(peer, STACK, IpProtocol.TCP, length);
        Memory.putShortBE(tcp + TcpHeader.CHECKSUM_OFFSET, Checksum.finish(Checksum.sum(tcp, length, pseudo)));
        Frame.dataOffset(frame, Frame.IP_OFFSET);
        Frame.length(frame, family.headerLength() + length);
    }

    /** Stores as wide as a port's would be: what reads the header must not wait for pieces of it. */
    private void update(final long frame, final int peer, final int peerPort, final int sequence) {
        final long ip = frame + Frame.IP_OFFSET;
        final long tcp = ip + family.headerLength();
        if (family.source(ip) != peer) {
            family.source(ip, peer);
        }
        final int checksum = ~Checksum.foldWords(unchanging + changing(peer, peerPort, sequence)) & 0xFFFF;
        Memory.putLongBE(tcp, (long) peerPort << 48 | (long) BenchControl.PORT << 32 | sequence & WORD);
        Memory.putIntBE(tcp + TcpHeader.CHECKSUM_OFFSET, checksum << 16);
    }

    /** Sum of those words of a segment and its pseudo-header that differ from one segment to the next. */
    private static long changing(final int peer, final int peerPort, final int sequence) {
        return (peer & WORD) + ((long) peerPort << 16) + (sequence & WORD);
    }

    /** Sum of the others, by the checksum of a whole one. */
    private long unchanging() {
        final long tcp = segments[0] + Frame.IP_OFFSET + family.headerLength();
        final int sum = ~Memory.getShortBE(tcp + TcpHeader.CHECKSUM_OFFSET) & 0xFFFF;
        // a word of ones, as often as there are words: nothing in ones'-complement arithmetic
        return sum + 3 * WORD - changing(addressOf(0), portOf(0), PEER_ISS + 1);
    }

    @Override
    public void close() {
        engine.requestClose();
        port.close();
        frames.close();
        scratch.close();
        observed.close();
    }
}
