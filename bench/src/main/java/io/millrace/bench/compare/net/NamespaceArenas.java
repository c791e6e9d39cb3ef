package io.millrace.bench.compare.net;

import io.millrace.bench.compare.node.NodeArena;
import io.millrace.bench.compare.node.NodeProcess;
import io.millrace.bench.compare.node.NodeSpec;
import io.millrace.bench.compare.node.Role;
import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.run.Arena;
import io.millrace.bench.compare.run.ArenaFactory;
import io.millrace.bench.compare.run.SkippedCellException;
import io.millrace.bench.compare.work.Loops;
import io.millrace.bench.machine.Namespace;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;

/**
 * A server that is exchanged, and the kernel's client in a namespace of its own, one and the same for all: ping-pong by a
 * spinning socket, everything else by Netty's epoll, HTTP by wrk. Both kernels run CUBIC.
 */
public final class NamespaceArenas implements ArenaFactory {
    private static final int HTTP_PORT = 80;
    /** Of the service, which connections that come and go go to in turn: ports of the one client for 60,000 each. */
    private static final int ADDRESSES = 250;

    private final long warmMs;

    /** @param warmMs as long a load runs once before anything is measured, so that its code is compiled. */
    public NamespaceArenas(final long warmMs) {
        this.warmMs = warmMs;
    }

    @Override
    public Arena open(final Cell cell) throws IOException, SkippedCellException {
        final Contender contender = cell.contender();
        if (contender == Contender.MILLRACE_MEMORY || contender == Contender.MILLRACE_SHM) {
            throw new SkippedCellException(contender + " joins no stack with the kernel");
        }
        final Topology topology = topology(cell);
        NodeProcess server = null;
        try {
            server = start(Role.SERVER, cell, topology);
            final int port = server.serve(cell.workload() == Workload.HTTP ? HTTP_PORT : 0);
            topology.serverIsUp();
            return cell.workload() == Workload.HTTP
                    ? http(cell, topology, server)
                    : nodes(cell, topology, server, port);
        } catch (final IOException | SkippedCellException | RuntimeException e) {
            CloseHelper.quietCloseAll(server, topology);
            throw e;
        }
    }

    private static Topology topology(final Cell cell) throws SkippedCellException {
        final boolean offloads = switch (cell.placement()) {
            case NAMESPACES -> true;
            case NAMESPACES_PLAIN -> false;
            case ENGINE, ONE_LOOP, TWO_LOOPS, PROCESSES -> throw new SkippedCellException(
                    cell.placement() + " needs no namespaces");
        };
        try {
            return Topology.open(cell.contender(), offloads);
        } catch (final IOException e) {
            throw new SkippedCellException("needs root, ip (package iproute2) and ethtool: " + e.getMessage());
        }
    }

    private static NodeProcess start(final Role role, final Cell cell, final Topology topology) throws IOException {
        final boolean serves = role == Role.SERVER;
        final Namespace where = serves ? topology.server() : topology.client();
        return NodeProcess.start(
                serves ? new NodeSpec(role, cell, topology.settings()) : new NodeSpec(role, ofKernel(cell)),
                List.of("ip", "netns", "exec", where.name()));
    }

    /** What the client is told: its transport is always the same. */
    private static Cell ofKernel(final Cell cell) {
        return new Cell(cell.workload(), cell.placement(), Contender.EPOLL, cell.rate());
    }

    private Arena nodes(final Cell cell, final Topology topology, final NodeProcess server, final int port)
            throws IOException {
        final NodeProcess client = start(isPingPong(cell.workload()) ? Role.RAW_CLIENT : Role.CLIENT, cell, topology);
        final NodeArena arena = new NodeArena(cell, server, client, true, topology::close);
        try {
            final boolean visits = cell.workload() == Workload.SHORT_CLIENT_CLOSES
                    || cell.workload() == Workload.SHORT_SERVER_CLOSES;
            client.connect(visits ? Loops.SERVER_RANGE : Loops.SERVER, visits ? ADDRESSES : 1, port);
            arena.warm(warmMs);
            return arena;
        } catch (final IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private Arena http(final Cell cell, final Topology topology, final NodeProcess server)
            throws IOException, SkippedCellException {
        final Wrk wrk = new Wrk();
        try {
            final HttpArena arena = new HttpArena(cell, topology, server, wrk);
            arena.warm(TimeUnit.MILLISECONDS.toNanos(warmMs));
            return arena;
        } catch (final IOException | RuntimeException e) {
            wrk.close();
            throw e;
        }
    }

    private static boolean isPingPong(final Workload workload) {
        return workload == Workload.PING_PONG_64 || workload == Workload.PING_PONG_1K;
    }
}
