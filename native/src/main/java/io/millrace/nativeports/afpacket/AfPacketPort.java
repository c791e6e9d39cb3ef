package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PooledPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.wire.VlanTag;
import io.millrace.nativeports.bypass.BypassRing;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.InterfaceWatch;
import io.millrace.nativeports.linux.VirtioNetHeader;
import io.millrace.nativeports.threads.CrowdedCpu;
import org.jspecify.annotations.Nullable;

/**
 * One queue of an interface. What arrives is copied out of the rings into frames of the port's own memory, so that they may
 * be lent for as long as it takes. Small frames leave by the ring for transmission, large ones by a write each, which
 * copies them once instead of twice. An error of the interface (down or gone) costs a count and a line of the log, never
 * an exception.
 * <p>
 * Thread: the engine's.
 */
final class AfPacketPort extends PooledPort {
    /** How often the interface is looked at, besides what sending tells. */
    private static final long LOOK_NS = 100_000_000;

    private final QueueSockets sockets;
    private final ReceiveRing incoming;
    private final @Nullable BypassRing bypass;
    private final TransmitRing outgoing;
    private final InterfaceWatch watch;
    private final CrowdedCpu cpu = new CrowdedCpu();
    private long dropped;
    private long lookedNs;

    /** @param sockets closed with this, as is the pool. */
    AfPacketPort(final QueueSockets sockets, final PortCapabilities capabilities, final FramePool pool,
            final String device) {
        super(capabilities, pool);
        this.sockets = sockets;
        incoming = new ReceiveRing(sockets.receiveSocket(), sockets.receiveRing(),
                capabilities.maxFrameLength() - VlanTag.LENGTH);
        bypass = sockets.bypass();
        outgoing = new TransmitRing(sockets.transmitSocket(), sockets.transmitRing());
        watch = new InterfaceWatch(device);
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        cpu.onTurn(nowNs);
        if (nowNs - lookedNs >= LOOK_NS || nowNs < lookedNs) {
            lookedNs = nowNs;
            look();
        }
        if (outgoing.isPending()) {
            sendPending();
        }
        final int count = bypass == null
                ? incoming.receive(pool, frames, offset, limit, nowNs)
                : receiveByEither(bypass, frames, offset, limit, nowNs);
        if (count > 0) {
            watch.onSuccess();
        }
        return count;
    }

    /** In the order that {@link BypassRing} says. A look at the socket's ring costs nothing, so there is one in each turn. */
    private int receiveByEither(final BypassRing some, final long[] frames, final int offset, final int limit,
            final long nowNs) {
        int count = 0;
        if (incoming.isReady() && !some.hasQueued()) {
            // it was counted, came too late and was given up: older than whatever is in the ring now
            count = incoming.receive(pool, frames, offset, Math.min(1, limit), nowNs);
        }
        final boolean look = some.hasQueued();
        final long produced = look ? some.produced() : 0;
        count += some.receive(pool, Frame.ETHERNET_OFFSET, frames, offset + count, limit - count, nowNs);
        return look && some.isEmptiedTo(produced)
                ? count + receiveQueued(some, frames, offset + count, limit - count, nowNs)
                : count;
    }

    /**
     * Frame by frame, and before each what the ring has by then: a processor that had claimed a slot before the first of these
     * was counted may have filled it only now, and gone on to the socket.
     */
    private int receiveQueued(final BypassRing some, final long[] frames, final int offset, final int limit,
            final long nowNs) {
        final long droppedBefore = incoming.dropped();
        int count = 0;
        int queued = 0;
        for (int i = 0; i < limit && count < limit && incoming.isReady(); i++) {
            final long produced = some.produced();
            count += some.receive(pool, Frame.ETHERNET_OFFSET, frames, offset + count, limit - count, nowNs);
            if (count == limit || !some.isEmptiedTo(produced)) {
                break;
            }
            final int one = incoming.receive(pool, frames, offset + count, 1, nowNs);
            queued += one;
            count += one;
        }
        some.onRead(queued + (int) (incoming.dropped() - droppedBefore), !incoming.isReady(), nowNs);
        return count;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        int count = 0;
        while (count < length && send(frames[offset + count])) {
            count++;
        }
        if (outgoing.isPending()) {
            sendPending();
        }
        return count;
    }

    @Override
    public int descriptors() {
        return 1;
    }

    @Override
    public int descriptor(final int index) {
        return sockets.receiveSocket().descriptor();
    }

    /** Room for what has yet to be sent wakes nobody. */
    @Override
    public boolean wakesSleeper() {
        return !outgoing.isPending();
    }

    @Override
    public boolean prepareToBlock() {
        return (bypass == null || bypass.prepareToBlock()) && !incoming.isReady();
    }

    @Override
    public void onWoken() {
        if (bypass != null) {
            bypass.onWoken();
        }
    }

    @Override
    public long dropped() {
        dropped += sockets.receiveSocket().drops();
        return dropped + incoming.dropped() + (bypass == null ? 0 : bypass.dropped());
    }

    @Override
    protected void closeDevice() {
        sockets.close();
    }

    /** @return false where the interface can take nothing now. */
    private boolean send(final long frame) {
        final int length = Frame.length(frame);
        if (capabilities().isTooLong(frame)) {
            dropped++;
        } else if (outgoing.fits(length)) {
            if (!outgoing.put(frame) && !(sendPending() && outgoing.put(frame))) {
                return false;
            }
        } else if (!write(frame, length)) {
            return false;
        }
        pool.release(frame);
        return true;
    }

    /** Sends a frame on its own, behind those in the ring. */
    private boolean write(final long frame, final int length) {
        if (outgoing.isPending() && !sendPending()) {
            return false;
        }
        assert Frame.dataOffset(frame) >= Frame.DESCRIPTOR_LENGTH + VirtioNetHeader.LENGTH : "no headroom";
        final long header = Frame.data(frame) - VirtioNetHeader.LENGTH;
        VirtioNetHeader.encode(frame, header);
        final long written = sockets.receiveSocket().write(header, VirtioNetHeader.LENGTH + length);
        if (written == -Errno.EAGAIN) {
            return false;
        }
        if (written < 0) {
            dropped++;
            onResult((int) written);
        }
        return true;
    }

    /** @return true where the ring holds nothing any more that has yet to be sent. */
    private boolean sendPending() {
        final int result = outgoing.send();
        if (onResult(result)) {
            dropped += outgoing.takeBack();
        }
        return !outgoing.isPending();
    }

    /** @return true where the interface refuses frames, rather than having no room for them now. */
    private boolean onResult(final int result) {
        if (result == 0) {
            watch.onSuccess();
            return false;
        }
        if (result == -Errno.EAGAIN || result == -Errno.ENOBUFS || result == -Errno.EINTR) {
            return false;
        }
        watch.onFailure(-result);
        return true;
    }

    /** An interface that went down, or is gone, says so only to who asks. */
    private void look() {
        final int error = sockets.receiveSocket().error();
        if (error > 0 && watch.onFailure(error)) {
            dropped++;
        }
    }
}
