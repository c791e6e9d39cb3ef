package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.nativeports.afpacket.Listener;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.InterfaceWatch;
import io.millrace.nativeports.threads.CrowdedCpu;
import org.jspecify.annotations.Nullable;

/**
 * One queue of an interface over AF_XDP. What arrives for the stack's address, and what is sent, lies in memory that is
 * shared with the kernel, and is not copied here. What goes on to the kernel and concerns the stack as well (groups; queues
 * without a socket) comes by a packet socket. An error of the interface (down or gone) costs a count and a line of the log,
 * never an exception.
 * <p>
 * Thread: the engine's.
 */
final class AfXdpPort implements PacketPort {
    /** One of so many frames for sending: so many received ones may be lent. */
    private static final int LENDABLE = 4;
    /** How often the interface is looked at, besides what sending tells. */
    private static final long LOOK_NS = 100_000_000;

    private final XdpQueue queue;
    private final PortCapabilities capabilities;
    private final FramePool large;
    private final @Nullable Listener listener;
    private final boolean busyPolls;
    /** The interface refused what was to be sent last. */
    private boolean down;
    private final Umem umem;
    private final Receiver receiver;
    private final Sender sender;
    private final InterfaceWatch watch;
    private final CrowdedCpu cpu = new CrowdedCpu();
    private long dropped;
    private long lookedNs;
    private boolean closed;

    /**
     * @param queue    closed with this, as are the others.
     * @param large    frames for what is no chunk.
     * @param listener of the first queue; null on others.
     * @param receiver of the queue.
     */
    AfXdpPort(final XdpQueue queue, final PortCapabilities capabilities, final FramePool large,
            final @Nullable Listener listener, final Receiver receiver, final boolean busyPolls, final String device) {
        this.queue = queue;
        this.capabilities = capabilities;
        this.large = large;
        this.listener = listener;
        this.receiver = receiver;
        this.busyPolls = busyPolls;
        umem = queue.umem();
        sender = new Sender(queue);
        watch = new InterfaceWatch(device);
        receiver.refill();
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public long acquire() {
        final long frame = umem.acquire();
        if (frame != 0) {
            return frame;
        }
        sender.reap();
        return umem.acquire();
    }

    @Override
    public int frames() {
        return umem.sendingFrames();
    }

    @Override
    public void release(final long frame) {
        if (umem.contains(frame)) {
            umem.release(frame);
        } else {
            large.release(frame);
        }
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        cpu.onTurn(nowNs);
        if (nowNs - lookedNs >= LOOK_NS || nowNs < lookedNs) {
            lookedNs = nowNs;
            look();
        }
        sender.reap();
        if (sender.isPending()) {
            sendPending();
        }
        receiver.refill();
        if (busyPolls && !receiver.isReady()) {
            queue.socket().poll();
        }
        int count = 0;
        // As many entries as frames wanted, whatever is dropped: a flood of bad ones must not hold the engine.
        int entries = 0;
        for (; entries < limit && receiver.isReady(); entries++) {
            final long frame = receiver.take();
            if (frame != 0) {
                Frame.timestampNs(frame, nowNs);
                frames[offset + count++] = frame;
            }
        }
        if (entries > 0) {
            receiver.release();
        }
        if (listener != null) {
            count += listener.receive(large, frames, offset + count, limit - entries, nowNs);
        }
        // no success of the interface: what was there when it went is received all the same
        return count;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        sender.reap();
        if (isStillDown()) {
            return drop(frames, offset, length);
        }
        int count = 0;
        while (count < length && send(frames[offset + count])) {
            count++;
        }
        if (sender.isPending() || count > 0) {
            sendPending();
        }
        return count;
    }

    /** Asks the interface, where it was down. */
    private boolean isStillDown() {
        if (down) {
            sendPending();
        }
        return down;
    }

    /** What lies in the ring already goes when the interface is up again: the kernel may have seen it, nobody takes it back. */
    private int drop(final long[] frames, final int offset, final int length) {
        for (int i = 0; i < length; i++) {
            release(frames[offset + i]);
        }
        dropped += length;
        return length;
    }

    /** @return false where the interface can take nothing now. */
    private boolean send(final long frame) {
        if (capabilities.isTooLong(frame)) {
            dropped++;
            release(frame);
            return true;
        }
        if (!umem.contains(frame)) {
            return sendCopy(frame);
        }
        return sender.put(frame) || sendPending() && sender.put(frame);
    }

    /** A frame that was put together is no memory of the kernel's. */
    private boolean sendCopy(final long frame) {
        final long copy = acquire();
        if (copy == 0) {
            return false;
        }
        Memory.copy(Frame.data(frame), Frame.data(copy), Frame.length(frame));
        Frame.length(copy, Frame.length(frame));
        Frame.flags(copy, Frame.flags(frame));
        Frame.checksumPlace(copy, Frame.checksumStart(frame), Frame.checksumOffset(frame));
        if (!sender.put(copy) && !(sendPending() && sender.put(copy))) {
            release(copy);
            return false;
        }
        large.release(frame);
        return true;
    }

    /** @return true where the ring has room again. */
    private boolean sendPending() {
        final int result = sender.send();
        if (result == 0) {
            down = false;
            watch.onSuccess();
            return true;
        }
        if (result == -Errno.EAGAIN || result == -Errno.ENOBUFS || result == -Errno.EINTR || result == -Errno.EBUSY) {
            // it is up, and has much to do
            down = false;
            return false;
        }
        down = true;
        watch.onFailure(-result);
        return false;
    }

    /** An interface that went down, or is gone, says so only to who asks. */
    private void look() {
        final int error = listener != null ? listener.error() : queue.socket().error();
        if (error > 0 && watch.onFailure(error)) {
            dropped++;
        }
    }

    /** None wakes who polls the driver's queue himself. */
    @Override
    public int descriptors() {
        if (busyPolls) {
            return 0;
        }
        return listener == null ? 1 : 2;
    }

    @Override
    public int descriptor(final int index) {
        return index == 0 || listener == null ? queue.socket().descriptor() : listener.descriptor();
    }

    /** Neither room in the ring nor frames that come back wake anybody. */
    @Override
    public boolean wakesSleeper() {
        return !busyPolls && !sender.isPending() && umem.canSend();
    }

    /** The kernel has all chunks that are free, else nothing could arrive. */
    @Override
    public boolean prepareToBlock() {
        receiver.refill();
        return !receiver.isReady() && !(listener != null && listener.isReady());
    }

    @Override
    public long dropped() {
        long beside = 0;
        if (listener != null) {
            dropped += listener.drops();
            beside = listener.dropped();
        }
        return dropped + beside + receiver.dropped() + sender.dropped() + queue.socket().drops();
    }

    @Override
    public int lendableFrames() {
        return umem.sendingFrames() / LENDABLE;
    }

    @Override
    public Runnable keepMemory() {
        final Runnable chunks = umem.keepMemory();
        final Runnable others = large.keepMemory();
        return () -> {
            chunks.run();
            others.run();
        };
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (listener != null) {
                listener.close();
            }
            queue.close();
            large.close();
        }
    }
}
