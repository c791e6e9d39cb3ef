package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.MemoryRegion;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One queue of one side of a {@link MemoryLink}.
 * <p>
 * Thread: the owner's. The peer touches this object only through its rings, {@link #openPorts} and, where {@link #inbound}
 * says that it sleeps, {@link #sleeper}.
 */
final class MemoryLinkPort implements PacketPort {
    private static final int BURST = 64;
    /** One of so many frames may be lent. */
    private static final int LENDABLE = 4;

    private final PortCapabilities capabilities;
    private final FramePool pool;
    /** What small frames of the peer's are copied into. */
    private final FramePool copies;
    private final MemoryRegion memory;
    /** Frames from the peer to us. */
    private final LinkRing inbound;
    /** Frames to the peer: its {@link #inbound}. */
    private LinkRing outbound;
    /** Frames of our pools that the peer has released. */
    private final FrameRing homeward;
    private final long[] scratch = new long[BURST];
    private final FrameLines lines = new FrameLines();

    private MemoryLinkPort peer;
    /** Shared by the pair: the last of the two to close frees the memory of both. */
    private AtomicInteger openPorts;
    private boolean closed;
    @Nullable
    private Sleeper sleeper;
    private boolean fenced;
    private long dropped;

    MemoryLinkPort(final MemoryLink.Builder link, final PortCapabilities capabilities, final int queue) {
        this.capabilities = capabilities;
        pool = new FramePool("memory link, queue " + queue, link.frames(), link.frameCapacity());
        copies = new FramePool("memory link, small frames of queue " + queue, link.frames(), LinkRing.frameCapacity());
        memory = MemoryRegion.allocate("memory link, ring of queue " + queue, LinkRing.bytes(link.queueLength()));
        inbound = new LinkRing(memory, link.queueLength());
        outbound = inbound;
        homeward = new FrameRing(link.returnLength());
        peer = this;
        openPorts = new AtomicInteger();
    }

    static void join(final MemoryLinkPort left, final MemoryLinkPort right) {
        final AtomicInteger open = new AtomicInteger(2);
        left.peer = right;
        right.peer = left;
        left.outbound = right.inbound;
        right.outbound = left.inbound;
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
        final int owner = Frame.poolId(frame);
        if (owner == pool.id()) {
            pool.release(frame);
        } else if (owner == copies.id()) {
            copies.release(frame);
        } else {
            final boolean there = peer.homeward.put(frame);
            assert there : "more frames released than the peer's pool has";
            peer.homeward.publish();
        }
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        inbound.consumedHere();
        final int count = inbound.take(frames, offset, limit, copies);
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
        if (outbound.isClosed()) {
            return drop(frames, offset, length);
        }
        final boolean apart = !outbound.isConsumedHere();
        int taken = 0;
        while (taken < length && take(frames[offset + taken], apart)) {
            taken++;
        }
        outbound.publish();
        if (outbound.endSleep()) {
            peer.wake();
        }
        return taken;
    }

    @Override
    public void sleeper(final @Nullable Sleeper newSleeper) {
        inbound.sleeping(false);
        VarHandle.fullFence();
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
            inbound.sleeping(true);
            VarHandle.fullFence();
            own.fence();
        }
        return inbound.isEmpty();
    }

    @Override
    public void onWoken() {
        inbound.sleeping(false);
    }

    /** Thread: the peer's. */
    private void wake() {
        final Sleeper one = sleeper;
        if (one != null) {
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

    /** That of both sides: a frame may be the peer's or, where it came back, our own. */
    @Override
    public Runnable keepMemory() {
        openPorts.incrementAndGet();
        return this::letGoOfMemory;
    }

    private void letGoOfMemory() {
        if (openPorts.decrementAndGet() == 0) {
            freeMemory();
            peer.freeMemory();
        }
    }

    private void freeMemory() {
        pool.close();
        copies.close();
        memory.close();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            empty(inbound);
            inbound.close();
            letGoOfMemory();
        }
    }

    /** @param apart the peer is another thread. @return false where the peer's queue is full. */
    private boolean take(final long frame, final boolean apart) {
        assert capabilities.txChecksum() || (Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) == 0 : "partial checksum";
        if (capabilities.isTooLong(frame)) {
            dropped++;
            release(frame);
            return true;
        }
        if (!outbound.hasRoom()) {
            return false;
        }
        if (apart && LinkRing.isSmall(frame)) {
            outbound.copy(frame);
            release(frame);
        } else {
            outbound.put(frame);
        }
        return true;
    }

    private int drop(final long[] frames, final int offset, final int length) {
        // The peer has left its ring for good, so what it did not take is ours to take back: each time, as a small frame
        // waits where all that it could be copied into are away.
        empty(outbound);
        releaseAll(frames, offset, length);
        dropped += length;
        return length;
    }

    private void empty(final LinkRing ring) {
        for (int n = ring.take(scratch, 0, BURST, copies); n > 0; n = ring.take(scratch, 0, BURST, copies)) {
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
                release(scratch[i]);
            }
        }
        return any;
    }
}
