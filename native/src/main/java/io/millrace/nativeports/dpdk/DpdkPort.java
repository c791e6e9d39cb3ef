package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One queue pair of a DPDK port. Frames are mbufs, in both directions: nothing is copied here.
 * <p>
 * Thread: the engine's; or one at a time, where engines take turns.
 */
final class DpdkPort implements PacketPort {
    /** Drivers with vector instructions receive whole groups only, so always as many are asked for. */
    private static final int BURST = 32;
    /** One of so many frames may be lent. */
    private static final int LENDABLE = 4;

    private final DpdkDevice device;
    private final PortCapabilities capabilities;
    private final Driver driver;
    private final BurstQueue queue;
    private final FrameStock stock;
    private final long receivePool;
    private final MemoryRegion arrays = MemoryRegion.allocate("bursts of mbufs", 2L * BURST * Long.BYTES);
    private final long received = arrays.address();
    private final long sending = received + BURST * Long.BYTES;
    /** Which of those received are still to be handed out. */
    private int next;
    private int end;
    /** True where one of those to be sent asks for offloads. */
    private boolean asking;
    private long dropped;
    /** Who polls, and who has; several where engines take turns. */
    @Nullable
    private Thread poller;
    private final Set<Thread> pollers = new HashSet<>();
    private boolean closed;

    /** @param pools for receiving, and for sending, of this queue. */
    DpdkPort(final DpdkDevice device, final PortCapabilities capabilities, final Driver driver, final BurstQueue queue,
            final QueuePools pools) {
        this.device = device;
        this.capabilities = capabilities;
        this.driver = driver;
        this.queue = queue;
        stock = new FrameStock(pools.transmit(), pools.frames());
        receivePool = pools.receive().address();
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public long acquire() {
        return stock.acquire();
    }

    @Override
    public int frames() {
        return stock.frames();
    }

    @Override
    public void release(final long frame) {
        stock.release(frame);
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        if (Thread.currentThread() != poller) {
            onPoller();
        }
        stock.flush();
        int count = 0;
        // As many as wanted are looked at, whatever is dropped: a flood of bad ones must not hold the engine.
        for (int looks = 0; looks < limit; looks++) {
            if (next == end && !refill()) {
                break;
            }
            final long mbuf = Memory.getLong(received + (long) next++ * Long.BYTES);
            if (accept(mbuf, nowNs)) {
                frames[offset + count++] = Mbuf.frameOf(mbuf);
            } else {
                dropped++;
                stock.discard(mbuf);
            }
        }
        return count;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        int done = 0;
        while (done < length) {
            final int burst = fill(frames, offset + done, Math.min(BURST, length - done));
            if (burst == 0) {
                drop(frames[offset + done++]);
                continue;
            }
            final int taken = send(frames, offset + done, burst);
            done += taken;
            if (taken < burst) {
                break;
            }
        }
        return done;
    }

    @Override
    public long dropped() {
        return dropped + device.dropped(this);
    }

    @Override
    public int lendableFrames() {
        return stock.frames() / LENDABLE;
    }

    @Override
    public Runnable keepMemory() {
        return Pools.keep();
    }

    @Override
    public void onDriverLeft() {
        final Thread leaving = Thread.currentThread();
        if (poller == leaving) {
            poller = null;
        }
        if (pollers.remove(leaving)) {
            PollingThreads.leave();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            onDriverLeft();
            while (next < end) {
                stock.discard(Memory.getLong(received + (long) next++ * Long.BYTES));
            }
            stock.close();
            arrays.close();
            device.onQueueClosed();
        }
    }

    private void onPoller() {
        poller = Thread.currentThread();
        if (pollers.add(poller)) {
            PollingThreads.enter();
        }
    }

    /** @return false where there is nothing. */
    private boolean refill() {
        next = 0;
        end = queue.receive(received, BURST);
        return end > 0;
    }

    /** An mbuf of a pool that is none of ours has no room for a frame. */
    private boolean accept(final long mbuf, final long nowNs) {
        return (Mbuf.pool(mbuf) == receivePool || Mbuf.isOurs(mbuf)) && Mbuf.toFrame(mbuf, nowNs);
    }

    /** @return how many frames make up the next burst: those before the first that is too long. */
    private int fill(final long[] frames, final int offset, final int limit) {
        asking = false;
        int count = 0;
        while (count < limit && !capabilities.isTooLong(frames[offset + count])) {
            final long frame = frames[offset + count];
            final long mbuf = Mbuf.ofFrame(frame);
            Mbuf.fromFrame(mbuf, driver.copies() ? 2 : 1);
            if (Offloads.isAsked(frame)) {
                Offloads.encode(frame);
                asking = true;
            }
            Memory.putLong(sending + (long) count++ * Long.BYTES, mbuf);
        }
        return count;
    }

    /** @return how many of the burst are the port's now. */
    private int send(final long[] frames, final int offset, final int burst) {
        final int fine = asking && queue.prepares() ? queue.prepare(sending, burst) : burst;
        final int sent = fine == 0 ? 0 : queue.transmit(sending, fine);
        int taken = driver.copies() ? takeBack(frames, offset, burst, sent) : sent;
        if (taken == fine && fine < burst) {
            drop(frames[offset + taken++]);
        }
        if (taken == 0 && !device.isUp()) {
            while (taken < burst) {
                drop(frames[offset + taken++]);
            }
        }
        for (int i = taken; i < burst; i++) {
            Offloads.undo(frames[offset + i]);
        }
        return taken;
    }

    /** Frames that the driver has freed, ours being the last hold of them; the rest is ours as before. */
    private int takeBack(final long[] frames, final int offset, final int burst, final int sent) {
        int taken = 0;
        while (taken < burst && Mbuf.references(Mbuf.ofFrame(frames[offset + taken])) == 1) {
            stock.release(frames[offset + taken++]);
        }
        for (int i = taken; i < burst; i++) {
            Mbuf.references(Mbuf.ofFrame(frames[offset + i]), 1);
        }
        dropped += taken - sent;
        return taken;
    }

    private void drop(final long frame) {
        dropped++;
        stock.release(frame);
    }
}
