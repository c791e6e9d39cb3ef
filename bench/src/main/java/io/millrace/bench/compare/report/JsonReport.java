package io.millrace.bench.compare.report;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.machine.ChildJvm;
import io.millrace.bench.machine.Environment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A run as JSON: {@code rows} are the targets, {@code cells} what was measured for them, each with its rounds. Pure functions. */
public final class JsonReport {
    private JsonReport() {}

    /** The whole. */
    public static String render(final Results results) {
        final Map<String, @Nullable Object> root = new LinkedHashMap<>();
        root.put("command", results.command());
        root.put("environment", environment(results.machine(), results.congestion()));
        root.put("rounds", results.rounds());
        root.put("roundNs", results.roundNs());
        root.put("rows", Targets.of(results).stream().map(JsonReport::row).toList());
        root.put("cells", results.cells().stream().map(JsonReport::cell).toList());
        return ConfigValueFactory.fromMap(root)
                .render(ConfigRenderOptions.defaults().setComments(false).setOriginComments(false).setJson(true));
    }

    private static Map<String, Object> environment(final Environment machine, final String congestion) {
        return Map.of("date", machine.date(), "cpu", machine.cpu(), "kernel", machine.kernel(), "jdk", machine.jdk(),
                "load", machine.load(), "congestionControl", congestion, "flagsOfMillrace",
                String.join(" ", ChildJvm.COMPILATION));
    }

    private static Map<String, @Nullable Object> row(final Target target) {
        final Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("name", target.name());
        row.put("target", target.target());
        row.put("value", target.value());
        row.put("ratio", number(target.ratio()));
        row.put("met", target.met());
        row.put("disturbed", target.disturbed());
        row.put("parts", target.parts().stream().map(JsonReport::part).toList());
        return row;
    }

    private static Map<String, @Nullable Object> part(final Part part) {
        final Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("value", part.text());
        map.put("ratio", number(part.ratio()));
        map.put("met", part.missing() == null ? part.isMet() : null);
        map.put("missing", part.missing());
        map.put("disturbed", part.disturbed());
        return map;
    }

    private static Map<String, @Nullable Object> cell(final CellResult result) {
        final Map<String, @Nullable Object> map = new LinkedHashMap<>();
        final Cell cell = result.cell();
        map.put("workload", cell.workload().name());
        map.put("placement", cell.placement().name());
        map.put("contender", cell.contender().name());
        map.put("rate", cell.rate());
        map.put("unit", switch (cell.workload().unit()) {
            case LATENCY -> "ns";
            case BYTES -> "bit/s";
            case MESSAGES -> "1/s";
        });
        map.put("value", number(result.value()));
        map.put("least", number(result.least()));
        map.put("most", number(result.most()));
        map.put("ofEachJvm", result.ofEachJvm().stream().map(JsonReport::number).toList());
        for (final double percentile : Percentiles.SHOWN) {
            map.put(Percentiles.name(percentile) + "Ns", number(result.latencyNs(percentile)));
        }
        map.put("roundsBelowRate", result.roundsBelowRate());
        map.put("rejected", result.rejected());
        map.put("disturbed", result.disturbed());
        map.put("skipped", result.skipped());
        map.put("failed", result.failed());
        map.put("rounds", result.kept().stream().map(JsonReport::sample).toList());
        return map;
    }

    private static Map<String, @Nullable Object> sample(final Sample sample) {
        final Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("jvm", sample.jvm());
        map.put("durationNs", sample.durationNs());
        map.put("messages", sample.messages());
        map.put("bytes", sample.bytes());
        for (final double percentile : Percentiles.SHOWN) {
            map.put(Percentiles.name(percentile) + "Ns", number(sample.latencyNs(percentile)));
        }
        map.put("cpuNs", sample.cpuNs());
        map.put("serverCpuNs", sample.serverCpuNs() < 0 ? null : sample.serverCpuNs());
        map.put("allocatedBytes", sample.allocatedBytes());
        map.put("gcPauses", sample.gcPauses());
        map.put("gcPauseNs", sample.gcPauseNs());
        map.put("otherCores", sample.disturbance().otherCores());
        map.put("stolenCores", sample.disturbance().stolen());
        return map;
    }

    /** JSON knows only finite numbers. */
    private static @Nullable Double number(final double value) {
        return Double.isFinite(value) ? value : null;
    }
}
