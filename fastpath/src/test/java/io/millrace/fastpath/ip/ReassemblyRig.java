package io.millrace.fastpath.ip;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.Ipv4Header;
import java.util.EnumMap;
import java.util.Map;

/** A reassembly without a stack around it. Thread: the test's. */
final class ReassemblyRig implements AutoCloseable {
    static final long START_NS = -5_000_000_000L;

    private final EngineCounters counters = new EngineCounters();
    private final MemoryRegion memory = MemoryRegion.allocate("test fragment", 1 << 17);
    private final Ipv4Header header = new Ipv4Header();
    private final Fragment fragment = new Fragment();
    final Reassembly reassembly;
    long nowNs = START_NS;

    ReassemblyRig() {
        this(ReassemblySettings.DEFAULT);
    }

    ReassemblyRig(final ReassemblySettings settings) {
        reassembly = new Reassembly(settings, counters, 42);
    }

    /** Gives it a fragment; true where the datagram is complete. */
    boolean add(final byte[] packet) {
        Memory.copyFromArray(packet, 0, memory.address(), packet.length);
        if (!header.wrap(memory.address(), packet.length) || !header.checksumValid()) {
            throw new AssertionError("not a packet");
        }
        return reassembly.add(fragment.of(header), nowNs);
    }

    /** The datagram put together last; its header has been checked. */
    byte[] datagram() {
        if (!header.wrap(reassembly.datagram(), Ipv4Header.MAX_TOTAL_LENGTH) || !header.checksumValid()
                || header.isFragment()) {
            throw new AssertionError("not a whole packet: " + header);
        }
        final byte[] packet = new byte[header.totalLength()];
        Memory.copyToArray(header.address(), packet, 0, packet.length);
        return packet;
    }

    /** The bytes above IP of the same. */
    byte[] payload() {
        datagram();
        final byte[] payload = new byte[header.payloadLength()];
        Memory.copyToArray(header.payloadAddress(), payload, 0, payload.length);
        return payload;
    }

    /** Every counter that counted anything. */
    Map<Counter, Long> counters() {
        final Map<Counter, Long> counted = new EnumMap<>(Counter.class);
        for (final Counter counter : Counter.values()) {
            if (counters.get(counter) != 0) {
                counted.put(counter, counters.get(counter));
            }
        }
        return counted;
    }

    long counter(final Counter counter) {
        return counters.get(counter);
    }

    @Override
    public void close() {
        reassembly.close();
        memory.close();
        counters.close();
    }
}
