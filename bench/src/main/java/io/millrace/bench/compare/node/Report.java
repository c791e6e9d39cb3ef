package io.millrace.bench.compare.node;

import com.sun.management.ThreadMXBean;
import io.millrace.bench.compare.work.Mark;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What a process says of itself, all since its start.
 *
 * @param mark           what the end has counted whose messages count.
 * @param cpuNs          processor time.
 * @param allocatedBytes on the heap, by all threads.
 * @param gcPauses       how many.
 * @param gcPauseNs      all together, to the millisecond.
 */
public record Report(Mark mark, long cpuNs, long allocatedBytes, long gcPauses, long gcPauseNs) {
    private static final String NONE = "-";
    /** Kept: what is reported must not itself be seen in what is allocated. */
    private static final ByteBuffer BYTES = ByteBuffer.allocate(1 << 20);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final List<GarbageCollectorMXBean> COLLECTORS = ManagementFactory.getGarbageCollectorMXBeans();

    /** Of this process, now. */
    static Report now(final Mark mark) {
        long pauses = 0;
        long pauseMs = 0;
        for (final GarbageCollectorMXBean collector : COLLECTORS) {
            pauses += collector.getCollectionCount();
            pauseMs += collector.getCollectionTime();
        }
        return new Report(mark, Posix.cpuNs(), THREADS.getTotalThreadAllocatedBytes(), pauses,
                TimeUnit.MILLISECONDS.toNanos(pauseMs));
    }

    /** As one line. */
    String line() {
        return mark.ns() + " " + mark.messages() + " " + mark.bytes() + " " + cpuNs + " " + allocatedBytes + " "
                + gcPauses + " " + gcPauseNs + " " + encode(mark.latencyNs());
    }

    static Report parse(final String line) throws IOException {
        final String[] fields = line.split(" ");
        final long[] values = Arrays.stream(fields, 0, fields.length - 1).mapToLong(Long::parseLong).toArray();
        return new Report(new Mark(values[0], values[1], values[2], decode(fields[fields.length - 1])), values[3],
                values[4], values[5], values[6]);
    }

    private static String encode(final @Nullable Histogram histogram) {
        if (histogram == null) {
            return NONE;
        }
        BYTES.clear();
        final int length = histogram.encodeIntoCompressedByteBuffer(BYTES);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(BYTES.array(), length));
    }

    private static @Nullable Histogram decode(final String text) throws IOException {
        if (NONE.equals(text)) {
            return null;
        }
        try {
            return Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0);
        } catch (final DataFormatException e) {
            throw new IOException("a histogram that cannot be read", e);
        }
    }
}
