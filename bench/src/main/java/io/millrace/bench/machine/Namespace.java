package io.millrace.bench.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;

/**
 * A network namespace of this process, set up by {@code ip} and removed by {@link #close}, or where the process is interrupted.
 * Needs root. Thread: one.
 */
public final class Namespace implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static final Set<Namespace> OPEN = ConcurrentHashMap.newKeySet();

    private static volatile boolean ended;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Namespace::end, "namespaces"));
    }

    private final String name = "millrace-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();

    /**
     * Makes it, with room for windows of {@code maxBuffer} bytes, without IPv6 (which speaks unasked), with nothing
     * remembered from one connection for the next, and with as many ports and connections in TIME_WAIT as a stack of
     * Millrace has in a measurement.
     */
    public Namespace(final long maxBuffer) throws IOException {
        add();
        try {
            exec("sysctl", "-q", "-w", "net.ipv6.conf.default.disable_ipv6=1", "net.ipv4.tcp_no_metrics_save=1",
                    "net.ipv4.ip_local_port_range=1024 65535", "net.ipv4.tcp_max_tw_buckets=65536",
                    "net.ipv4.tcp_rmem=4096 131072 " + maxBuffer, "net.ipv4.tcp_wmem=4096 16384 " + maxBuffer);
        } catch (final IOException e) {
            close();
            throw e;
        }
    }

    private void add() throws IOException {
        synchronized (OPEN) {
            if (!ended) {
                run(List.of("ip", "netns", "add", name));
                OPEN.add(this);
            }
        }
        goOn();
    }

    /** Returns only while this process does not end: whoever went on would find no namespace, and take that for a failure. */
    private static void goOn() {
        while (ended) {
            LockSupport.park();
        }
    }

    private static void end() {
        synchronized (OPEN) {
            ended = true;
            CloseHelper.quietCloseAll(OPEN);
        }
    }

    /** As {@code ip netns} knows it. */
    public String name() {
        return name;
    }

    /** Runs a command inside, which must succeed; what it has said. Does not return where this process ends meanwhile. */
    public String exec(final String... command) throws IOException {
        final List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", name));
        line.addAll(List.of(command));
        try {
            return run(line);
        } finally {
            goOn();
        }
    }

    @Override
    public void close() {
        if (!OPEN.remove(this)) {
            return;
        }
        try {
            run(List.of("ip", "netns", "del", name));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String run(final List<String> command) throws IOException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
