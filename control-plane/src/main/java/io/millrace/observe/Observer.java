package io.millrace.observe;

import io.millrace.fastpath.counters.ConnectionRecord;
import io.millrace.fastpath.counters.EngineArea;
import io.millrace.fastpath.counters.LoopTimes;
import io.millrace.fastpath.counters.Mailbox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * Looks into a running stack, of this process or of another, without stopping it: counters are read from where the engines
 * count; connections, UDP endpoints, listeners, neighbours and routes are asked for, and answered in bounded slices.
 * <p>
 * Thread: any but one that drives an engine of the stack, which would wait for itself.
 */
public final class Observer implements AutoCloseable {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    private final ObservationMemory memory;
    private final Metadata metadata;
    private final long timeoutNs;
    private final boolean owner;

    private Observer(final ObservationMemory memory, final long timeoutNs, final boolean owner) {
        this.memory = memory;
        this.timeoutNs = timeoutNs;
        this.owner = owner;
        metadata = Metadata.parse(
                memory.getText(memory.getInt(FileLayout.METADATA), memory.getInt(FileLayout.METADATA_LENGTH)));
    }

    /**
     * Opens the file of a stack.
     *
     * @throws IOException one sentence: no such file, no permission, another version, damaged.
     */
    public static Observer open(final Path file) throws IOException {
        return open(file, TIMEOUT_NS);
    }

    /** The same with another time to wait for each answer, in nanoseconds. */
    public static Observer open(final Path file, final long timeoutNs) throws IOException {
        return new Observer(ObservationMemory.map(file), timeoutNs, true);
    }

    /** Looks into memory that somebody else closes. */
    public static Observer of(final ObservationMemory memory) {
        return new Observer(memory, TIMEOUT_NS, false);
    }

    /** What the stack says about itself; its addresses are those from when it started. */
    public Metadata metadata() {
        return metadata;
    }

    public long pid() {
        return memory.getLong(FileLayout.PID);
    }

    /** When the stack started. */
    public Instant started() {
        return Instant.ofEpochMilli(memory.getLong(FileLayout.STACK_START));
    }

    /** True until the stack is closed, or its process has ended. */
    public boolean isAlive() {
        return memory.getLong(FileLayout.STATE) == FileLayout.STATE_LIVE
                && !ProcessIdentity.hasEnded(pid(), memory.getLong(FileLayout.PROCESS_START),
                        memory.getLong(FileLayout.PID_NAMESPACE));
    }

    /** Engines of the stack. */
    public int engines() {
        return memory.getInt(FileLayout.ENGINES);
    }

    /** Every counter and gauge, in the order of the file. */
    public List<Reading> readings() {
        return metadata.counters().stream().map(this::read).toList();
    }

    /**
     * One value now, of one engine.
     *
     * @param engine which; without a meaning for a counter of the control plane.
     * @throws IllegalStateException where the stack, of this process, is closed.
     */
    public long value(final Metadata.Described described, final int engine) {
        return switch (described.scope()) {
            case CONTROL -> memory.getLong(cell(memory.getInt(FileLayout.CONTROL_COUNTERS), described));
            case ENGINE -> memory.getLong(cell(area(engine) + memory.getInt(FileLayout.AREA_COUNTERS), described));
            case GAUGE -> memory.getLong(cell(area(engine) + memory.getInt(FileLayout.AREA_GAUGES), described));
        };
    }

    /**
     * How often so much time lay between the beginnings of two turns of an engine: bucket {@code i} counts times of 2^i up
     * to 2^(i+1) ns.
     */
    public long[] loopTimes(final int engine) {
        final long[] buckets = new long[LoopTimes.BUCKETS];
        final long offset = area(engine) + memory.getInt(FileLayout.AREA_LOOP);
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = memory.getLong(offset + (long) i * Long.BYTES);
        }
        return buckets;
    }

    /**
     * Hands over every connection and record of TIME_WAIT, engine by engine. What begins or ends meanwhile may be missing,
     * or come twice.
     *
     * @throws IOException one sentence: an engine does not answer, or the stack is closed.
     */
    public void connections(final Consumer<ObservedConnection> each) throws IOException {
        records(EngineArea.KIND_CONNECTIONS, (record, engine) -> each.accept(new ObservedConnection(engine, record)));
    }

    /**
     * Hands over every UDP endpoint that is bound, engine by engine. What is bound or closed meanwhile may be missing, or
     * come twice.
     *
     * @throws IOException as {@link #connections}.
     */
    public void endpoints(final Consumer<ObservedEndpoint> each) throws IOException {
        records(EngineArea.KIND_DATAGRAMS, (record, engine) -> each.accept(ObservedEndpoint.of(engine, record)));
    }

    /** Hands over what every engine answers, with the engine's number. */
    private void records(final long kind, final ObjIntConsumer<ByteBuffer> each) throws IOException {
        untilClosed(() -> {
            for (int i = 0; i < engines(); i++) {
                final int engine = i;
                new MailboxClient(memory, area(i) + memory.getInt(FileLayout.AREA_MAILBOX), ConnectionRecord.LENGTH,
                        EngineArea.ANSWER_RECORDS, "engine " + i, timeoutNs)
                        .ask(kind, record -> each.accept(record, engine));
            }
        });
    }

    /** The listeners with their queues. @throws IOException as {@link #connections}. */
    public List<ObservedListener> listeners() throws IOException {
        return rows(FileLayout.KIND_LISTENERS).stream().map(ObservedListener::of).toList();
    }

    /** The neighbours. @throws IOException as {@link #connections}. */
    public List<ObservedNeighbour> neighbours() throws IOException {
        return rows(FileLayout.KIND_NEIGHBOURS).stream().map(ObservedNeighbour::of).toList();
    }

    /** Own addresses, then routes. @throws IOException as {@link #connections}. */
    public List<ObservedRoute> routes() throws IOException {
        return rows(FileLayout.KIND_ROUTES).stream().map(ObservedRoute::of).toList();
    }

    /** What the control plane answers, as pairs of names and values, whatever its version. */
    public List<Map<String, String>> rows(final long kind) throws IOException {
        final List<Map<String, String>> rows = new ArrayList<>();
        untilClosed(() -> new MailboxClient(memory, memory.getInt(FileLayout.CONTROL_MAILBOX),
                FileLayout.TEXT_RECORD_LENGTH, FileLayout.TEXT_RECORDS, "the control plane", timeoutNs)
                .ask(kind, (final ByteBuffer record) -> rows.add(TextRow.decode(record))));
        return rows;
    }

    /** Lets go of the file; the stack goes on. */
    @Override
    public void close() {
        if (owner) {
            memory.close();
        }
    }

    /** The memory of a stack of this process is given back when it is closed, be that before a question or within it. */
    private void untilClosed(final Question question) throws IOException {
        try {
            question.ask();
        } catch (final IllegalStateException e) {
            if (memory.isClosed()) {
                throw new IOException("the stack was closed meanwhile", e);
            }
            throw e;
        }
    }

    @FunctionalInterface
    private interface Question {
        void ask() throws IOException;
    }

    private Reading read(final Metadata.Described described) {
        if (described.scope() == Metadata.Scope.CONTROL) {
            return new Reading(described, value(described, 0), List.of());
        }
        final List<Long> values = new ArrayList<>();
        for (int engine = 0; engine < engines(); engine++) {
            values.add(value(described, engine));
        }
        final long value = described.kind() == Metadata.Kind.MOST
                ? values.stream().mapToLong(Long::longValue).max().orElse(0)
                : values.stream().mapToLong(Long::longValue).sum();
        return new Reading(described, value, values);
    }

    private static long cell(final long offset, final Metadata.Described described) {
        return offset + (long) described.index() * Long.BYTES;
    }

    private long area(final int engine) {
        return memory.getInt(FileLayout.FIRST_AREA) + (long) engine * memory.getInt(FileLayout.AREA_LENGTH);
    }
}
