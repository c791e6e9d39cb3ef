package io.millrace.config;

import io.millrace.fastpath.engine.EngineMemory;
import io.millrace.fastpath.ip.SegmentInbox;
import io.millrace.fastpath.netty.MillraceTransport;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The off-heap memory that a configuration asks for, part by part, before anything of it is taken. It is reserved at start,
 * and becomes resident only as it is used: the total is what it can come to. Thread: any.
 *
 * @param parts      in the order of the tables.
 * @param limitBytes what there is: {@link EngineKeys#MEMORY_LIMIT}, or the machine's memory, or the container's.
 */
public record MemoryPlan(List<Part> parts, long limitBytes) {
    private static final int EVENT_RING = 1 << 16;
    private static final int MIB_SHIFT = 20;
    private static final int CULPRITS = 3;

    /**
     * @param name   what it is for.
     * @param engines how many there are of it.
     * @param bytes  of each.
     * @param key    that decides about it; "" where none does.
     */
    public record Part(String name, int engines, long bytes, String key) {
        /** Of all engines. */
        public long total() {
            return engines * bytes;
        }
    }

    /** What this configuration asks for. */
    public static MemoryPlan of(final MillraceConfig config) {
        final int engines = config.get(ThreadingKeys.ENGINES);
        final EngineMemory memory = EngineMemory.of(config.engineSettings());
        final List<Part> parts = new ArrayList<>();
        parts.add(new Part("connections", engines, memory.connections(), EngineKeys.MAX_CONNECTIONS.path()));
        parts.add(new Part("flow table", engines, memory.flowTable(), EngineKeys.MAX_CONNECTIONS.path()));
        parts.add(new Part("TIME_WAIT", engines, memory.timeWait(), EngineKeys.MAX_TIME_WAIT.path()));
        parts.add(new Part("send and receive buffers", engines, memory.buffers(), EngineKeys.SLAB.path()));
        parts.add(new Part("datagrams", engines, memory.datagrams(), EngineKeys.DATAGRAMS.path()));
        parts.add(new Part("fragments", engines, memory.fragments(), IpKeys.REASSEMBLY_MEMORY.path()));
        parts.addAll(new PortMemory(config, "the port", PortKeys.FRAMES).parts());
        for (int link = 1; link < config.links(); link++) {
            final MillraceConfig port = config.link(link);
            parts.addAll(new PortMemory(port, port.get(PortKeys.DEVICE).toString(), PortKeys.FURTHER).parts());
        }
        parts.add(new Part("rings between threads", engines,
                memory.rings() + EVENT_RING + (engines > 1 ? SegmentInbox.BYTES : 0), ""));
        parts.add(new Part("buffers of small reads", engines, MillraceTransport.READ_BUFFER_BYTES, ""));
        final long limit = config.get(EngineKeys.MEMORY_LIMIT);
        return new MemoryPlan(List.copyOf(parts), limit == 0 ? machineBytes() : limit);
    }

    /** Of the container where there is one: the JDK looks at its control group. */
    private static long machineBytes() {
        return ManagementFactory
                .getOperatingSystemMXBean() instanceof final com.sun.management.OperatingSystemMXBean machine
                        ? machine.getTotalMemorySize()
                        : Long.MAX_VALUE;
    }

    /** All parts of all engines, in bytes. */
    public long total() {
        return parts.stream().mapToLong(Part::total).sum();
    }

    /** True where there is so much memory. */
    public boolean fits() {
        return total() <= limitBytes;
    }

    /** A sentence that says how much there is, how much is asked for, and by which keys. */
    public String refusal() {
        final String keys = parts.stream().filter(part -> !part.key().isEmpty())
                .sorted(Comparator.comparingLong(Part::total).reversed()).limit(CULPRITS)
                .map(part -> part.key() + " (" + part.name() + ", " + mib(part.total()) + " MiB)")
                .collect(Collectors.joining(", "));
        return "the stack may come to " + mib(total()) + " MiB of memory outside of the heap, but there are only "
                + mib(limitBytes) + " MiB: lower " + keys + " or " + ThreadingKeys.ENGINES
                + "; or raise " + EngineKeys.MEMORY_LIMIT + ", since memory that is not used is not taken";
    }

    /** In whole MiB, rounded up. */
    public static long mib(final long bytes) {
        return (bytes >> MIB_SHIFT) + ((bytes & (1 << MIB_SHIFT) - 1) == 0 ? 0 : 1);
    }
}
