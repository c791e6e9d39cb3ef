package io.millrace.bench;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.DatagramHandler;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.UdpHeader;
import java.net.BindException;
import org.jspecify.annotations.Nullable;

/** An engine with one UDP endpoint, whose application sends each datagram back. Thread: one. */
final class DatagramEcho implements DatagramHandler, AutoCloseable {
    /** Datagrams that arrive in a turn at the most. */
    static final int BURST = 32;

    private static final int STACK = 0x0A00_0001;
    private static final int PEER = 0x0A00_0002;
    private static final int PORT = 5_000;
    private static final int PEER_PORT = 6_000;
    private static final int SCRATCH = 2_048;
    private static final long TURN_NS = 1_000;

    private final BenchPort port;
    private final StackEngine engine;
    private final DatagramEndpoint endpoint;
    private final FramePool frames = new FramePool("benchmark datagrams", BURST, SCRATCH);
    private final long[] datagrams = new long[BURST];
    private final MemoryRegion scratch = MemoryRegion.allocate("benchmark application", SCRATCH);
    private long nowNs = 1_000_000_000L;
    private long sent;

    /**
     * @param family  of both addresses.
     * @param payload bytes of each datagram.
     * @param trusted the port has verified the checksum, and completes ours.
     */
    DatagramEcho(final Family family, final int payload, final boolean trusted) {
        port = new BenchPort(BURST, trusted);
        final EngineSettings settings = new EngineSettings(16, 16, 1 << 20, 64, 1 << 16, 16, 4, 1_000);
        engine = new StackEngine(0, settings, port, new BenchControl(family, STACK, TcpSettings.DEFAULT), () -> nowNs);
        endpoint = engine.udp().open(this);
        try {
            endpoint.bind(family.hi(), family.lo(STACK), PORT, false);
        } catch (final BindException e) {
            throw new IllegalStateException(e);
        }
        for (int i = 0; i < BURST; i++) {
            datagrams[i] = frames.acquire();
            write(family, datagrams[i], payload);
            Frame.flags(datagrams[i], trusted ? Frame.CHECKSUM_VALID : 0);
        }
    }

    /** Null where every datagram came back; else how many did not. */
    @Nullable
    String whatIsWrong() {
        final long back = port.transmitted();
        return back == sent && engine.counters().get(Counter.UDP_RECEIVED) == sent
                ? null
                : back + " of " + sent + " datagrams came back";
    }

    /** So many datagrams arrive, and one turn of the engine. */
    int turn(final int number) {
        for (int i = 0; i < number; i++) {
            port.inject(datagrams[i]);
        }
        sent += number;
        nowNs += TURN_NS;
        return engine.doWork();
    }

    @Override
    public void onReady(final int events) {
        final long bytes = scratch.address();
        for (int length = endpoint.receive(bytes, SCRATCH); length >= 0; length = endpoint.receive(bytes, SCRATCH)) {
            endpoint.send(endpoint.senderHi(), endpoint.senderLo(), endpoint.senderPort(), bytes, length);
        }
    }

    private static void write(final Family family, final long frame, final int payload) {
        final long ip = frame + Frame.IP_OFFSET;
        final long udp = ip + family.headerLength();
        final int length = UdpHeader.LENGTH + payload;
        family.write(ip, length, IpProtocol.UDP, PEER, STACK);
        UdpHeader.write(udp, PEER_PORT, PORT, length);
        Memory.zero(udp + UdpHeader.LENGTH, payload);
        new UdpHeader().wrapUnchecked(udp).updateChecksum(family.pseudoHeader(PEER, STACK, IpProtocol.UDP, length));
        Frame.dataOffset(frame, Frame.IP_OFFSET);
        Frame.length(frame, family.headerLength() + length);
    }

    @Override
    public void close() {
        engine.requestClose();
        port.close();
        frames.close();
        scratch.close();
    }
}
