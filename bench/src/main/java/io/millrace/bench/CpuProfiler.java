package io.millrace.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What an operation costs in processor time, that of all threads of the JVM: where other programs run on the machine it says
 * more than the time that passes. {@code -prof io.millrace.bench.CpuProfiler}. A loop that waits by spinning counts too.
 */
public final class CpuProfiler implements InternalProfiler {
    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private long startNs;

    @Override
    public String getDescription() {
        return "processor time of an operation";
    }

    @Override
    public void beforeIteration(final BenchmarkParams benchmark, final IterationParams iteration) {
        startNs = system.getProcessCpuTime();
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Collection<? extends Result> afterIteration(final BenchmarkParams benchmark,
            final IterationParams iteration, final IterationResult result) {
        final double ns = system.getProcessCpuTime() - startNs;
        return List.of(new ScalarResult("cpu.norm", ns / result.getMetadata().getAllOps(), "ns/op",
                AggregationPolicy.AVG));
    }
}
