package io.millrace.bench;

import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.RssPlacement;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it costs to find the queue of a flow: once for each candidate of an active open, and each frame shared in software. */
@State(Scope.Thread)
public class ToeplitzBenchmark extends OffHeapBenchmark {
    private static final long V4 = 0xFFFF_0A00_0002L;
    private static final long V6_HI = 0x2001_0DB8_0000_0000L;

    private final RssPlacement placement = RssPlacement.spread(RssKey.EXAMPLE, 8);
    private int flow;

    /** Twelve bytes of input. */
    @Benchmark
    public int ipv4() {
        flow++;
        return placement.queue(0, V4, 443, 0, V4 + flow, flow & 0xFFFF);
    }

    /** Thirty-six. */
    @Benchmark
    public int ipv6() {
        flow++;
        return placement.queue(V6_HI, 2, 443, V6_HI, flow, flow & 0xFFFF);
    }
}
