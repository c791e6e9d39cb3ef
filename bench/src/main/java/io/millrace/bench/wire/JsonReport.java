package io.millrace.bench.wire;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.millrace.bench.machine.Environment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every transfer as JSON. Pure functions. */
public final class JsonReport {
    private JsonReport() {}

    public static String render(final MatrixReport report) {
        final Map<String, Object> root = new LinkedHashMap<>();
        root.put("environment", environment(report.environment()));
        root.put("settings", settings(report));
        root.put("cells", report.results().stream().map(JsonReport::cell).toList());
        root.put("shares", report.shares().stream().map(JsonReport::shares).toList());
        root.put("control", report.control().stream().map(JsonReport::shares).toList());
        return ConfigValueFactory.fromMap(root)
                .render(ConfigRenderOptions.defaults().setComments(false).setOriginComments(false).setJson(true));
    }

    private static Map<String, Object> environment(final Environment environment) {
        return Map.of("date", environment.date(), "cpu", environment.cpu(), "kernel", environment.kernel(), "jdk",
                environment.jdk(), "load", environment.load());
    }

    private static Map<String, Object> settings(final MatrixReport report) {
        final WireSettings settings = report.settings();
        final Map<String, Object> all = new LinkedHashMap<>();
        all.put("bitsPerSecond", settings.bitsPerSecond());
        all.put("leastQueueBytes", settings.leastQueueBytes());
        all.put("reorderByNs", settings.reorderByNs());
        all.put("bufferBytes", settings.bufferBytes());
        all.put("durationNs", settings.durationNs());
        all.put("roundTrips", settings.roundTrips());
        all.put("rounds", report.rounds());
        all.put("seed", settings.seed());
        all.put("kernelCongestion", settings.kernelCongestion());
        all.put("millraceCongestion", settings.millraceCongestion());
        all.put("idle", settings.idle().toString());
        return all;
    }

    private static Map<String, Object> cell(final CellResult result) {
        final List<Map<String, Object>> contenders = new ArrayList<>();
        for (final Contender contender : result.contenders()) {
            contenders.add(Map.of("contender", contender.name(), "megabitsPerSecond", result.goodput(contender),
                    "ratio", result.ratio(contender), "retransmissions", result.retransmissions(contender), "samples",
                    result.samples(contender).stream().map(JsonReport::sample).toList()));
        }
        return Map.of("lossPercent", result.cell().loss(), "rttMs", result.cell().rttMs(), "reorderPercent",
                result.cell().reordering(), "contenders", contenders);
    }

    private static Map<String, Object> sample(final Sample sample) {
        return Map.of("durationNs", sample.durationNs(), "bitsPerSecond", sample.bitsPerSecond(), "retransmissions",
                sample.retransmissions(),
                "longestSilenceNs", sample.longestSilenceNs(), "dataFrames", sample.dataFrames(), "dataLost",
                sample.dataLost(), "dataOverflowed", sample.dataOverflowed(), "notForwarded", sample.notForwarded(),
                "wireAwayNs", sample.wireAwayNs());
    }

    private static Map<String, Object> shares(final Fairness.Shares shares) {
        return Map.of("kernelBitsPerSecond", shares.kernelBits(), "millraceBitsPerSecond", shares.millraceBits(),
                "millraceShare", shares.millraceShare(), "kernelRetransmissions", shares.kernelRetransmissions(),
                "millraceRetransmissions", shares.millraceRetransmissions(), "intervalNs", Meter.INTERVAL_NS,
                "kernelBytes", list(shares.kernelIntervals()), "millraceBytes", list(shares.millraceIntervals()));
    }

    private static List<Long> list(final long[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
