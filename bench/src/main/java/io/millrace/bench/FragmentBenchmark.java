package io.millrace.bench;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.Icmpv4Header;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Fragments through a whole engine: an echo request that is put together and answered in fragments, and a flood of first
 * fragments of which each throws the oldest datagram out.
 */
public class FragmentBenchmark extends OffHeapBenchmark {
    private static final int OWN = 0x0A00_0001;
    private static final int PEER = 0x0A00_0002;
    private static final int STEP = 1_480;
    private static final int TURN_NS = 2_000;
    private static final EngineSettings SETTINGS = new EngineSettings(16, 16, 1 << 20, 64, 1 << 16, 16, 16,
            1_000_000);

    /** An engine and the fragments of a request. */
    @State(Scope.Thread)
    public static class Request {
        /** Bytes of the ICMP message. */
        @Param({"2960", "8008", "65515"})
        public int length;
        /** Whether the last fragment comes first. */
        @Param({"false", "true"})
        public boolean reversed;

        private Rig rig;
        private long turns;

        @Setup(Level.Trial)
        public void open() {
            rig = new Rig(length);
        }

        @TearDown(Level.Trial)
        public void close() {
            rig.close(Counter.ICMP_ECHOES_ANSWERED, turns);
        }
    }

    /** An engine and one fragment. */
    @State(Scope.Thread)
    public static class Flood {
        private Rig rig;
        private long turns;

        @Setup(Level.Trial)
        public void open() {
            rig = new Rig(2 * STEP);
        }

        @TearDown(Level.Trial)
        public void close() {
            rig.close(Counter.IP_FRAGMENTS_RECEIVED, turns);
        }
    }

    /** A request in fragments comes, its answer in fragments goes: what is copied, and two checksums. */
    @Benchmark
    public long echo(final Request request) {
        request.turns++;
        return request.rig.turn(request.reversed);
    }

    /** The first fragment of one datagram more, while memory is full. */
    @Benchmark
    public long flood(final Flood flood) {
        return flood.rig.first((int) flood.turns++);
    }

    private static final class Rig {
        private final FramePool pool = new FramePool("benchmark fragments", 64, 2_048);
        private final BenchPort port = new BenchPort(64, false);
        private final long[] fragments;
        private final StackEngine engine;
        private long nowNs;

        Rig(final int length) {
            engine = new StackEngine(0, SETTINGS, port, new BenchControl(OWN, TcpSettings.DEFAULT), () -> nowNs);
            fragments = new long[(length + STEP - 1) / STEP];
            for (int i = 0; i < fragments.length; i++) {
                fragments[i] = fragment(i * STEP, Math.min(STEP, length - i * STEP), i == fragments.length - 1);
            }
        }

        /** Zeros but for the first 4 bytes, so that the checksum is that of these. */
        private long fragment(final int offset, final int length, final boolean last) {
            final long frame = pool.acquire();
            final long header = Frame.data(frame);
            final long payload = header + Ipv4Header.MIN_LENGTH;
            Memory.zero(payload, length);
            if (offset == 0) {
                Icmpv4Header.write(payload, Icmpv4Header.ECHO_REQUEST, 0, 0);
                Memory.putShortBE(payload + Icmpv4Header.CHECKSUM_OFFSET, Checksum.of(payload, length));
            }
            Frame.length(frame, Ipv4Header.MIN_LENGTH + length);
            writeHeader(header, length, 1, (last ? 0 : Ipv4Header.MORE_FRAGMENTS) | offset / 8);
            return frame;
        }

        private static void writeHeader(final long header, final int length, final int identification,
                final int flagsAndOffset) {
            Ipv4Header.write(header, Ipv4Header.MIN_LENGTH + length, identification, flagsAndOffset, 64,
                    IpProtocol.ICMP, PEER, OWN);
        }

        long turn(final boolean reversed) {
            final int count = fragments.length;
            for (int i = 0; i < count; i++) {
                port.inject(fragments[reversed ? count - 1 - i : i]);
            }
            return run();
        }

        long first(final int identification) {
            writeHeader(Frame.data(fragments[0]), STEP, identification & 0xFFFF, Ipv4Header.MORE_FRAGMENTS);
            port.inject(fragments[0]);
            return run();
        }

        private long run() {
            nowNs += TURN_NS;
            engine.doWork();
            return port.transmitted();
        }

        void close(final Counter counter, final long expected) {
            final long counted = engine.counters().get(counter);
            final long exceptions = engine.counters().get(Counter.EXCEPTIONS);
            engine.requestClose();
            port.close();
            pool.close();
            if (counted != expected || exceptions != 0) {
                throw new IllegalStateException(counter + ": " + counted + " of " + expected + ", exceptions: "
                        + exceptions);
            }
        }
    }
}
