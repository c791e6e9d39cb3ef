package io.millrace.bench.compare.node;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.run.Arena;
import io.millrace.bench.compare.run.ArenaFactory;
import io.millrace.bench.compare.run.SkippedCellException;
import io.millrace.bench.compare.work.Loops;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.agrona.CloseHelper;

/**
 * Both ends on this host: in one process, or in two that the kernel's loopback or a shared memory joins.
 * <p>
 * Where connections come and go, clients go to {@value #ADDRESSES} addresses of the service in turn, of the kernel's loopback
 * as of a stack: each has ports of its own, so that those in TIME_WAIT are not in the way. The kernel's
 * ends have a namespace of their own ({@link KernelHost}); settings of the machine stay as they are.
 */
public final class LocalArenas implements ArenaFactory {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String LOOPBACK_RANGE = "127.0.1.1";
    private static final int ADDRESSES = 250;
    private static final int CROWD = 10_000;
    /** Of those that are active, both ends, and of the JVM. */
    private static final int OTHER_FILES = 400;

    private final long warmMs;

    /** @param warmMs as long at the most a load runs once before anything is measured, so that its code is compiled. */
    public LocalArenas(final long warmMs) {
        this.warmMs = warmMs;
    }

    @Override
    public Arena open(final Cell cell) throws IOException, SkippedCellException {
        final NodeArena arena = switch (cell.placement()) {
            case ONE_LOOP -> oneProcess(cell, Role.ONE_LOOP);
            case TWO_LOOPS -> oneProcess(cell, Role.TWO_LOOPS);
            case PROCESSES -> twoProcesses(cell);
            case ENGINE, NAMESPACES, NAMESPACES_PLAIN -> throw new SkippedCellException(
                    cell.placement() + " is no placement on one host");
        };
        try {
            arena.warm(warmMs);
            return arena;
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietClose(arena);
            throw e;
        }
    }

    /** What the kernel's ends that were opened here send with. */
    public static String congestionControl() {
        return KernelHost.congestionControl();
    }

    private static NodeArena oneProcess(final Cell cell, final Role role) throws IOException, SkippedCellException {
        if (cell.contender().isMillrace() && cell.contender() != Contender.MILLRACE_MEMORY) {
            throw new SkippedCellException(cell.contender() + " joins no ends of one process");
        }
        if (cell.contender().isMillrace()) {
            return connected(cell, List.of(new NodeSpec(role, cell)), List.of(), () -> {});
        }
        if (cell.workload() == Workload.CROWD) {
            checkOpenFiles(cell.rate() == 0 ? CROWD : cell.rate());
        }
        final KernelHost host = KernelHost.open();
        return connected(cell, List.of(new NodeSpec(role, cell)), host.prefix(), host::close);
    }

    /** A connection of the kernel's has a socket at each end. */
    private static void checkOpenFiles(final long connections) throws IOException, SkippedCellException {
        final long needed = 2 * connections + OTHER_FILES;
        final long limit = NodeProcess.openFiles();
        if (limit < needed) {
            throw new SkippedCellException("both ends in one process need " + needed + " open files, and it may have "
                    + limit + " (ulimit -n)");
        }
    }

    private static NodeArena twoProcesses(final Cell cell) throws IOException, SkippedCellException {
        if (!cell.contender().isMillrace()) {
            final KernelHost host = KernelHost.open();
            return connected(cell, List.of(new NodeSpec(Role.SERVER, cell), new NodeSpec(Role.CLIENT, cell)),
                    host.prefix(), host::close);
        }
        if (cell.contender() != Contender.MILLRACE_SHM) {
            throw new SkippedCellException(cell.contender() + " joins no processes of one host");
        }
        final SharedFile file = new SharedFile();
        final Map<String, String> device = Map.of("millrace.port.device", "shm:" + file.path());
        return connected(cell,
                List.of(new NodeSpec(Role.SERVER, cell, device), new NodeSpec(Role.CLIENT, cell, device)), List.of(),
                file::close);
    }

    /** @param afterwards takes back what was set up for the processes, also where they cannot be started. */
    private static NodeArena connected(final Cell cell, final List<NodeSpec> specs, final List<String> prefix,
            final Runnable afterwards) throws IOException {
        final List<NodeProcess> nodes = new ArrayList<>();
        try {
            for (final NodeSpec spec : specs) {
                nodes.add(NodeProcess.start(spec, prefix));
            }
            final int port = nodes.getFirst().serve(0);
            final boolean visits = cell.workload() == Workload.SHORT_CLIENT_CLOSES
                    || cell.workload() == Workload.SHORT_SERVER_CLOSES;
            nodes.getLast().connect(address(cell.contender(), visits), visits ? ADDRESSES : 1, port);
            return new NodeArena(cell, nodes.getFirst(), nodes.size() == 1 ? null : nodes.getLast(), false, afterwards);
        } catch (final IOException | RuntimeException e) {
            CloseHelper.quietCloseAll(nodes);
            afterwards.run();
            throw e;
        }
    }

    private static String address(final Contender contender, final boolean range) {
        if (contender.isMillrace()) {
            return range ? Loops.SERVER_RANGE : Loops.SERVER;
        }
        return range ? LOOPBACK_RANGE : LOOPBACK;
    }
}
