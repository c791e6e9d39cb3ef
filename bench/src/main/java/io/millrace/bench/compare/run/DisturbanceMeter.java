package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Disturbance;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the processor time of other processes, from {@code /proc/PID/stat}, and what the host took away, from
 * {@code /proc/stat}. Not counted are this process, those named, their descendants, and threads of the kernel: what these do
 * meanwhile is mostly work for the sockets that are measured. The time of a process that ended counts where its parent
 * waited for it. Resolution: a tick of 10 ms for each process. Thread: one.
 */
public final class DisturbanceMeter implements LoadMeter {
    /** USER_HZ, in which Linux reports whatever its own tick is. */
    private static final double TICK_NS = 10_000_000;
    private static final int STEAL = 8;
    private static final ProcessTime NOTHING = new ProcessTime(0, false, 0, 0);

    private final Path proc;
    private final long self;
    private final LongSupplier clock;
    private Map<Long, ProcessTime> before = Map.of();
    private long stolenBefore;
    private long beganNs;

    /** Of this machine. */
    public DisturbanceMeter() {
        this(Path.of("/proc"), ProcessHandle.current().pid(), System::nanoTime);
    }

    /**
     * Of any tree of files that looks like it.
     *
     * @param proc  the folder.
     * @param self  this process.
     * @param clock nanoseconds.
     */
    DisturbanceMeter(final Path proc, final long self, final LongSupplier clock) {
        this.proc = proc;
        this.self = self;
        this.clock = clock;
    }

    @Override
    public void begin() throws IOException {
        before = processes();
        stolenBefore = stolenTicks();
        beganNs = clock.getAsLong();
    }

    @Override
    public Disturbance end(final Set<Long> ours) throws IOException {
        final double ticks = Math.max(1, (clock.getAsLong() - beganNs) / TICK_NS);
        final long stolen = stolenTicks() - stolenBefore;
        final Map<Long, ProcessTime> after = processes();
        return new Disturbance(others(after, ours) / ticks, Math.max(0, stolen) / ticks);
    }

    /** What each took since then; a process that has gone takes nothing back but what an ancestor has got of it. */
    private long others(final Map<Long, ProcessTime> after, final Set<Long> ours) {
        final Map<Long, Long> known = new HashMap<>();
        before.forEach((pid, gone) -> {
            if (!after.containsKey(pid)) {
                known.merge(heir(gone, after), gone.own() + gone.waited(), Long::sum);
            }
        });
        long sum = 0;
        for (final Map.Entry<Long, ProcessTime> entry : after.entrySet()) {
            final ProcessTime now = entry.getValue();
            if (!now.kernel() && !isOurs(entry.getKey(), after, ours)) {
                final ProcessTime then = before.getOrDefault(entry.getKey(), NOTHING);
                sum += Math.max(0, now.own() - then.own())
                        + Math.max(0, now.waited() - then.waited() - known.getOrDefault(entry.getKey(), 0L));
            }
        }
        return sum;
    }

    /** The nearest ancestor that is still there: who waits for a process gets the time of all that it has waited for. */
    private long heir(final ProcessTime gone, final Map<Long, ProcessTime> after) {
        long ancestor = gone.parent();
        for (int generation = 0; generation < before.size() && !after.containsKey(ancestor); generation++) {
            final ProcessTime next = before.get(ancestor);
            ancestor = next == null ? 0 : next.parent();
        }
        return ancestor;
    }

    private boolean isOurs(final long pid, final Map<Long, ProcessTime> processes, final Set<Long> ours) {
        long ancestor = pid;
        for (int generation = 0; generation < processes.size() && ancestor > 0; generation++) {
            if (ancestor == self || ours.contains(ancestor)) {
                return true;
            }
            final ProcessTime process = processes.get(ancestor);
            ancestor = process == null ? 0 : process.parent();
        }
        return false;
    }

    private Map<Long, ProcessTime> processes() throws IOException {
        final Map<Long, ProcessTime> all = new HashMap<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (final Path folder : folders) {
                final ProcessTime process = read(folder);
                if (process != null) {
                    all.put(Long.parseLong(folder.getFileName().toString()), process);
                }
            }
        }
        return all;
    }

    /** Null where it has ended meanwhile. */
    private static @Nullable ProcessTime read(final Path folder) {
        try {
            return ProcessTime.parse(Files.readString(folder.resolve("stat")));
        } catch (final IOException e) {
            return null;
        }
    }

    private long stolenTicks() throws IOException {
        final String[] fields = Files.readString(proc.resolve("stat")).lines().findFirst().orElse("").split(" +");
        return fields.length > STEAL ? Long.parseLong(fields[STEAL]) : 0;
    }
}
