package io.millrace.fastpath.port;

import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * What one engine has of queues that engines share: its lane of each. It sends by one queue, its own, and receives what
 * belongs to it from all; another than its own it serves only where nobody else does. Frames are those of the device's
 * ports: nothing is copied. Thread: the engine's.
 */
final class SpreadPort implements PacketPort {
    private static final int STOCK = 32;
    /** Who holds the queue for more turns than these has lost its core, maybe to this engine. */
    private static final int PATIENCE = 16;
    /** A queue that was not served for so long has an engine that stands still. */
    private static final long NEGLECTED_NS = 1_000_000;

    private final SharedQueue[] queues;
    private final SharedQueue own;
    private final SpreadLane lane;
    private final int engine;
    private final int engines;
    private final int quota;
    /** Frames to have in stock after a turn, for when another holds the queue: all engines' are a quarter of all at most. */
    private final int reserve;
    private final long[] stock = new long[STOCK];
    private int inStock;
    /** Acquired, and neither sent nor given back. */
    private int acquired;
    private int next;
    /** Turns in a row in which another held the queue. */
    private int turnedAway;
    private boolean fenced;
    private boolean lastTurn;
    private boolean closed;

    SpreadPort(final SharedQueue[] queues, final int engine, final int engines) {
        this.queues = queues;
        this.engine = engine;
        this.engines = engines;
        own = queues[engine % queues.length];
        lane = own.lane(engine);
        quota = quota(own.port().frames(), engines);
        reserve = Math.min(STOCK, own.port().frames() / (4 * engines));
    }

    /** Frames that an engine may have to send at once: its share, and as many as a datagram in fragments takes. */
    static int quota(final int frames, final int engines) {
        return Math.max(frames / engines, Math.min(frames, 2 * STOCK));
    }

    @Override
    public PortCapabilities capabilities() {
        return own.port().capabilities();
    }

    @Override
    public long acquire() {
        if (inStock == 0 && acquired < quota && hold()) {
            try {
                inStock = own.acquire(stock, 0, Math.min(STOCK, quota - acquired));
            } finally {
                own.letGo();
            }
        }
        if (inStock == 0 || acquired == quota) {
            return 0;
        }
        acquired++;
        final long frame = stock[--inStock];
        Frame.reset(frame);
        return frame;
    }

    /** Waits in the last turn: what is not said in it will never be. */
    private boolean hold() {
        if (lastTurn) {
            own.hold();
            return true;
        }
        return own.tryHold();
    }

    @Override
    public void onLastTurn() {
        lastTurn = true;
    }

    @Override
    public int frames() {
        return quota;
    }

    @Override
    public void release(final long frame) {
        if (Frame.isAcquired(frame)) {
            acquired--;
            if (inStock < STOCK) {
                stock[inStock++] = frame;
                return;
            }
        }
        final FrameRing home = queues[Frame.origin(frame)].lane(engine).home;
        final boolean there = home.put(frame);
        assert there : "more frames released than the queue has";
        home.publish();
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        if (serve(own, nowNs)) {
            turnedAway = 0;
        } else if (++turnedAway > PATIENCE) {
            Thread.yield();
        }
        if (queues.length > 1) {
            next = next + 1 == queues.length ? 0 : next + 1;
            if (queues[next].isNeglected(nowNs, NEGLECTED_NS)) {
                serve(queues[next], nowNs);
            }
        }
        int count = 0;
        for (int i = 0; i < queues.length && count < limit; i++) {
            final SharedQueue from = queues[(engine + i) % queues.length];
            count += from.lane(engine).inbound.take(frames, offset + count, limit - count);
        }
        return count;
    }

    /** @return false where another holds it. */
    private boolean serve(final SharedQueue queue, final long nowNs) {
        if (!queue.tryHold()) {
            return false;
        }
        try {
            queue.serve(engine, nowNs);
            if (queue == own && inStock < reserve) {
                inStock = own.acquire(stock, inStock, Math.min(reserve, quota - acquired));
            }
        } finally {
            queue.letGo();
        }
        return true;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        int taken = 0;
        while (taken < length && lane.outbound.put(frames[offset + taken])) {
            if (Frame.isAcquired(frames[offset + taken])) {
                acquired--;
            }
            taken++;
        }
        lane.outbound.publish();
        if (hold()) {
            try {
                own.flush(nowNs);
            } finally {
                own.letGo();
            }
        }
        return taken;
    }

    /** Frames that another holder has not seen are sent with this engine's next turn. */
    @Override
    public long nextDeadlineNs() {
        return lane.outbound.isDrained() ? own.nextDeadlineNs() : Long.MIN_VALUE;
    }

    @Override
    public int descriptors() {
        return own.port().descriptors();
    }

    @Override
    public int descriptor(final int index) {
        return own.port().descriptor(index);
    }

    @Override
    public void sleeper(final @Nullable Sleeper sleeper) {
        fenced = sleeper != null && sleeper.fence();
        for (final SharedQueue queue : queues) {
            queue.lane(engine).sleeper(sleeper);
        }
    }

    /** A device without descriptors tells one engine of frames, which need not be the one that they are for. */
    @Override
    public boolean wakesSleeper() {
        if (!fenced || descriptors() == 0 || !own.tryHold()) {
            return false;
        }
        try {
            return own.port().wakesSleeper();
        } finally {
            own.letGo();
        }
    }

    @Override
    public boolean prepareToBlock() {
        for (final SharedQueue queue : queues) {
            queue.lane(engine).beginSleep();
        }
        for (final SharedQueue queue : queues) {
            if (!queue.lane(engine).inbound.isEmpty()) {
                return false;
            }
        }
        if (!own.tryHold()) {
            return false;
        }
        try {
            return own.port().prepareToBlock();
        } finally {
            own.letGo();
        }
    }

    @Override
    public void onWoken() {
        for (final SharedQueue queue : queues) {
            queue.lane(engine).endSleep();
        }
        own.hold();
        try {
            own.port().onWoken();
        } finally {
            own.letGo();
        }
    }

    /** What found no room on the way to this engine; what a queue's device lost, the first of its engines says. */
    @Override
    public long dropped() {
        long dropped = 0;
        for (final SharedQueue queue : queues) {
            dropped += queue.lane(engine).dropped;
        }
        return isFirstOfQueue() ? dropped + own.dropped() : dropped;
    }

    /** True where this engine says what its queue's device lost; that has been looked at, unless another holds the queue. */
    private boolean isFirstOfQueue() {
        if (engine >= queues.length) {
            return false;
        }
        if (own.tryHold()) {
            try {
                own.look();
            } finally {
                own.letGo();
            }
        }
        return true;
    }

    @Override
    public long synsDropped() {
        return isFirstOfQueue() ? own.synsDropped() : 0;
    }

    @Override
    public int lendableFrames() {
        return own.port().lendableFrames() / engines;
    }

    @Override
    public Runnable keepMemory() {
        final List<AutoCloseable> kept = new ArrayList<>(queues.length);
        try {
            for (final SharedQueue queue : queues) {
                kept.add(queue.port().keepMemory()::run);
            }
        } catch (final RuntimeException e) {
            CloseHelper.quietCloseAll(kept);
            throw e;
        }
        return () -> CloseHelper.closeAll(kept);
    }

    @Override
    public void onDriverLeft() {
        for (final SharedQueue queue : queues) {
            queue.hold();
            try {
                queue.port().onDriverLeft();
            } finally {
                queue.letGo();
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            while (inStock > 0) {
                lane.home.put(stock[--inStock]);
            }
            lane.home.publish();
            for (final SharedQueue queue : queues) {
                queue.onClosed();
            }
        }
    }
}
