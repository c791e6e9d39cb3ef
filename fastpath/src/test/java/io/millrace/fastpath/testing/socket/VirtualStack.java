package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.QueuePort;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One engine with its port and its clock, and what it sent. Thread: the driver's. */
final class VirtualStack implements AutoCloseable {
    private static final int MAX_TURNS = 100_000;
    private static final int SCRATCH = 1 << 16;

    private final MemoryRegion scratch = MemoryRegion.allocate("socket driver", SCRATCH);
    private final Queue<SentPacket> sent = new ArrayDeque<>();
    private final VirtualControl control;
    private final QueuePort port;
    private final StackEngine engine;
    private long nowNs;

    VirtualStack(final Setup setup, final VirtualControl control) {
        this.control = control;
        nowNs = setup.startNs();
        port = new QueuePort(Family.current().mtu(setup.mtu()));
        engine = new StackEngine(0, setup.engine(), port, control, () -> nowNs);
    }

    StackEngine engine() {
        return engine;
    }

    TcpCalls tcp() {
        return engine.tcp();
    }

    long nowNs() {
        return nowNs;
    }

    void nowNs(final long value) {
        nowNs = value;
    }

    void inject(final byte[] packet) {
        port.inject(packet);
    }

    @Nullable
    SentPacket poll() {
        return sent.poll();
    }

    /** Runs turns until the engine has nothing to do now. */
    void run() {
        for (int turn = 0; turn < MAX_TURNS; turn++) {
            if (engine.doWork() == 0 && engine.nextDeadlineNs() > nowNs) {
                collect();
                return;
            }
        }
        throw new AssertionError("the stack is never done: livelock");
    }

    /** True where a call gave the engine something to do now. */
    boolean hasWork() {
        return engine.nextDeadlineNs() <= nowNs;
    }

    private void collect() {
        for (byte[] packet = port.poll(); packet != null; packet = port.poll()) {
            sent.add(new SentPacket(nowNs, packet));
        }
    }

    /** SEND of bytes from an offset on; how many were accepted, -1 where the connection cannot send. */
    int send(final long connection, final byte[] bytes, final int offset) {
        int accepted = 0;
        while (offset + accepted < bytes.length) {
            final int length = Math.min(SCRATCH, bytes.length - offset - accepted);
            Memory.copyFromArray(bytes, offset + accepted, scratch.address(), length);
            final int taken = tcp().send(connection, scratch.address(), length);
            if (taken < 0) {
                return -1;
            }
            accepted += taken;
            if (taken < length) {
                break;
            }
        }
        if (accepted > 0) {
            tcp().flush(connection);
        }
        return accepted;
    }

    /** RECEIVE of what is there, at most so many bytes. */
    byte[] receive(final long connection, final int most) {
        final byte[] bytes = new byte[Math.min(most, tcp().available(connection))];
        int received = 0;
        while (received < bytes.length) {
            final int length = tcp().receive(connection, scratch.address(), Math.min(SCRATCH, bytes.length - received));
            if (length <= 0) {
                throw new AssertionError("available() promised " + bytes.length + " bytes, receive gave " + received);
            }
            Memory.copyToArray(scratch.address(), bytes, received, length);
            received += length;
        }
        return bytes;
    }

    /** Gives everything back; fails where the duty cycle caught an exception or a frame is lost. */
    @Override
    public void close() {
        final long exceptions = engine.counters().get(Counter.EXCEPTIONS);
        engine.requestClose();
        final int lost = port.frames() - port.available();
        port.close();
        scratch.close();
        if (exceptions != 0 || lost != 0) {
            throw new AssertionError("closed with " + exceptions + " exceptions and " + lost + " frames lost",
                    control.defect());
        }
    }
}
