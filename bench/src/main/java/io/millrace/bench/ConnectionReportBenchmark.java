package io.millrace.bench;

import io.millrace.fastpath.counters.EngineArea;
import io.millrace.fastpath.counters.Mailbox;
import io.millrace.fastpath.memory.Memory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What an engine pays while another process lists its connections: the longest that a turn grows by, whatever their
 * number, and nothing on the heap. Compare with {@code EngineBenchmark.idleTurn}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class ConnectionReportBenchmark {
    /** Connections of the engine. */
    @Param({"1000", "1000000"})
    public int connections;

    private EstablishedPeers peers;
    private long mailbox;
    private long request;

    @Setup(Level.Trial)
    public void open() {
        peers = new EstablishedPeers(connections, 64, true, 0);
        mailbox = peers.observed() + EngineArea.MAILBOX;
    }

    @TearDown(Level.Trial)
    public void close() {
        peers.close();
    }

    /** A turn with a slice of the answer; a question follows the other, each where the last answer ended. */
    @Benchmark
    public int turnWithASlice() {
        if (Memory.getLongAcquire(mailbox + Mailbox.RESPONSE) == request) {
            final long next = request == 0 ? 0 : Memory.getLong(mailbox + Mailbox.NEXT);
            Memory.putLong(mailbox + Mailbox.CURSOR, next == Mailbox.END ? 0 : next);
            Memory.putLongRelease(mailbox + Mailbox.REQUEST, ++request);
        }
        return peers.turn();
    }
}
