package io.millrace.fastpath.port;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One queue of one side of a {@link MemoryLink}.
 * <p>
 * Thread: the owner's. The peer touches this object only through its rings, {@link #closed}, {@link #openPorts},
 * {@link #sleeping} and, where that is set, {@link #sleeper}.
 */
final class MemoryLinkPort implements PacketPort {
    private static final int BURST = 64;
    /** One of so many frames may be lent. */
    private static final int LENDABLE = 4;
    private static final VarHandle SLEEPING;

    static {
        try {
            SLEEPING = MethodHandles.lookup().findVarHandle(MemoryLinkPort.class, "sleeping", boolean.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PortCapabilities capabilities;
    private final FramePool pool;
    /** Frames from the peer to us. */
    private final FrameRing inbound;
    /** Frames of our pool that the peer has released. */
    private final FrameRing homeward;
    private final long[] scratch = new long[BURST];
    private final FrameLines lines = new FrameLines();

    private MemoryLinkPort peer;
    /** Shared by the pair: the last of the two to close frees both pools. */
    private AtomicInteger openPorts;
    private volatile boolean closed;
    /** The peer's next frames wake the sleeper; who sets it back does that. */
    @SuppressWarnings("unused")
    private boolean sleeping;
    @Nullable
    private Sleeper sleeper;
    private boolean fenced;
    private boolean reclaimed;
    private long dropped;

    MemoryLinkPort(final MemoryLink.Builder link, final PortCapabilities capabilities, final int queue) {
        this.capabilities = capabilities;
        pool = new FramePool("memory link, queue " + queue, link.frames(), link.frameCapacity());
        inbound = new FrameRing(link.queueLength());
        homeward = new FrameRing(link.returnLength());
        peer = this;
        openPorts = new AtomicInteger();
    }

    static void join(final MemoryLinkPort left, final MemoryLinkPort right) {
        final AtomicInteger open = new AtomicInteger(2);
        left.peer = right;
        right.peer = left;
        left.openPorts = open;
        right.openPorts = open;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public long acquire() {
        if (pool.available() == 0) {
            comeHome();
        }
        return pool.acquire();
    }

    @Override
    public int frames() {
        return pool.frames();
    }

    @Override
    public void release(final long frame) {
        if (Frame.poolId(frame) == pool.id()) {
            pool.release(frame);
        } else {
            final boolean there = peer.homeward.put(frame);
            assert there : "more frames released than the peer's pool has";
            peer.homeward.publish();
        }
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        final int count = inbound.take(frames, offset, limit);
        lines.fetch(frames, offset, count);
        for (int i = offset; i < offset + count; i++) {
            Frame.timestampNs(frames[i], nowNs);
        }
        // Every turn, so that the frames lent next are those whose lines are still in the cache.
        if (comeHome() && count == 0) {
            pool.prepare();
        }
        return count;
    }

    @Override
    public boolean mayReceive() {
        return !inbound.isEmpty();
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        if (peer.closed) {
            return drop(frames, offset, length);
        }
        int taken = 0;
        while (taken < length && take(frames[offset + taken])) {
            taken++;
        }
        peer.inbound.publish();
        if ((boolean) SLEEPING.getOpaque(peer)) {
            peer.wake();
        }
        return taken;
    }

    @Override
    public void sleeper(final @Nullable Sleeper newSleeper) {
        SLEEPING.setVolatile(this, false);
        sleeper = newSleeper;
        fenced = newSleeper != null && newSleeper.fence();
    }

    /** Frames of ours that the peer releases wake nobody. */
    @Override
    public boolean wakesSleeper() {
        comeHome();
        return fenced && pool.available() > 0;
    }

    @Override
    public boolean prepareToBlock() {
        final Sleeper own = sleeper;
        if (own != null) {
            SLEEPING.setVolatile(this, true);
            own.fence();
        }
        return inbound.isEmpty();
    }

    @Override
    public void onWoken() {
        SLEEPING.setOpaque(this, false);
    }

    /** Thread: the peer's. */
    private void wake() {
        final Sleeper one = sleeper;
        if (one != null && SLEEPING.compareAndSet(this, true, false)) {
            one.wakeup();
        }
    }

    @Override
    public long dropped() {
        return dropped;
    }

    @Override
    public int lendableFrames() {
        return peer.pool.frames() / LENDABLE;
    }

    /** That of both pools: a frame may be the peer's or, where it came back, our own. */
    @Override
    public Runnable keepMemory() {
        openPorts.incrementAndGet();
        return this::letGoOfMemory;
    }

    private void letGoOfMemory() {
        if (openPorts.decrementAndGet() == 0) {
            pool.close();
            peer.pool.close();
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            returnInbound();
            closed = true;
            letGoOfMemory();
        }
    }

    /** @return false where the peer's queue is full. */
    private boolean take(final long frame) {
        assert capabilities.txChecksum() || (Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) == 0 : "partial checksum";
        if (capabilities.isTooLong(frame)) {
            dropped++;
            release(frame);
            return true;
        }
        return peer.inbound.put(frame);
    }

    private int drop(final long[] frames, final int offset, final int length) {
        if (!reclaimed) {
            // The peer has left its ring for good, so what it did not take is ours to take back.
            reclaimed = true;
            for (int n = peer.inbound.take(scratch, 0, BURST); n > 0; n = peer.inbound.take(scratch, 0, BURST)) {
                releaseAll(scratch, 0, n);
                dropped += n;
            }
        }
        releaseAll(frames, offset, length);
        dropped += length;
        return length;
    }

    private void returnInbound() {
        for (int n = inbound.take(scratch, 0, BURST); n > 0; n = inbound.take(scratch, 0, BURST)) {
            releaseAll(scratch, 0, n);
            dropped += n;
        }
    }

    private void releaseAll(final long[] frames, final int offset, final int length) {
        for (int i = offset; i < offset + length; i++) {
            release(frames[i]);
        }
    }

    /** @return true where some have. */
    private boolean comeHome() {
        boolean any = false;
        for (int n = homeward.take(scratch, 0, BURST); n > 0; n = homeward.take(scratch, 0, BURST)) {
            any = true;
            for (int i = 0; i < n; i++) {
                pool.release(scratch[i]);
            }
        }
        return any;
    }
}
