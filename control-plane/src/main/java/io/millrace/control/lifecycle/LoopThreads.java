package io.millrace.control.lifecycle;

import io.millrace.config.MillraceConfig;
import io.millrace.config.ThreadingKeys;
import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.Idling;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a stack's loops: how they idle, and which CPU each has. Immutable. Thread: any. */
public final class LoopThreads {
    private static final Logger LOG = LoggerFactory.getLogger(LoopThreads.class);

    private final HostThreads host;
    private final Idling idling;
    private final List<Integer> cpus;

    private LoopThreads(final HostThreads host, final MillraceConfig config) {
        this.host = host;
        idling = config.idling(host);
        cpus = config.loopCpus();
    }

    /**
     * As configured.
     *
     * @throws IOException one sentence: a loop cannot be kept on its CPU.
     */
    public static LoopThreads of(final MillraceConfig config) throws IOException {
        final LoopThreads threads = new LoopThreads(discover(), config);
        if (!config.loopCpus().isEmpty()) {
            final CpuFacts facts = CpuFacts.look();
            final Optional<String> refusal = refusal(config, facts);
            if (refusal.isPresent()) {
                throw new IOException(refusal.get());
            }
            LOG.info("loops on CPUs {}{}", config.loopCpus().stream().map(String::valueOf)
                    .collect(Collectors.joining(", ")), facts.describe());
        }
        return threads;
    }

    /** What the system can do; what Java can anywhere where nothing else is there. */
    public static HostThreads discover() {
        final Iterator<HostThreads> found = ServiceLoader.load(HostThreads.class).iterator();
        try {
            while (found.hasNext()) {
                final HostThreads host = found.next();
                if (host.unavailabilityCause() == null) {
                    return host;
                }
            }
        } catch (final ServiceConfigurationError e) {
            LOG.warn("loops sleep as Java can anywhere: {}", e.getMessage());
        }
        return HostThreads.PLAIN;
    }

    /** Why a loop cannot be kept on its CPU, one sentence without full stop; empty where each can. */
    public static Optional<String> refusal(final MillraceConfig config, final CpuFacts facts) {
        return config.loopCpus().stream().filter(cpu -> !facts.allowed().get(cpu)).findFirst()
                .map(cpu -> ThreadingKeys.CPUS + " = " + config.text(ThreadingKeys.CPUS) + ": CPU " + cpu
                        + " is not among those that this process may use, " + CpuFacts.text(facts.allowed())
                        + " (taskset, or the cpuset of its container)");
    }

    /** How the loops idle. */
    public Idling idling() {
        return idling;
    }

    /** The calling thread begins to drive an engine. @return run by it at the end. */
    public Runnable enter(final int engine) {
        if (cpus.isEmpty()) {
            return () -> {};
        }
        try {
            return host.pin(cpus.get(engine));
        } catch (final IOException e) {
            // allowed at the start, but not any more
            LOG.warn("the loop of engine {} runs anywhere: {}", engine, e.getMessage());
            return () -> {};
        }
    }
}
