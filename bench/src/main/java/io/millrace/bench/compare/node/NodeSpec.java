package io.millrace.bench.compare.node;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import java.util.List;
import java.util.Map;

/**
 * What a process shall be.
 *
 * @param cell     whose workload it does; the transport of this process is the cell's contender.
 * @param settings of its stack, as system properties: {@code millrace.port.device} and what else differs from
 *                 {@link io.millrace.bench.compare.work.Loops}.
 */
public record NodeSpec(Role role, Cell cell, Map<String, String> settings) {
    /** The map is copied. */
    public NodeSpec {
        settings = Map.copyOf(settings);
    }

    /** With the settings that stacks have anyway. */
    public NodeSpec(final Role role, final Cell cell) {
        this(role, cell, Map.of());
    }

    /** As arguments of a command line, without the settings. */
    List<String> arguments() {
        return List.of(role.name(), cell.workload().name(), cell.placement().name(), cell.contender().name(),
                String.valueOf(cell.rate()));
    }

    static NodeSpec parse(final String... arguments) {
        return new NodeSpec(Role.valueOf(arguments[0]),
                new Cell(Workload.valueOf(arguments[1]), Placement.valueOf(arguments[2]),
                        Contender.valueOf(arguments[3]), Integer.parseInt(arguments[4])));
    }
}
