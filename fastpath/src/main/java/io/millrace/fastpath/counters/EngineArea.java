package io.millrace.fastpath.counters;

/**
 * Where in memory an engine shows itself: its counters, gauges, the histogram of its loop, and the mailbox in which it
 * answers who asks for its connections or UDP endpoints. The memory may be a file that other processes read; whoever
 * changes anything here changes the version of that file's layout. Every part begins on a cache line. Thread: any.
 */
public final class EngineArea {
    /** Connections, or endpoints, that an answer holds at the most. */
    public static final int ANSWER_RECORDS = 128;

    /** Asks for connections and records of TIME_WAIT: {@link ConnectionRecord}. */
    public static final long KIND_CONNECTIONS = 0;
    /** Asks for UDP endpoints that are bound: {@link DatagramRecord}. */
    public static final long KIND_DATAGRAMS = 1;

    /** Offset of the counters, by ordinal, each a long. */
    public static final int COUNTERS = 0;
    /** Offset of the gauges, by ordinal, each a long. */
    public static final int GAUGES = line(COUNTERS + Counter.COUNT * Long.BYTES);
    /** Offset of the histogram of the loop, {@link LoopTimes#BUCKETS} longs. */
    public static final int LOOP = line(GAUGES + Gauge.COUNT * Long.BYTES);
    /** Offset of the mailbox. */
    public static final int MAILBOX = line(LOOP + LoopTimes.BUCKETS * Long.BYTES);
    /** Bytes of the whole. */
    public static final int LENGTH = MAILBOX + Mailbox.lengthFor(ANSWER_RECORDS, ConnectionRecord.LENGTH);

    private EngineArea() {}

    private static int line(final int offset) {
        return offset + 63 & -64;
    }
}
