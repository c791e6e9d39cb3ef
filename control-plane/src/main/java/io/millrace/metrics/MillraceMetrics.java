package io.millrace.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.observe.Metadata.Described;
import io.millrace.observe.Metadata.Kind;
import io.millrace.observe.Metadata.Scope;
import io.millrace.observe.Observer;
import java.util.Locale;

/**
 * Binds every counter and gauge of a stack to a registry of Micrometer. {@code TcpRetransmits} becomes
 * {@code millrace.tcp.retransmits}, a meter for each engine, with the tag {@code engine}: its number, or {@code control}
 * for the control plane. Values are read where the engines count, when the registry asks for them; once the stack is
 * closed they are {@link Double#NaN}.
 *
 * <pre>
 * new MillraceMetrics(stack.observer()).bindTo(registry);
 * </pre>
 * Thread: any.
 */
public final class MillraceMetrics implements MeterBinder {
    private final Observer observer;
    private final Tags tags;

    public MillraceMetrics(final Observer observer) {
        this(observer, Tags.empty());
    }

    /** @param tags of every meter, e.g. the stack's name where there are several. */
    public MillraceMetrics(final Observer observer, final Tags tags) {
        this.observer = observer;
        this.tags = tags;
    }

    @Override
    public void bindTo(final MeterRegistry registry) {
        for (final Described described : observer.metadata().counters()) {
            final int engines = described.scope() == Scope.CONTROL ? 1 : observer.engines();
            for (int engine = 0; engine < engines; engine++) {
                bind(registry, described, engine);
            }
        }
    }

    private void bind(final MeterRegistry registry, final Described described, final int engine) {
        final Tags all = tags.and("engine",
                described.scope() == Scope.CONTROL ? "control" : Integer.toString(engine));
        final String name = name(described.label());
        if (described.kind() == Kind.COUNT) {
            FunctionCounter.builder(name, observer, source -> value(source, described, engine)).tags(all)
                    .baseUnit(described.unit()).description(described.text()).register(registry);
        } else {
            Gauge.builder(name, observer, source -> value(source, described, engine)).tags(all)
                    .baseUnit(described.unit()).description(described.text()).strongReference(true).register(registry);
        }
    }

    private static double value(final Observer observer, final Described described, final int engine) {
        try {
            return observer.value(described, engine);
        } catch (final IllegalStateException e) {
            return Double.NaN;
        }
    }

    /** {@code millrace.tcp.retransmits}. */
    static String name(final String label) {
        return "millrace" + label.replaceAll("([A-Z])", ".$1").toLowerCase(Locale.ROOT);
    }
}
