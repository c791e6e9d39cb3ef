package io.millrace.bench.flood;

import io.millrace.bench.machine.Namespace;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs one listener with its clients, with the flood or without it. Thread: one. */
public final class FloodTrial {
    private static final long WINDOW = 1 << 20;

    private final FloodSettings settings;

    public FloodTrial(final FloodSettings settings) {
        this.settings = settings;
    }

    /** Whose listener it is. */
    public enum Listener {
        /** The kernel's. */
        KERNEL,
        /** Ours. */
        MILLRACE
    }

    /**
     * Measures one listener, in namespaces that are removed afterwards.
     *
     * @param flooded with the flood.
     * @param round   from 0; another seed for each.
     */
    public FloodSample run(final Listener listener, final boolean flooded, final int round)
            throws IOException, InterruptedException {
        try (Namespace namespace = new Namespace(WINDOW);
                Target target = listener == Listener.KERNEL
                        ? KernelTarget.open(namespace, settings.backlog())
                        : MillraceTarget.open(namespace, settings.backlog());
                Clients clients = Clients.start(namespace, target.address(), settings.connections())) {
            if (!flooded) {
                return measure(target, clients, null);
            }
            try (Flood flood = Flood.start(namespace, target, settings.rate(), settings.seed() + round)) {
                return measure(target, clients, flood);
            }
        }
    }

    private FloodSample measure(final Target target, final Clients clients,
            final @Nullable Flood flood) throws IOException, InterruptedException {
        TimeUnit.NANOSECONDS.sleep(settings.settleNs());
        final long beginNs = System.nanoTime();
        final long echoes = clients.echoes();
        final long opened = clients.opened();
        final long lost = clients.lost();
        final long syns = flood == null ? 0 : flood.sent();
        final long cookies = target.counters().get(Target.COOKIES_SENT);
        TimeUnit.NANOSECONDS.sleep(settings.measureNs());
        final double seconds = (System.nanoTime() - beginNs) / 1e9;
        clients.check();
        return new FloodSample((clients.echoes() - echoes) / seconds, (clients.opened() - opened) / seconds,
                (clients.lost() - lost) / seconds, flood == null ? 0 : (flood.sent() - syns) / seconds,
                (target.counters().get(Target.COOKIES_SENT) - cookies) / seconds);
    }
}
