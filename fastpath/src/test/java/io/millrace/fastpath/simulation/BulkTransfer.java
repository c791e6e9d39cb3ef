package io.millrace.fastpath.simulation;

import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.StandInListener;
import io.millrace.fastpath.wire.IpAddress;
import java.util.Random;

/**
 * One stack sends as fast as it may, another reads at once, over a link of given kind, in virtual time: the same numbers
 * on every machine. Thread: one.
 */
final class BulkTransfer {
    private static final int BYTES = 16 << 20;
    private static final long LIMIT_NS = 30_000_000_000L;
    private static final long TURN_NS = 1_000;
    private static final int PORT = 80;
    private static final int SCRATCH = 1 << 16;
    private static final int PACKET = 1_500;
    private static final int LEAST_QUEUE = 65_536;
    private static final int LEAST_FRAMES = 512;
    private static final double NS_PER_SECOND = 1e9;
    private static final EngineSettings ENGINE = new EngineSettings(16, 16, 1 << 24, 64, 1 << 16, 16, 4, 1_000);

    private final Link kind;
    private final TcpSettings settings;
    private long nowNs = 1_000_000_000L;
    private long received;
    private boolean wasIdle;

    /**
     * @param kind     of link, the same in both directions.
     * @param settings of both ends.
     */
    BulkTransfer(final Link kind, final TcpSettings settings) {
        this.kind = kind;
        this.settings = settings;
    }

    /**
     * A link whose queue holds what half a round trip brings, and 64 KiB.
     *
     * @param loss probability that a packet vanishes.
     */
    record Link(long bitsPerSecond, long rttNs, double loss) {
        int queueBytes() {
            return (int) (LEAST_QUEUE + bitsPerSecond / Byte.SIZE * (rttNs / NS_PER_SECOND) / 2);
        }

        Faults faults() {
            return Faults.builder().bottleneck(bitsPerSecond, queueBytes()).delay(rttNs / 2).loss(loss).build();
        }

        /** Enough for all that can be on the way. */
        int frames() {
            return LEAST_FRAMES + 3 * queueBytes() / PACKET;
        }
    }

    /** Bits of text a second that arrived, from the call to connect to the last byte, or in the first 30 seconds. */
    double goodput() {
        final long startNs = nowNs;
        try (MemoryLink link = MemoryLink.builder().ethernet(false).framesPerSide(kind.frames()).queueLength(1 << 14)
                .build();
                MemoryRegion scratch = MemoryRegion.allocate("bulk transfer", SCRATCH)) {
            final PacketPort left = new FaultInjectionPort(link.side(0).queue(0), Faults.NONE, kind.faults(), 1);
            final PacketPort right = new FaultInjectionPort(link.side(1).queue(0), Faults.NONE, kind.faults(), 2);
            final SimulatedControl here = new SimulatedControl(SimulatedRouter.address(0), new Random(1));
            final SimulatedControl there = new SimulatedControl(SimulatedRouter.address(1), new Random(2));
            final StackEngine sender = new StackEngine(0, ENGINE, left, here, () -> nowNs);
            final StackEngine receiver = new StackEngine(0, ENGINE, right, there, () -> nowNs);
            there.listen(PORT, new Listener(receiver.tcp(), scratch));
            sender.tcp().connect(0, 0, 0, 0, IpAddress.v4(SimulatedRouter.address(1)), PORT, settings,
                    (handle, events) -> fill(sender.tcp(), handle, scratch));
            while (received < BYTES && nowNs - startNs < LIMIT_NS) {
                turn(sender, receiver);
            }
            sender.requestClose();
            receiver.requestClose();
            left.close();
            right.close();
        }
        return received * Byte.SIZE / ((nowNs - startNs) / NS_PER_SECOND);
    }

    private void turn(final StackEngine sender, final StackEngine receiver) {
        final boolean idle = sender.doWork() + receiver.doWork() == 0;
        if (!idle) {
            nowNs += TURN_NS;
        } else if (wasIdle) {
            // a frame whose delay was over is no work for the port that it left, but for the other in the next turn
            nowNs = Math.max(nowNs, Math.min(sender.nextDeadlineNs(), receiver.nextDeadlineNs()));
        }
        wasIdle = idle && !wasIdle;
    }

    private static void fill(final TcpCalls tcp, final long handle, final MemoryRegion scratch) {
        while (tcp.send(handle, scratch.address(), SCRATCH) == SCRATCH) {
            // until the send buffer is full
        }
        tcp.flush(handle);
    }

    private void drain(final TcpCalls tcp, final long handle, final MemoryRegion scratch) {
        for (int taken = tcp.receive(handle, scratch.address(), SCRATCH); taken > 0; taken = tcp.receive(handle,
                scratch.address(), SCRATCH)) {
            received += taken;
        }
    }

    /** Accepts at once. */
    private final class Listener extends StandInListener implements ConnectionHandler {
        private final TcpCalls tcp;
        private final MemoryRegion scratch;

        Listener(final TcpCalls tcp, final MemoryRegion scratch) {
            super(1, 1, settings);
            this.tcp = tcp;
            this.scratch = scratch;
        }

        @Override
        public void onReady(final long connection, final int events) {
            drain(tcp, connection, scratch);
        }

        @Override
        public boolean offer(final int engine, final long connection) {
            return tcp.attach(connection, this);
        }
    }
}
