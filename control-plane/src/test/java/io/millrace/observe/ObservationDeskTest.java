package io.millrace.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.observe.ObservationDesk;
import io.millrace.control.observe.ObservedStack;
import io.millrace.control.observe.Rows;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ObservationDeskTest {
    private static final int NEIGHBOURS = 3 * FileLayout.TEXT_RECORDS + 1;
    private static final long TIMEOUT_NS = 30_000_000_000L;
    private static final long A_SECOND_NS = 1_000_000_000L;
    private static final int TRIES = 100;
    private static final int TURNS = 100;

    @TempDir
    private Path folder;

    @Test
    void shouldGiveEachOfSeveralWhoAskAtOnceTheWholeOfItsOwnAnswer() throws Exception {
        try (ObservedStack stack = ObservedStack.create(folder, 1, new Metadata("", "", "", List.of()));
                ObservationMemory memory = ObservationMemory.map(stack.file())) {
            final ObservationDesk desk = stack.desk(new ControlCounters(), () -> 0)
                    .offer(FileLayout.KIND_NEIGHBOURS, rows("neighbour", NEIGHBOURS))
                    .offer(FileLayout.KIND_ROUTES, rows("route", NEIGHBOURS));
            final AtomicBoolean done = new AtomicBoolean();
            final Thread agent = Thread.ofPlatform().start(() -> {
                while (!done.get()) {
                    desk.doWork(0);
                }
            });
            try {
                final List<String> first = new ArrayList<>();
                final List<String> second = new ArrayList<>();
                final List<String> third = new ArrayList<>();
                ask(memory, FileLayout.KIND_NEIGHBOURS, name -> {
                    if (first.isEmpty()) {
                        // between two answers of the first
                        ask(memory, FileLayout.KIND_ROUTES, second::add);
                        ask(memory, FileLayout.KIND_NEIGHBOURS, third::add);
                    }
                    first.add(name);
                });
                assertThat(second).isEqualTo(names("route", NEIGHBOURS));
                assertThat(third).isEqualTo(names("neighbour", NEIGHBOURS));
                assertThat(first).isEqualTo(names("neighbour", NEIGHBOURS));
            } finally {
                done.set(true);
                agent.join();
            }
        }
    }

    /** The least of several tries: the JVM itself allocates where code runs for the first time. */
    @Test
    void shouldAllocateNothingWhereNobodyAsks() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (ObservedStack stack = ObservedStack.create(null, 1, new Metadata("", "", "", List.of()))) {
            final ObservationDesk desk = stack.desk(new ControlCounters(), () -> 0);
            long nowNs = 0;
            long least = Long.MAX_VALUE;
            for (int i = 0; i < TRIES && least > 0; i++) {
                final long before = threads.getCurrentThreadAllocatedBytes();
                for (int turn = 0; turn < TURNS; turn++) {
                    desk.doWork(nowNs += A_SECOND_NS);
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).isZero();
        }
    }

    @Test
    void shouldCallNoTwoCountersTheSame() {
        try (ObservedStack stack = ObservedStack.create(null, 1, new Metadata("", "", "", List.of()))) {
            assertThat(stack.observer().metadata().counters()).extracting(Metadata.Described::label)
                    .hasSizeGreaterThan(100).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldTellWhoAsksAfterTheStackWasClosed() {
        final Observer observer;
        try (ObservedStack stack = ObservedStack.create(null, 1, new Metadata("", "", "", List.of()))) {
            observer = stack.observer();
        }
        assertThatThrownBy(() -> observer.connections(connection -> {})).isInstanceOf(IOException.class)
                .hasMessage("the stack was closed meanwhile");
        assertThatThrownBy(observer::neighbours).isInstanceOf(IOException.class)
                .hasMessage("the stack was closed meanwhile");
    }

    @Test
    void shouldMakeNoFileWhereEveryUserCanWrite() throws IOException {
        final Path open = Files.createDirectory(folder.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> ObservationFiles.prepare(open)).isInstanceOf(IOException.class)
                .hasMessage(open + " can be written to by every user");
        try (ObservedStack stack = ObservedStack.create(open, 1, new Metadata("", "", "", List.of()))) {
            assertThat(stack.file()).isNull();
        }
    }

    private interface Names {
        void take(String name) throws IOException;
    }

    private static void ask(final ObservationMemory memory, final long kind, final Names names) throws IOException {
        final List<IOException> failed = new ArrayList<>();
        new MailboxClient(memory, memory.getInt(FileLayout.CONTROL_MAILBOX), FileLayout.TEXT_RECORD_LENGTH,
                FileLayout.TEXT_RECORDS, "the control plane", TIMEOUT_NS).ask(kind, record -> {
                    try {
                        names.take(TextRow.decode(record).get("name"));
                    } catch (final IOException e) {
                        failed.add(e);
                    }
                });
        assertThat(failed).isEmpty();
    }

    private static List<String> names(final String what, final int count) {
        return IntStream.range(0, count).mapToObj(i -> what + ' ' + i).toList();
    }

    private static Rows rows(final String what, final int count) {
        return () -> names(what, count).stream().map(name -> Map.of("name", name)).toList();
    }
}
