package io.millrace.bench.compare.node;

import io.millrace.bench.machine.Namespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * Where the kernel's ends of one host run: for root a namespace of its own, whose loopback sends with CUBIC, as the kernels
 * of the other placements do, whatever this machine's default is; else this machine's own loopback, as it is, which is said. Thread: one.
 */
final class KernelHost implements AutoCloseable {
    private static final String CONGESTION_CONTROL = "cubic";
    private static final long MAX_BUFFER = 16 << 20;

    private static final AtomicBoolean SAID = new AtomicBoolean();

    private final @Nullable Namespace namespace;

    private KernelHost(final @Nullable Namespace namespace) {
        this.namespace = namespace;
    }

    /** What the ends that were opened here send with. */
    static String congestionControl() {
        return SAID.get() ? ofThisMachine() + " on the loopback of this machine" : CONGESTION_CONTROL;
    }

    private static String ofThisMachine() {
        try {
            return Files.readString(Path.of("/proc/sys/net/ipv4/tcp_congestion_control")).strip();
        } catch (final IOException e) {
            return "with an unknown one";
        }
    }

    static KernelHost open() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return asItIs("only root can make a namespace");
        }
        try {
            return ownLoopback();
        } catch (final IOException e) {
            return asItIs(e.getMessage());
        }
    }

    private static KernelHost asItIs(final String why) {
        if (!SAID.getAndSet(true)) {
            System.err.println("The kernel's loopback is measured as this machine has it set up (congestion control, "
                    + "ports, TIME_WAIT): " + why);
        }
        return new KernelHost(null);
    }

    private static KernelHost ownLoopback() throws IOException {
        final Namespace namespace = new Namespace(MAX_BUFFER);
        try {
            namespace.exec("ip", "link", "set", "lo", "up");
            for (final String local : List.of("127.0.0.0/8", "127.0.0.1")) {
                namespace.exec("ip", "route", "replace", "local", local, "dev", "lo", "table", "local", "proto",
                        "kernel",
                        "scope", "host", "src", "127.0.0.1", "congctl", CONGESTION_CONTROL);
            }
            return new KernelHost(namespace);
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietClose(namespace);
            throw e;
        }
    }

    /** Of a command that shall run there. */
    List<String> prefix() {
        return namespace == null ? List.of() : List.of("ip", "netns", "exec", namespace.name());
    }

    @Override
    public void close() {
        CloseHelper.close(namespace);
    }
}
