package io.millrace.fastpath.simulation;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import java.util.EnumMap;
import java.util.Map;

/**
 * What happened in simulations: shows that their networks were as bad, and their connections as good, as they should
 * be. Thread: one.
 */
final class Tally {
    private final Map<Counter, Long> counters = new EnumMap<>(Counter.class);
    private int connections;
    private int whole;
    private long bytes;
    private long steps;

    void add(final EngineCounters engine) {
        for (final Counter counter : Counter.values()) {
            counters.merge(counter, engine.get(counter), Long::sum);
        }
    }

    void add(final SimulatedConnection connection) {
        connections++;
        whole += connection.isWhole() ? 1 : 0;
        bytes += connection.bytes();
    }

    void addSteps(final long count) {
        steps += count;
    }

    long count(final Counter counter) {
        return counters.getOrDefault(counter, 0L);
    }

    int connections() {
        return connections;
    }

    /** Connections of which each end received all that the other had. */
    int whole() {
        return whole;
    }

    /** Steps of all hosts. */
    long steps() {
        return steps;
    }

    /** Bytes that applications received in all. */
    long bytes() {
        return bytes;
    }

    @Override
    public String toString() {
        return connections + " connections, " + whole + " of them whole, " + bytes + " bytes in " + steps + " steps, "
                + counters;
    }
}
