package io.millrace.fastpath.port;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A queue of a device that several engines share. Whoever finds it free holds it for a moment ({@link #tryHold}): sends what
 * all of them have for it, takes back the frames that they are done with, receives, and hands out what came by the flows'
 * hash. Nobody waits for it, and nobody holds it over more than calls of the port, so an engine that stands still keeps none
 * of the others from anything: what comes for it fills its ring, and is dropped and counted then.
 * <p>
 * Thread: who holds it, but for what says otherwise.
 */
final class SharedQueue {
    private static final int BURST = 64;
    private static final VarHandle HELD = handle("held", boolean.class);
    private static final VarHandle SERVED_NS = handle("servedNs", long.class);
    private static final VarHandle DEADLINE_NS = handle("deadlineNs", long.class);

    private final PacketPort port;
    private final FlowReader flows;
    private final SpreadLane[] lanes;
    private final int index;
    private final long[] burst = new long[BURST];
    @SuppressWarnings("unused")
    private boolean held;
    private long servedNs;
    private long deadlineNs = Long.MAX_VALUE;
    private volatile long dropped;
    private volatile long synsDropped;
    private volatile boolean sending;
    private int openPorts;
    private boolean closed;

    /**
     * @param index   of the device's queue.
     * @param port    of it; closed with the last of the engines' ports.
     * @param engines that share it.
     * @param length  of each engine's ways in and out, a power of two.
     */
    SharedQueue(final int index, final PacketPort port, final FlowReader flows, final int engines, final int length) {
        this.index = index;
        this.port = port;
        this.flows = flows;
        openPorts = engines;
        lanes = new SpreadLane[engines];
        final int all = Integer.highestOneBit(2 * port.frames() - 1);
        for (int i = 0; i < engines; i++) {
            lanes[i] = new SpreadLane(length, Math.max(all, length), BURST);
        }
    }

    private static VarHandle handle(final String name, final Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(SharedQueue.class, name, type);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Thread: any. */
    SpreadLane lane(final int engine) {
        return lanes[engine];
    }

    /** The port, for what never changes (any thread), and for who holds the queue. */
    PacketPort port() {
        return port;
    }

    /** True where it was free: it is the caller's until {@link #letGo}. Thread: any. */
    boolean tryHold() {
        return !(boolean) HELD.getOpaque(this) && HELD.compareAndSet(this, false, true);
    }

    /** The same, where it cannot be put off: others hold it for a moment only. Thread: any. */
    void hold() {
        while (!tryHold()) {
            Thread.onSpinWait();
        }
    }

    void letGo() {
        HELD.setRelease(this, false);
    }

    /** True where nobody has served it for so long. Thread: any. */
    boolean isNeglected(final long nowNs, final long limitNs) {
        return nowNs - (long) SERVED_NS.getOpaque(this) > limitNs;
    }

    /** When it must be served next, whatever comes; {@link Long#MIN_VALUE} where frames wait for the port. Thread: any. */
    long nextDeadlineNs() {
        return sending ? Long.MIN_VALUE : (long) DEADLINE_NS.getOpaque(this);
    }

    /** Frames that the device lost, as last seen. Thread: any. */
    long dropped() {
        return dropped;
    }

    /** SYNs that the device lost, as last seen. Thread: any. */
    long synsDropped() {
        return synsDropped;
    }

    /** Everything. @param self the engine that does it, which gets what is for anybody. */
    void serve(final int self, final long nowNs) {
        SERVED_NS.setOpaque(this, nowNs);
        takeBack();
        flush(nowNs);
        final int received = port.receive(burst, 0, BURST, nowNs);
        for (int i = 0; i < received; i++) {
            handOut(burst[i], self);
        }
        if (received > 0) {
            for (final SpreadLane lane : lanes) {
                if (lane.touched) {
                    lane.publish();
                }
            }
        }
        DEADLINE_NS.setOpaque(this, port.nextDeadlineNs());
    }

    private void handOut(final long frame, final int self) {
        final int queue = flows.queue(frame);
        final SpreadLane lane = lanes[queue == FlowReader.ANYBODY ? self : queue];
        Frame.origin(frame, index, false);
        if (lane.inbound.put(frame)) {
            lane.touched = true;
        } else {
            lane.dropped = lane.dropped + 1;
            port.release(frame);
        }
    }

    /** Frames that engines are done with. */
    private void takeBack() {
        for (final SpreadLane lane : lanes) {
            for (int n = lane.home.take(burst, 0, BURST); n > 0; n = lane.home.take(burst, 0, BURST)) {
                for (int i = 0; i < n; i++) {
                    port.release(burst[i]);
                }
            }
        }
    }

    /** Gives the port what it takes of each engine's. */
    void flush(final long nowNs) {
        boolean left = false;
        for (final SpreadLane lane : lanes) {
            left |= flush(lane, nowNs);
        }
        if (left != sending) {
            sending = left;
        }
    }

    private boolean flush(final SpreadLane lane, final long nowNs) {
        while (true) {
            final long[] frames = lane.sending;
            lane.sendingCount += lane.outbound.take(frames, lane.sendingCount, BURST - lane.sendingCount);
            final int count = lane.sendingCount;
            if (count == 0) {
                return false;
            }
            final int taken = port.transmit(frames, 0, count, nowNs);
            System.arraycopy(frames, taken, frames, 0, count - taken);
            lane.sendingCount = count - taken;
            if (taken < count) {
                return true;
            }
        }
    }

    /** Fresh frames for an engine, behind those that it has; returns how many it has then. */
    int acquire(final long[] into, final int there, final int most) {
        takeBack();
        int count = there;
        while (count < most) {
            final long frame = port.acquire();
            if (frame == 0) {
                break;
            }
            Frame.origin(frame, index, true);
            into[count++] = frame;
        }
        return count;
    }

    /** Looks at what the device has lost. */
    void look() {
        dropped = port.dropped();
        synsDropped = port.synsDropped();
    }

    /** One engine's port is closed; with the last the device's. Thread: one. */
    void onClosed() {
        if (--openPorts == 0) {
            close();
        }
    }

    /**
     * Sends what an engine had left to whoever held the queue, as the resets of its last turn. Thread: one, after the engines
     * have stopped; closing twice does nothing.
     */
    void close() {
        if (!closed) {
            closed = true;
            takeBack();
            flush(servedNs);
            for (final SpreadLane lane : lanes) {
                for (int i = 0; i < lane.sendingCount; i++) {
                    port.release(lane.sending[i]);
                }
                empty(lane.outbound);
                empty(lane.inbound);
            }
            port.close();
        }
    }

    private void empty(final FrameRing ring) {
        for (int n = ring.take(burst, 0, BURST); n > 0; n = ring.take(burst, 0, BURST)) {
            for (int i = 0; i < n; i++) {
                port.release(burst[i]);
            }
        }
    }
}
