package io.millrace.nativeports.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.DeviceRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two ports of DPDK's net_ring on crossed rings, one ring for each queue and direction: what a queue of one port sends the
 * same queue of the other receives. Close the devices on them first. Thread: one.
 */
public final class Rings implements AutoCloseable {
    /** EAL as every test starts it. */
    public static final String EAL = "--no-huge -m 512 --no-pci";

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int SINGLE_PRODUCER_AND_CONSUMER = 3;

    private final int queues;
    /** By side and queue: the side receives from it. */
    private final long[][] rings;
    private final String[] ports = new String[2];

    /** @param length frames of each ring, a power of two; it holds one less. */
    public Rings(final int length) throws IOException {
        this(length, 1);
    }

    /** @param queues of each port. */
    public Rings(final int length, final int queues) throws IOException {
        startEal();
        this.queues = queues;
        rings = new long[2][queues];
        synchronized (Eal.class) {
            final String name = "crossing_" + NUMBER.incrementAndGet() + "_";
            for (int side = 0; side < 2; side++) {
                for (int queue = 0; queue < queues; queue++) {
                    rings[side][queue] = ring(name + side + "_" + queue, length);
                }
            }
            for (int side = 0; side < 2; side++) {
                ports[side] = port(name + side, rings[side], rings[1 - side]);
            }
        }
    }

    /** EAL's threads live where it is started: not in a namespace that a test means to remove. */
    public static void startEal() throws IOException {
        synchronized (Eal.class) {
            Eal.start(DpdkArguments.parse(EAL));
        }
    }

    /** What to open for a side, as the argument of {@code dpdk:}. */
    public String argument(final int side) {
        return EAL + " -- port=" + ports[side];
    }

    DpdkDevice open(final int side, final int frames) throws IOException {
        return DpdkDevice.open(new DeviceRequest(argument(side), 1_500, queues, frames, true, false, null));
    }

    private static long ring(final String name, final int length) {
        try (Arena arena = Arena.ofConfined()) {
            final long ring = NativeFunction.of(library("ring"), "rte_ring_create").callForLong(
                    arena.allocateFrom(name).address(), length, 0, SINGLE_PRODUCER_AND_CONSUMER);
            assertThat(ring).isNotZero();
            return ring;
        }
    }

    private static String port(final String name, final long[] receive, final long[] transmit) {
        try (Arena arena = Arena.ofConfined()) {
            final int port = NativeFunction.of(library("net_ring"), "rte_eth_from_rings").call(
                    arena.allocateFrom(name).address(), arena.allocateFrom(ValueLayout.JAVA_LONG, receive).address(),
                    receive.length, arena.allocateFrom(ValueLayout.JAVA_LONG, transmit).address(), transmit.length, 0);
            assertThat(port).isNotNegative();
            return Ethdev.name(port);
        }
    }

    private static SymbolLookup library(final String name) {
        return Libraries.load(name);
    }

    @Override
    public void close() {
        synchronized (Eal.class) {
            for (final long[] side : rings) {
                for (final long ring : side) {
                    NativeFunction.of(library("ring"), "rte_ring_free").call(ring);
                }
            }
        }
    }
}
