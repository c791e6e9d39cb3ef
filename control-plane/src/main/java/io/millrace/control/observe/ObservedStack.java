package io.millrace.control.observe;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineArea;
import io.millrace.fastpath.counters.Gauge;
import io.millrace.observe.FileLayout;
import io.millrace.observe.Metadata;
import io.millrace.observe.Metadata.Described;
import io.millrace.observe.Metadata.Kind;
import io.millrace.observe.Metadata.Scope;
import io.millrace.observe.ObservationFiles;
import io.millrace.observe.ObservationMemory;
import io.millrace.observe.Observer;
import io.millrace.observe.ProcessIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory in which a stack shows itself: a file where it can be made, else memory of the process alone, which its own
 * API reads. Thread: one makes it and closes it, when no engine and no agent writes any more; any may look.
 * <p>
 * Whoever cuts the file short takes memory from under the stack. As with the file that a JVM itself shows its counters in,
 * nothing guards against that but that its owner alone can open it, mode 0600, in a folder that he alone can enter, mode
 * 0700. A stack to which it happens says so, once, and ends as if it were closed; what its engines had counted is lost.
 */
public final class ObservedStack implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ObservedStack.class);
    private static final int MOST_STACKS = 1_000_000;
    /** Behind the control plane's own counters: events lost. */
    private static final int CONTROL_CELLS = ControlCounter.values().length + 1;

    private final ObservationMemory memory;
    private final @Nullable Path file;
    private final long length;
    private final CompletableFuture<InternalError> lost = new CompletableFuture<>();

    private ObservedStack(final ObservationMemory memory, final @Nullable Path file, final long length) {
        this.memory = memory;
        this.file = file;
        this.length = length;
    }

    /**
     * Makes the memory of a stack. Where the file cannot be made, that is logged, and the stack does without.
     *
     * @param directory where; null: no file.
     * @param metadata  texts; the counters are added here.
     */
    public static ObservedStack create(final @Nullable Path directory, final int engines, final Metadata metadata) {
        final byte[] described = new Metadata(metadata.stack(), metadata.device(), metadata.version(), counters(),
                metadata.findings())
                .render().getBytes(StandardCharsets.UTF_8);
        final Plan plan = new Plan(engines, described.length);
        ObservedStack made = null;
        if (directory != null) {
            try {
                ObservationFiles.prepare(directory);
                ObservationFiles.removeStale(directory);
                made = createFile(directory, plan.length());
            } catch (final IOException | UnsupportedOperationException e) {
                LOG.warn("no other process can look into this stack: cannot make a file in {}: {}", directory,
                        e.getMessage());
            }
        }
        if (made == null) {
            made = new ObservedStack(ObservationMemory.allocate(plan.length()), null, plan.length());
        }
        plan.write(made.memory, described);
        return made;
    }

    private static ObservedStack createFile(final Path directory, final long length) throws IOException {
        final long pid = ProcessHandle.current().pid();
        for (int number = 1; number < MOST_STACKS; number++) {
            final Path file = ObservationFiles.nameFor(directory, pid, number);
            try {
                return new ObservedStack(ObservationMemory.create(file, length), file, length);
            } catch (final FileAlreadyExistsException e) {
                // another stack of this process
            }
        }
        throw new IOException("too many stacks");
    }

    private static List<Described> counters() {
        final List<Described> all = new ArrayList<>();
        for (final Gauge gauge : Gauge.values()) {
            all.add(new Described(Scope.GAUGE, gauge.ordinal(), gauge.label(), gauge.unit(),
                    gauge.isMaximum() ? Kind.MOST : Kind.NOW, gauge.text()));
        }
        for (final Counter counter : Counter.values()) {
            all.add(new Described(Scope.ENGINE, counter.ordinal(), counter.label(), counter.unit(), Kind.COUNT,
                    counter.text()));
        }
        for (final ControlCounter counter : ControlCounter.values()) {
            all.add(new Described(Scope.CONTROL, counter.ordinal(), counter.label(), "events", Kind.COUNT,
                    counter.text()));
        }
        all.add(new Described(Scope.CONTROL, ControlCounter.values().length, "ControlEventsLost", "events", Kind.COUNT,
                Counter.EVENTS_LOST.text()));
        return all;
    }

    /** Where the agent shows its part. @param eventsLost events of engines that found no room. */
    public ObservationDesk desk(final ControlCounters counters, final LongSupplier eventsLost) {
        return new ObservationDesk(this, counters, eventsLost);
    }

    /**
     * Some access to the memory has failed: that is logged the first time, and {@link #whenLost} is told. Thread: any.
     */
    public void onLost(final InternalError error) {
        if (lost.complete(error)) {
            LOG.error("{}: the stack ends, and with it its connections", howLost(), error);
        }
    }

    /** What to do when the memory is lost, at once where it is already; within the turn of an engine or of the agent. */
    public void whenLost(final Runnable then) {
        lost.thenRun(then);
    }

    private String howLost() {
        if (file != null) {
            final long now = file.toFile().length();
            if (now < length) {
                return "%s was cut short by somebody, to %d bytes of %d: its memory was this stack's".formatted(file,
                        now,
                        length);
            }
        }
        return "a page of a mapped file that this stack uses is gone";
    }

    /** The file; null where there is none. */
    public @Nullable Path file() {
        return file;
    }

    /** Looks into the stack; ends with it. */
    public Observer observer() {
        return Observer.of(memory);
    }

    /** Address of an engine's {@link EngineArea}. */
    public long engineArea(final int engine) {
        return memory.address() + memory.getInt(FileLayout.FIRST_AREA) + (long) engine * EngineArea.LENGTH;
    }

    long controlCounters() {
        return memory.address() + memory.getInt(FileLayout.CONTROL_COUNTERS);
    }

    long controlMailbox() {
        return memory.address() + memory.getInt(FileLayout.CONTROL_MAILBOX);
    }

    long controlLook() {
        return memory.address() + FileLayout.CONTROL_LOOK;
    }

    /** Removes the file and gives the memory back. */
    @Override
    public void close() {
        try {
            memory.putLongRelease(FileLayout.STATE, FileLayout.STATE_CLOSED);
        } catch (final InternalError e) {
            onLost(e);
        }
        if (file != null) {
            try {
                Files.deleteIfExists(file);
            } catch (final IOException e) {
                LOG.warn("cannot remove {}: {}", file, e.getMessage());
            }
        }
        memory.close();
    }

    /** What lies where. */
    private record Plan(int engines, int metadataLength) {
        int controlCounters() {
            return FileLayout.align(FileLayout.HEADER_LENGTH + metadataLength);
        }

        int controlMailbox() {
            return FileLayout.align(controlCounters() + CONTROL_CELLS * Long.BYTES);
        }

        int firstArea() {
            return controlMailbox() + FileLayout.CONTROL_MAILBOX_LENGTH;
        }

        long length() {
            return firstArea() + (long) engines * EngineArea.LENGTH;
        }

        void write(final ObservationMemory memory, final byte[] metadata) {
            memory.putInt(FileLayout.VERSION_OFFSET, FileLayout.VERSION);
            memory.putInt(FileLayout.ENGINES, engines);
            memory.putLong(FileLayout.PID, ProcessHandle.current().pid());
            memory.putLong(FileLayout.PROCESS_START, ProcessIdentity.own());
            memory.putLong(FileLayout.PID_NAMESPACE, ProcessIdentity.namespace());
            memory.putLong(FileLayout.STACK_START, System.currentTimeMillis());
            memory.putLong(FileLayout.FILE_LENGTH, length());
            memory.putInt(FileLayout.METADATA, FileLayout.HEADER_LENGTH);
            memory.putInt(FileLayout.METADATA_LENGTH, metadata.length);
            memory.putInt(FileLayout.CONTROL_COUNTERS, controlCounters());
            memory.putInt(FileLayout.CONTROL_MAILBOX, controlMailbox());
            memory.putInt(FileLayout.FIRST_AREA, firstArea());
            memory.putInt(FileLayout.AREA_LENGTH, EngineArea.LENGTH);
            memory.putInt(FileLayout.AREA_COUNTERS, EngineArea.COUNTERS);
            memory.putInt(FileLayout.AREA_GAUGES, EngineArea.GAUGES);
            memory.putInt(FileLayout.AREA_LOOP, EngineArea.LOOP);
            memory.putInt(FileLayout.AREA_MAILBOX, EngineArea.MAILBOX);
            memory.putBytes(FileLayout.HEADER_LENGTH, metadata, metadata.length);
            memory.putLong(FileLayout.STATE, FileLayout.STATE_LIVE);
            // last: who finds it finds the rest
            memory.putLongRelease(FileLayout.MAGIC_OFFSET, FileLayout.MAGIC);
        }
    }
}
