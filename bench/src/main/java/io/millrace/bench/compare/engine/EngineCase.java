package io.millrace.bench.compare.engine;

import io.millrace.bench.compare.result.Cell;
import java.util.Map;

/**
 * Which benchmark is a cell's.
 *
 * @param benchmark   with all its parameters.
 * @param connections that are open.
 */
record EngineCase(JmhCase benchmark, int connections) {
    /** What {@link io.millrace.bench.compare.result.Workload#IDLE_MANY} has where the cell does not say. */
    static final int MANY = 1_000_000;

    private static final int FEW = 10;
    private static final int RANDOM = 100_000;

    /** @throws IllegalArgumentException where the engine has no such workload. */
    static EngineCase of(final Cell cell) {
        return switch (cell.workload()) {
            case SEGMENT_1 -> segments(1);
            case SEGMENT_100K -> segments(RANDOM);
            case CONNECTION -> of("wholeConnection", Map.of(), 1);
            case ENGINE_STREAM -> of("streamedBytes", Map.of("offloads", "false"), 1);
            case IDLE_10 -> idle(FEW);
            case IDLE_MANY -> idle(cell.rate() == 0 ? MANY : cell.rate());
            default -> throw new IllegalArgumentException("no engine alone does: " + cell);
        };
    }

    private static EngineCase of(final String method, final Map<String, String> parameters, final int connections) {
        return new EngineCase(new JmhCase("EngineBenchmark." + method, parameters), connections);
    }

    /** Of 64 bytes over IPv4; the engine verifies and makes every checksum itself, and acknowledges in the same turn. */
    private static EngineCase segments(final int connections) {
        return of("segmentToAck", Map.of("family", "IPV4", "connections", Integer.toString(connections), "payload",
                "64", "trusted", "false"), connections);
    }

    private static EngineCase idle(final int connections) {
        return of("idleTurn", Map.of("idleConnections", Integer.toString(connections)), connections);
    }
}
