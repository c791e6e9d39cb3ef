package io.millrace.bench.compare.engine;

import io.millrace.bench.compare.result.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which benchmark is a cell's.
 *
 * @param method      of {@link io.millrace.bench.EngineBenchmark}.
 * @param parameters  of JMH, one value each.
 * @param connections that are open.
 */
record EngineCase(String method, Map<String, String> parameters, int connections) {
    /** What {@link io.millrace.bench.compare.result.Workload#IDLE_MANY} has where the cell does not say. */
    static final int MANY = 1_000_000;

    private static final int FEW = 10;
    private static final int RANDOM = 100_000;
    private static final String CLASS = "io.millrace.bench.EngineBenchmark";

    /** @throws IllegalArgumentException where the engine has no such workload. */
    static EngineCase of(final Cell cell) {
        return switch (cell.workload()) {
            case SEGMENT_1 -> segments(1);
            case SEGMENT_100K -> segments(RANDOM);
            case CONNECTION -> new EngineCase("wholeConnection", Map.of(), 1);
            case ENGINE_STREAM -> new EngineCase("streamedBytes", Map.of("offloads", "false"), 1);
            case IDLE_10 -> idle(FEW);
            case IDLE_MANY -> idle(cell.rate() == 0 ? MANY : cell.rate());
            default -> throw new IllegalArgumentException("no engine alone does: " + cell);
        };
    }

    /** Of 64 bytes over IPv4; the engine verifies and makes every checksum itself, and acknowledges in the same turn. */
    private static EngineCase segments(final int connections) {
        return new EngineCase("segmentToAck", Map.of("family", "IPV4", "connections", Integer.toString(connections),
                "payload", "64", "trusted", "false"), connections);
    }

    private static EngineCase idle(final int connections) {
        return new EngineCase("idleTurn", Map.of("idleConnections", Integer.toString(connections)), connections);
    }

    /** What {@link EngineNode} is told. */
    List<String> arguments() {
        final List<String> arguments = new ArrayList<>(List.of("^" + CLASS + "." + method + "$"));
        new TreeMap<>(parameters).forEach((name, value) -> arguments.add(name + "=" + value));
        return arguments;
    }
}
