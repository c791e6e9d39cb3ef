package io.millrace.bench;

import io.millrace.control.security.Rfc6528SequenceNumbers;
import io.millrace.control.security.Secret;
import io.millrace.control.security.SipHashSynCookies;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;
import org.jspecify.annotations.Nullable;

/**
 * An engine whose listener answers every SYN with a cookie as a stack makes them, and peers of which each sends one SYN
 * with the options of Linux. The port has verified their checksums. Thread: one.
 */
final class CookiePeers implements ConnectionHandler, AutoCloseable {
    private static final int STACK = 0x0A00_0001;
    private static final int FIRST_PEER = 0x0A01_0000;
    private static final int PEERS = 1 << 20;
    private static final int PEER_PORT = 40_000;
    private static final int PEER_ISS = 7_000;
    private static final int WINDOW = 65_535;
    private static final int MSS = 1_440;
    private static final int SCALE = 7;
    /** MSS, SACK permitted and timestamps, window scale. */
    private static final int SYN_OPTIONS = 20;
    private static final int FRAME_CAPACITY = 2_048;
    private static final long TURN_NS = 1_000;

    private final Family family;
    private final BenchPort port;
    private final BenchControl control;
    private final StackEngine engine;
    private final FramePool frames = new FramePool("benchmark handshakes", 2, FRAME_CAPACITY);
    private final long syn = frames.acquire();
    private final long ack = frames.acquire();
    private final TcpOptions options = new TcpOptions();
    private long nowNs = 1_000_000_000L;
    private int peer = FIRST_PEER;
    private long syns;
    private long connections;

    CookiePeers(final Family family) {
        this.family = family;
        port = new BenchPort(1, true);
        control = new BenchControl(family, STACK, TcpSettings.DEFAULT);
        final Secret secret = Secret.ofSeed(42);
        final Rfc6528SequenceNumbers numbers = new Rfc6528SequenceNumbers(secret);
        control.answerWithCookies(numbers, new SipHashSynCookies(numbers, secret));
        final EngineSettings settings = new EngineSettings(16, 16, 1 << 20, 64, 1 << 16, 16, 4, 1_000);
        engine = new StackEngine(0, settings, port, control, () -> nowNs);
        long place = write(syn, SYN_OPTIONS, PEER_ISS, TcpHeader.SYN);
        place += TcpOptions.writeMss(place, MSS);
        place += TcpOptions.writeSackPermittedTimestamps(place, 1, 0);
        TcpOptions.writeWindowScale(place, SCALE);
        write(ack, TcpOptions.TIMESTAMPS_LENGTH, PEER_ISS + 1, TcpHeader.ACK);
    }

    /** Writes a segment of the first peer; returns where its options lie. */
    private long write(final long frame, final int optionsLength, final int sequence, final int flags) {
        final long ip = frame + Frame.IP_OFFSET;
        final long tcp = ip + family.headerLength();
        final int length = TcpHeader.MIN_LENGTH + optionsLength;
        family.write(ip, length, IpProtocol.TCP, FIRST_PEER, STACK);
        TcpHeader.write(tcp, PEER_PORT, BenchControl.PORT, sequence, 0, length, flags, WINDOW);
        Frame.dataOffset(frame, Frame.IP_OFFSET);
        Frame.length(frame, family.headerLength() + length);
        Frame.flags(frame, Frame.CHECKSUM_VALID);
        return tcp + TcpHeader.OPTIONS_OFFSET;
    }

    /** Null where every SYN was answered with a cookie, and every cookie that came back made a connection that ended. */
    @Nullable
    String whatIsWrong() {
        final long sent = engine.counters().get(Counter.SYNCOOKIES_SENT);
        final long opened = engine.counters().get(Counter.TCP_PASSIVE_OPENS);
        final boolean right = sent == syns && opened == connections && port.transmitted() == syns + connections;
        return right
                ? null
                : sent + " cookies for " + syns + " SYNs, " + opened + " connections of " + connections + ", "
                        + port.transmitted() + " frames sent";
    }

    /** The next peer's SYN, and the cookie. */
    int syn() {
        peer = peer + 1 == FIRST_PEER + PEERS ? FIRST_PEER : peer + 1;
        syns++;
        return turn(syn);
    }

    /** The next peer connects; the application takes the connection and aborts it. */
    int connection() {
        final int work = syn();
        final long answer = Frame.data(port.last()) + family.headerLength();
        final long tcp = ack + Frame.IP_OFFSET + family.headerLength();
        Memory.putIntBE(tcp + TcpHeader.ACKNOWLEDGEMENT_OFFSET,
                Memory.getIntBE(answer + TcpHeader.SEQUENCE_OFFSET) + 1);
        final int length = Memory.getUnsignedByte(answer + TcpHeader.DATA_OFFSET_OFFSET) >>> 4 << 2;
        options.decode(answer + TcpHeader.OPTIONS_OFFSET, length - TcpHeader.MIN_LENGTH);
        TcpOptions.writeTimestamps(tcp + TcpHeader.OPTIONS_OFFSET, 1, options.timestampValue());
        connections++;
        turn(ack);
        final long connection = control.listener().poll();
        if (!engine.tcp().attach(connection, this)) {
            throw new IllegalStateException("the cookie made no connection");
        }
        engine.tcp().abort(connection);
        return work + turn();
    }

    private int turn(final long frame) {
        family.source(frame + Frame.IP_OFFSET, peer);
        port.inject(frame);
        return turn();
    }

    private int turn() {
        nowNs += TURN_NS;
        return engine.doWork();
    }

    /** It is aborted before anything can come. */
    @Override
    public void onReady(final long connection, final int events) {
        throw new IllegalStateException("events " + events);
    }

    @Override
    public void close() {
        engine.requestClose();
        port.close();
        frames.close();
    }
}
