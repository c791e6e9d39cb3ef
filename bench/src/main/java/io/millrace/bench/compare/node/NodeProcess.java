package io.millrace.bench.compare.node;

import io.millrace.bench.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Node} from outside. Its JVM has the system properties of this one that begin with {@code millrace.}, and the
 * options that {@link #OPTIONS_PROPERTY} lists, e.g. those of a profiler. Thread: one; the process lives no longer than
 * this one.
 */
public final class NodeProcess implements AutoCloseable {
    /** A system property: further options of a node's JVM, with blanks between them. */
    public static final String OPTIONS_PROPERTY = "bench.node.options";

    private static final long ANSWER_MS = 30_000;
    private static final long END_S = 3;
    private static final long STOP_MS = 10_000;
    private static final int LAST_LINES = 20;
    /** A heap that needs no tuning. */
    private static final List<String> OPTIONS = List.of("-Xms256m", "-Xmx512m", "-Xmn128m",
            // else one buffer in 128 is followed, and what that allocates is counted as the message's
            "-Dio.netty.leakDetection.level=disabled");
    private static final String OPEN_FILES = "ulimit -n 65536 2>/dev/null || ulimit -n \"$(ulimit -Hn)\" 2>/dev/null; ";
    private static final String OK = "ok ";
    private static final String END = "";
    /**
     * A child dies with the thread that has started it, not with the process: so it is one that lives as long.
     */
    private static final ExecutorService STARTER = Executors.newSingleThreadExecutor(task -> {
        final Thread thread = new Thread(task, "starts-nodes");
        thread.setDaemon(true);
        return thread;
    });

    private final Process process;
    private final Writer orders;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Deque<String> said = new ArrayDeque<>();
    private final CountDownLatch heardAll = new CountDownLatch(2);
    private final String name;
    private final long answerMs;

    /** @param answerMs within which each order must be answered. */
    NodeProcess(final String name, final Process process, final long answerMs) {
        this.process = process;
        this.name = name;
        this.answerMs = answerMs;
        orders = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        read(process.getInputStream(), this::hear, () -> answers.add(END));
        read(process.getErrorStream(), this::say, () -> {});
    }

    /**
     * Starts one; it does nothing yet.
     *
     * @param prefix of its command, e.g. {@code ip netns exec NAME}; it must become the process, not start it.
     */
    public static NodeProcess start(final NodeSpec spec, final List<String> prefix) throws IOException {
        final List<String> command = new ArrayList<>(prefix);
        // 10,000 connections of both ends in one process, where the user may have as many
        command.addAll(List.of("sh", "-c", OPEN_FILES + "exec \"$@\"", "node"));
        command.addAll(ChildJvm.command(Node.class, options(spec), spec.arguments()));
        try {
            return new NodeProcess(spec.cell() + " (" + spec.role() + ")",
                    STARTER.submit(() -> new ProcessBuilder(command).start()).get(), ANSWER_MS);
        } catch (final ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (final InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** How many files and sockets one may have open. */
    static long openFiles() throws IOException {
        final Process shell = new ProcessBuilder("sh", "-c", OPEN_FILES + "ulimit -n").start();
        try (BufferedReader answer = shell.inputReader()) {
            final String limit = String.valueOf(answer.readLine());
            return limit.matches("\\d{1,18}") ? Long.parseLong(limit) : Long.MAX_VALUE;
        }
    }

    private static List<String> options(final NodeSpec spec) {
        final List<String> options = new ArrayList<>(OPTIONS);
        if (spec.cell().contender().isMillrace()) {
            options.addAll(ChildJvm.COMPILATION);
        }
        System.getProperties().stringPropertyNames().stream().filter(key -> key.startsWith("millrace."))
                .forEach(key -> options.add("-D" + key + "=" + System.getProperty(key)));
        options.addAll(Stream.of(System.getProperty(OPTIONS_PROPERTY, "").split(" ")).filter(o -> !o.isEmpty())
                .toList());
        spec.settings().forEach((key, value) -> options.add("-D" + key + "=" + value));
        return options;
    }

    /** Listens; returns the port. */
    public int serve(final int port) throws IOException {
        return Integer.parseInt(ask("serve " + port));
    }

    /**
     * Connects to a service.
     *
     * @param address of IPv4; the first of so many that follow one another and are all the service's.
     */
    public void connect(final String address, final int count, final int port) throws IOException {
        ask("connect " + address + " " + count + " " + port);
    }

    /** Messages begin. */
    public void begin() throws IOException {
        ask("start");
    }

    /** Messages end; returns when none is under way. */
    public void end() throws IOException {
        ask("stop");
    }

    /** Its figures now. */
    public Report mark() throws IOException {
        askMark();
        return answeredMark();
    }

    /** The same in two parts, so that several processes can be asked at one time. */
    void askMark() throws IOException {
        order("mark");
    }

    /** The second part. */
    Report answeredMark() throws IOException {
        return Report.parse(answer("mark"));
    }

    /** Lets its loops sleep so long, also those that spin; {@link #rested} waits for the end of it. */
    void rest(final long ms) throws IOException {
        order("rest " + ms);
    }

    void rested() throws IOException {
        answer("rest");
    }

    /** Processor time that its compilers have taken: see {@link Compilers}. */
    public long compilersNs() throws IOException {
        return Long.parseLong(ask("compilers"));
    }

    /** Stops it: when this returns it takes no processor until {@link #resume}. */
    public void pause() throws IOException {
        Posix.stop(process.pid());
        Looks.until(this::isStopped, 0, STOP_MS, name + " does not stop");
    }

    /** The signal is on its way for a while. */
    private boolean isStopped() throws IOException {
        final String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
        return stat.startsWith(") T", stat.lastIndexOf(')'));
    }

    /** Lets it go on. */
    public void resume() throws IOException {
        Posix.resume(process.pid());
    }

    /** Its process, and no other. */
    public long pid() {
        return process.pid();
    }

    private String ask(final String order) throws IOException {
        order(order);
        return answer(order);
    }

    private void order(final String order) throws IOException {
        try {
            orders.write(order + "\n");
            orders.flush();
        } catch (final IOException e) {
            throw hasEnded("", e);
        }
    }

    private String answer(final String order) throws IOException {
        try {
            final String answer = answers.poll(answerMs, TimeUnit.MILLISECONDS);
            if (answer == null) {
                throw new IOException(name + " does not answer to \"" + order + "\": " + lastWords());
            }
            if (answer.equals(END)) {
                throw hasEnded(" at \"" + order + "\"", null);
            }
            if (!answer.startsWith(OK)) {
                throw new IOException(name + " " + answer);
            }
            return answer.substring(OK.length());
        } catch (final InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** What it said last may come by the other stream, which ends a moment later. */
    private IOException hasEnded(final String when, final @Nullable Throwable cause) {
        try {
            heardAll.await(END_S, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new IOException(name + " has ended" + when + ": " + lastWords(), cause);
    }

    /** Whatever else is on its output, such as the words of a JVM, is no answer. */
    private void hear(final String line) {
        if (line.startsWith(OK) || line.startsWith("failed ")) {
            answers.add(line);
        } else {
            say(line);
        }
    }

    private void say(final String line) {
        synchronized (said) {
            if (said.size() == LAST_LINES) {
                said.removeFirst();
            }
            said.addLast(line);
        }
    }

    private String lastWords() {
        synchronized (said) {
            return said.isEmpty() ? "it has said nothing" : String.join("\n", said);
        }
    }

    private void read(final InputStream stream, final Consumer<String> taker, final Runnable end) {
        Thread.ofVirtual().start(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                lines.lines().forEach(taker);
            } catch (final IOException | UncheckedIOException e) {
                // it has ended: the same as an end of its output
            } finally {
                heardAll.countDown();
                end.run();
            }
        });
    }

    private static IOException interrupted(final InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", e);
    }

    /** Ends it, in good order where it is able to. */
    @Override
    public void close() {
        try {
            Posix.resume(process.pid());
            orders.close();
            process.waitFor(END_S, TimeUnit.SECONDS);
        } catch (final IOException e) {
            // it has ended already
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
