package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Link state and losses of a port, as the driver tells them now and then. Thread: {@link #look} with {@link Eal}'s lock
 * held; the rest any.
 */
final class PortState {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DpdkDevice.class);
    private static final long LINK_UP = Abi.number(
            "((union { struct rte_eth_link link; long number; }) { .link = { .link_status = 1 } }).number");
    private static final String STATS = "rte_eth_stats";
    private static final int MISSED = Abi.offset(STATS, "imissed");
    private static final int RX_ERRORS = Abi.offset(STATS, "ierrors");
    private static final int TX_ERRORS = Abi.offset(STATS, "oerrors");
    private static final int NO_MBUF = Abi.offset(STATS, "rx_nombuf");

    private final int port;
    private final String name;
    @Nullable
    private final XdpInterface below;
    private volatile boolean up = true;
    private volatile long dropped;

    /** @param below knows whether the link is up where the driver does not; null where it does. */
    PortState(final int port, final String name, final @Nullable XdpInterface below) {
        this.port = port;
        this.name = name;
        this.below = below;
    }

    boolean isUp() {
        return up;
    }

    /** Frames, since the port was started. */
    long dropped() {
        return dropped;
    }

    /** Asks the driver; says where the link has come or gone. */
    void look() {
        try (MemoryRegion answer = MemoryRegion.allocate("answer of DPDK", Abi.size(STATS))) {
            final long address = answer.address();
            // A driver that cannot tell any more has lost its device.
            final boolean now = Ethdev.LINK.call(port, address) >= 0 && (Memory.getLong(address) & LINK_UP) != 0
                    && (below == null || below.isUp());
            if (now != up) {
                up = now;
                LOGGER.warn("the link of DPDK's port {} is {}", name, now ? "up" : "down: frames to be sent are lost");
            }
            if (Ethdev.STATS.call(port, address) == 0) {
                dropped = Memory.getLong(address + MISSED) + Memory.getLong(address + RX_ERRORS)
                        + Memory.getLong(address + TX_ERRORS) + Memory.getLong(address + NO_MBUF);
            }
        }
    }
}
