package io.millrace.nativeports;

import io.millrace.nativeports.linux.HostNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace of the kernel with a name of its own and its loopback up; removed by {@link #close}. Needs root
 * and {@code ip}: see {@link RequiresNetworkNamespaces}. Thread: any.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final long TIMEOUT_S = 60;

    private final String name = "millrace-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();

    /** What a command printed (both streams) and how it ended. */
    public record Output(int exitCode, String text) {}

    /** Why none with a TAP device in it can be made here; null where it can. Tried once a JVM. */
    public static @Nullable String unavailabilityCause() {
        return NetworkNamespaceCondition.Trial.REASON;
    }

    public NetworkNamespace() throws IOException {
        onHost("ip", "netns", "add", name);
        onHost("ip", "-n", name, "link", "set", "lo", "up");
    }

    /**
     * One whose interfaces, made from now on, have no IPv6: of a kernel that has, each says something of its own as it
     * comes up (RFC 4861, RFC 9777), in between what a test sends.
     */
    public static NetworkNamespace silent() throws IOException {
        final NetworkNamespace namespace = new NetworkNamespace();
        namespace.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
        return namespace;
    }

    /** As {@code ip netns list} shows it. */
    public String name() {
        return name;
    }

    /**
     * Runs a command inside and waits for it, a minute at the most.
     *
     * @throws IOException where it cannot be started, or takes longer (it is ended then).
     */
    public Output exec(final String... command) throws IOException {
        return execute(start(command));
    }

    /**
     * Runs a command inside, which must succeed; returns what it printed.
     *
     * @throws IOException where it does not, with what it printed.
     */
    public String run(final String... command) throws IOException {
        return textOf(exec(command), command);
    }

    /** Starts a command inside; its two output streams are one. */
    public Process start(final String... command) throws IOException {
        final List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", name));
        line.addAll(List.of(command));
        return new ProcessBuilder(line).redirectErrorStream(true).start();
    }

    /** Moves the calling platform thread into this namespace, for good. */
    public void enterOnThisThread() throws IOException {
        HostNamespace.enter(name);
    }

    /** Does something on a thread of its own inside, e.g. opens a device or a socket, and waits for it. */
    public <T> T call(final Callable<T> task) throws Exception {
        try {
            return submit(task).get(TIMEOUT_S, TimeUnit.SECONDS);
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Does something on a thread of its own inside. */
    public <T> CompletableFuture<T> submit(final Callable<T> task) {
        final CompletableFuture<T> future = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("inside " + name).start(() -> {
            try {
                enterOnThisThread();
                future.complete(task.call());
            } catch (final Throwable e) {
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    @Override
    public void close() {
        try {
            onHost("ip", "netns", "del", name);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void onHost(final String... command) throws IOException {
        textOf(execute(new ProcessBuilder(command).redirectErrorStream(true).start()), command);
    }

    private static String textOf(final Output output, final String... command) throws IOException {
        if (output.exitCode() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.text().strip());
        }
        return output.text();
    }

    private static Output execute(final Process process) throws IOException {
        final CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (InputStream stream = process.getInputStream()) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (final IOException e) {
                text.completeExceptionally(e);
            }
        });
        try {
            if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
                throw new IOException(process.info().commandLine().orElse("command") + " took over a minute");
            }
            return new Output(process.exitValue(), text.get(TIMEOUT_S, TimeUnit.SECONDS));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (final ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IOException("output lost", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
