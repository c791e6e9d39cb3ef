package io.millrace.bench;

import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A whole engine, from the port's receive to its transmit, without link layer and control plane: a segment of an
 * established connection, a connection's whole life, a stream, a datagram, and a turn with nothing to do.
 */
public class EngineBenchmark extends OffHeapBenchmark {
    private static final int MEBIBYTE = 1 << 20;

    /** Connections that are established; segments for them arrive, each acknowledged in its turn. */
    @State(Scope.Thread)
    public static class Established {
        /** Of all addresses. */
        @Param({"IPV4", "IPV6"})
        public Family family;
        /** How many connections. */
        @Param({"1", "100000", "1000000"})
        public int connections;
        /** Bytes of a segment. */
        @Param({"64", "1448"})
        public int payload;
        /** Whether the port has verified checksums and completes ours. */
        @Param({"false", "true"})
        public boolean trusted;

        private EstablishedPeers peers;

        @Setup(Level.Trial)
        public void open() {
            peers = new EstablishedPeers(family, connections, payload, trusted, 0);
        }

        @TearDown(Level.Trial)
        public void close() {
            final String wrong = peers.whatIsWrong();
            peers.close();
            if (wrong != null) {
                throw new IllegalStateException(wrong);
            }
        }
    }

    /**
     * Connections that nobody uses. They stay from one trial of a JVM to the next, as nothing has happened to them: ten million
     * take longer to set up than to measure.
     */
    @State(Scope.Thread)
    public static class Idle {
        private static @Nullable EstablishedPeers kept;
        private static int keptConnections;

        /** How many connections. */
        @Param({"10", "1000000"})
        public int idleConnections;

        private EstablishedPeers peers;

        @Setup(Level.Trial)
        public void open() {
            peers = keep(idleConnections);
        }

        /** Gives back what is kept; a JVM that has other things to do calls it. */
        public static synchronized void drop() {
            CloseHelper.close(kept);
            kept = null;
        }

        private static synchronized EstablishedPeers keep(final int connections) {
            if (kept == null || keptConnections != connections) {
                drop();
                kept = new EstablishedPeers(connections, 64, true, 0);
                keptConnections = connections;
            }
            return kept;
        }
    }

    /** Two engines for connections that come and go. */
    @State(Scope.Thread)
    public static class Pair {
        private EnginePair pair;

        @Setup(Level.Trial)
        public void open() {
            pair = new EnginePair(false);
        }

        @TearDown(Level.Trial)
        public void close() {
            pair.close();
        }
    }

    /** Two engines with one connection. */
    @State(Scope.Thread)
    public static class Stream {
        /** Whether segmentation and checksums are left to the port. */
        @Param({"false", "true"})
        public boolean offloads;

        private EnginePair pair;

        @Setup(Level.Trial)
        public void open() {
            pair = new EnginePair(offloads);
            pair.openStream();
        }

        @TearDown(Level.Trial)
        public void close() {
            pair.close();
        }
    }

    /** Two engines with one connection over the last of several Ethernets. */
    @State(Scope.Thread)
    public static class LinkedStream {
        /** How many links there are; the others are polled, too. */
        @Param({"1", "2", "8"})
        public int links;

        private EnginePair pair;

        @Setup(Level.Trial)
        public void open() {
            pair = EnginePair.linked(links, true);
            pair.openStream();
        }

        @TearDown(Level.Trial)
        public void close() {
            pair.close();
        }
    }

    /** Connections that come and go over the last of several Ethernets. */
    @State(Scope.Thread)
    public static class LinkedPair {
        /** How many links there are; the others are polled, too. */
        @Param({"1", "2", "8"})
        public int links;

        private EnginePair pair;

        @Setup(Level.Trial)
        public void open() {
            pair = EnginePair.linked(links, false);
        }

        @TearDown(Level.Trial)
        public void close() {
            pair.close();
        }
    }

    /** A listener that answers every SYN with a cookie. */
    @State(Scope.Thread)
    public static class Cookies {
        /** Of all addresses. */
        @Param({"IPV4", "IPV6"})
        public Family family;

        private CookiePeers peers;

        @Setup(Level.Trial)
        public void open() {
            peers = new CookiePeers(family);
        }

        @TearDown(Level.Trial)
        public void close() {
            final String wrong = peers.whatIsWrong();
            peers.close();
            if (wrong != null) {
                throw new IllegalStateException(wrong);
            }
        }
    }

    /** A UDP endpoint that sends back what it receives. */
    @State(Scope.Thread)
    public static class Datagrams {
        /** Of both addresses. */
        @Param({"IPV4", "IPV6"})
        public Family family;
        /** Bytes of a datagram, which one packet of either family holds. */
        @Param({"64", "1452"})
        public int datagram;
        /** Whether the port has verified checksums and completes ours. */
        @Param({"false", "true"})
        public boolean trusted;

        private DatagramEcho echo;

        @Setup(Level.Trial)
        public void open() {
            echo = new DatagramEcho(family, datagram, trusted);
        }

        @TearDown(Level.Trial)
        public void close() {
            final String wrong = echo.whatIsWrong();
            echo.close();
            if (wrong != null) {
                throw new IllegalStateException(wrong);
            }
        }
    }

    /** A datagram arrives, the application receives it and sends it back: one turn. */
    @Benchmark
    public int datagramEcho(final Datagrams datagrams) {
        return datagrams.echo.turn(1);
    }

    /** The same with 32 datagrams in a turn; time of one. */
    @Benchmark
    @OperationsPerInvocation(DatagramEcho.BURST)
    public int datagramEchoInBursts(final Datagrams datagrams) {
        return datagrams.echo.turn(DatagramEcho.BURST);
    }

    /** A data segment arrives, the application receives it, the ACK leaves: one turn. */
    @Benchmark
    public int segmentToAck(final Established established) {
        established.peers.send(0);
        return established.peers.turn();
    }

    /** The same with 32 segments in a turn; time of one segment. */
    @Benchmark
    @OperationsPerInvocation(EstablishedPeers.BURST)
    public int segmentToAckInBursts(final Established established) {
        for (int i = 0; i < EstablishedPeers.BURST; i++) {
            established.peers.send(i);
        }
        return established.peers.turn();
    }

    /** A SYN arrives, a SYN-ACK with a cookie leaves, and nothing is remembered: one turn. */
    @Benchmark
    public int synToCookie(final Cookies cookies) {
        return cookies.peers.syn();
    }

    /** The same, then the ACK that brings the cookie back, {@code accept}, and an abort: two turns and the RST's. */
    @Benchmark
    public int cookieToConnection(final Cookies cookies) {
        return cookies.peers.connection();
    }

    /** A poll that finds nothing. */
    @Benchmark
    public int idleTurn(final Idle idle) {
        return idle.peers.turn();
    }

    /** Connect, accept, one byte each way, close at both ends; the work of both engines. */
    @Benchmark
    public long wholeConnection(final Pair pair) {
        return pair.pair.oneByteConnection();
    }

    /** Bytes a second from one engine's application to the other's, both engines on this thread. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    @OperationsPerInvocation(MEBIBYTE)
    public long streamedBytes(final Stream stream) {
        return stream.pair.stream(MEBIBYTE);
    }

    /** The same with several links. */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    @OperationsPerInvocation(MEBIBYTE)
    public long linkedStreamedBytes(final LinkedStream stream) {
        return stream.pair.stream(MEBIBYTE);
    }

    /** {@link #wholeConnection} with several links. */
    @Benchmark
    public long linkedWholeConnection(final LinkedPair pair) {
        return pair.pair.oneByteConnection();
    }
}
