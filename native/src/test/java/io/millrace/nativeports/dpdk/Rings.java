package io.millrace.nativeports.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.DeviceRequest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two ports of DPDK's net_ring on two rings: what one sends the other receives. Close the devices on them first. Thread:
 * one.
 */
public final class Rings implements AutoCloseable {
    /** EAL as every test starts it. */
    public static final String EAL = "--no-huge -m 512 --no-pci";

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int SINGLE_PRODUCER_AND_CONSUMER = 3;

    private final long[] rings = new long[2];
    private final String[] ports = new String[2];

    /** @param length frames of each ring, a power of two; it holds one less. */
    public Rings(final int length) throws IOException {
        startEal();
        synchronized (Eal.class) {
            final int number = NUMBER.incrementAndGet();
            for (int i = 0; i < 2; i++) {
                rings[i] = ring("crossing_" + number + "_" + i, length);
            }
            for (int i = 0; i < 2; i++) {
                ports[i] = port("crossing_" + number + "_" + i, rings[i], rings[1 - i]);
            }
        }
    }

    /** EAL's threads live where it is started: not in a namespace that a test means to remove. */
    public static void startEal() throws IOException {
        synchronized (Eal.class) {
            Eal.start(DpdkArguments.parse(EAL));
        }
    }

    /** Address of one of the rings: side 0 receives from ring 0. */
    public long ring(final int index) {
        return rings[index];
    }

    /** What to open for a side, as the argument of {@code dpdk:}. */
    public String argument(final int side) {
        return EAL + " -- port=" + ports[side];
    }

    DpdkDevice open(final int side, final int frames) throws IOException {
        return DpdkDevice.open(new DeviceRequest(argument(side), 1_500, 1, frames, true, false, null));
    }

    private static long ring(final String name, final int length) {
        try (Arena arena = Arena.ofConfined()) {
            final long ring = NativeFunction.of(library("ring"), "rte_ring_create").callForLong(
                    arena.allocateFrom(name).address(), length, 0, SINGLE_PRODUCER_AND_CONSUMER);
            assertThat(ring).isNotZero();
            return ring;
        }
    }

    private static String port(final String name, final long receive, final long transmit) {
        try (Arena arena = Arena.ofConfined()) {
            final long array = arena.allocate(2L * Long.BYTES, Long.BYTES).address();
            Memory.putLong(array, receive);
            Memory.putLong(array + Long.BYTES, transmit);
            final int port = NativeFunction.of(library("net_ring"), "rte_eth_from_rings").call(
                    arena.allocateFrom(name).address(), array, 1, array + Long.BYTES, 1, 0);
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
            for (final long ring : rings) {
                NativeFunction.of(library("ring"), "rte_ring_free").call(ring);
            }
        }
    }
}
