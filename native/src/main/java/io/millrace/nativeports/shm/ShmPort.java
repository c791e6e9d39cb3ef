package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FrameLines;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One queue of one side. A frame that is sent stays where its sender wrote it: its number goes to the other side by a
 * ring, is looked at there, and comes back by a ring of the other side's. No ring can be full, as each has room for all
 * frames there are.
 * <p>
 * Thread: the engine's.
 */
final class ShmPort implements PacketPort {
    /** Frames that are given back wait for so many, or for the next turn, before the other side hears of them. */
    private static final int RETURN_BURST = 32;
    /** One of so many frames may be lent. */
    private static final int LENDABLE = 4;
    private static final long NEVER = -1;

    private final PortCapabilities capabilities;
    private final ShmQueue queue;
    private final PeerWatch watch;
    private final PeerSession session;
    private final SideControl own;
    private final SideControl peer;
    private final OwnFrames frames;
    private final PeerFrames peerFrames;
    private final FrameLines lines = new FrameLines();
    @Nullable
    private final Doorbell bell;

    /** The generation of the other side that was there first; {@link #NEVER}: this side was. */
    private final long earlier;
    private long sent;
    private long sentPublished;
    private long returned;
    private long returnedPublished;
    /** The other side's ring of sent frames: taken, there, and the last number that cannot be. */
    private long taken;
    private long there;
    private long badThere;
    /** The other side's ring of returned frames. */
    private long cameBack;
    private long badCameBack;
    /** A sleep of this side's is told by an odd number; the last sleep of the other side that was ended by the bell. */
    private long sleep;
    private long rungFor;
    private long dropped;
    /** What was read only to have the line: kept, so that the read takes place. */
    @SuppressWarnings("unused")
    private long glanced;
    private boolean nonsenseTold;
    private boolean closed;

    /**
     * @param generation of this side.
     * @param earlier    that of the other side, where it is there already; else 0.
     */
    ShmPort(final PortCapabilities capabilities, final ShmLayout layout, final ShmQueue queue, final PeerWatch watch,
            final long generation, final long earlier) {
        this.capabilities = capabilities;
        this.queue = queue;
        this.watch = watch;
        this.earlier = earlier == 0 ? NEVER : earlier;
        own = queue.own();
        peer = queue.peer();
        bell = queue.bell();
        session = new PeerSession(own, peer, generation);
        frames = new OwnFrames(queue.ownPool(), layout.frames());
        peerFrames = new PeerFrames(queue.peerPool(), layout);
        sleep = own.sleep() + 1 & ~1L;
        own.sleep(sleep);
        session.leave();
        restart();
        if (earlier != 0) {
            frames.allAway();
            session.greet(earlier);
        } else {
            own.greeted(0);
        }
        session.announce();
        queue.ring();
    }

    private void restart() {
        sent = 0;
        sentPublished = 0;
        returned = 0;
        returnedPublished = 0;
        taken = 0;
        there = 0;
        badThere = 0;
        cameBack = 0;
        badCameBack = 0;
        own.sent(0);
        own.returned(0);
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public int frames() {
        return frames.frames();
    }

    @Override
    public long acquire() {
        if (!frames.hasFree()) {
            look();
        }
        return frames.acquire();
    }

    @Override
    public void release(final long frame) {
        if (queue.ownPool().has(frame)) {
            frames.release(frame);
            return;
        }
        final int index = Frame.poolIndex(frame);
        peerFrames.release(index);
        if (session.isThere()) {
            giveBack(index);
            if (returned - returnedPublished >= RETURN_BURST) {
                publish();
            }
        }
    }

    private void giveBack(final int index) {
        own.putReturned(returned++, index);
    }

    @Override
    public int receive(final long[] received, final int offset, final int limit, final long nowNs) {
        publish();
        if (watch.isDue(nowNs)) {
            check();
        }
        look();
        if (taken == there) {
            // there is time
            frames.prepare();
            return 0;
        }
        int count = 0;
        while (count < limit && taken < there) {
            final long frame = peerFrames.take(peer.entry(taken++), nowNs);
            if (frame == 0) {
                onNonsense();
            } else {
                received[offset + count++] = frame;
            }
        }
        lines.fetchRooms(received, offset, count);
        return count;
    }

    @Override
    public boolean mayReceive() {
        return taken != there || peer.sent() != there;
    }

    @Override
    public int transmit(final long[] outgoing, final int offset, final int length, final long nowNs) {
        for (int i = offset; i < offset + length; i++) {
            send(outgoing[i]);
        }
        publish();
        return length;
    }

    private void send(final long frame) {
        if (!queue.ownPool().has(frame)) {
            sendCopy(frame);
        } else if (!session.isJoined() || capabilities.isTooLong(frame)) {
            dropped++;
            frames.release(frame);
        } else {
            assert capabilities.txChecksum() || (Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) == 0 : "partial checksum";
            PeerFrames.put(own.entry(sent++), frame);
            frames.send(Frame.poolIndex(frame));
        }
    }

    /** A frame of the other side's that goes back to it: only the owner of a pool sends what is in it. */
    private void sendCopy(final long frame) {
        final long copy = acquire();
        if (copy == 0) {
            dropped++;
        } else {
            final int headroom = Frame.dataOffset(frame) - Frame.roomOffset(frame);
            Frame.dataOffset(copy, Frame.roomOffset(copy) + headroom);
            Frame.length(copy, Frame.length(frame));
            Frame.flags(copy, Frame.flags(frame));
            Frame.checksumPlace(copy, Frame.checksumStart(frame), Frame.checksumOffset(frame));
            if (Frame.gsoSize(frame) != 0) {
                Frame.segmentation(copy, Frame.gsoType(frame), Frame.gsoSize(frame), Frame.headerLength(frame));
            }
            Memory.copy(Frame.data(frame), Frame.data(copy), Frame.length(frame));
            send(copy);
        }
        release(frame);
    }

    /** Shows the other side what was put into both rings, and wakes it where it sleeps. */
    private void publish() {
        if (sent == sentPublished && returned == returnedPublished) {
            return;
        }
        sentPublished = sent;
        returnedPublished = returned;
        own.returned(returned);
        own.sent(sent);
        if (bell != null) {
            // What was published is seen by a side that falls asleep, or its sleep is seen here.
            VarHandle.fullFence();
            final long number = peer.sleep();
            if ((number & 1) != 0 && number != rungFor) {
                rungFor = number;
                bell.ring();
            }
        }
    }

    /** What the other side has published: each number is read once, and then whether it is still who it was. */
    private void look() {
        // The next entry is another line that the other side may have written: it comes while the counts do.
        glanced = peer.glance(taken);
        final long nowSent = peer.sent();
        final long nowReturned = peer.returned();
        final long generation = peer.session();
        if (!session.isWith(generation)) {
            onOther(generation, nowSent);
        } else if (session.isJoined()) {
            onSent(nowSent);
            // Frames that wait are looked at first: the ring of returned ones is another line that the other side has written.
            if (taken == there || !frames.hasFree() || nowReturned - cameBack >= RETURN_BURST) {
                onReturned(nowReturned);
            }
        }
        if (session.join()) {
            watch.onJoined();
        }
    }

    private void onSent(final long count) {
        if (count == there) {
            return;
        }
        if (isPossible(count)) {
            there = count;
        } else if (count != badThere) {
            badThere = count;
            onNonsense();
        }
    }

    private boolean isPossible(final long count) {
        return count - taken >= 0 && count - taken <= peerFrames.frames();
    }

    private void onReturned(final long count) {
        if (count == cameBack) {
            return;
        }
        if (count - cameBack < 0 || count - cameBack > frames.frames()) {
            if (count != badCameBack) {
                badCameBack = count;
                onNonsense();
            }
            return;
        }
        for (; cameBack < count; cameBack++) {
            if (!frames.onReturned(peer.returnedFrame(cameBack))) {
                onNonsense();
            }
        }
    }

    /** @param lastSent of who was there before, or 0 where the newcomer has begun. */
    private void onOther(final long newcomer, final long lastSent) {
        if (session.isJoined() && newcomer == 0 && isPossible(lastSent)) {
            there = lastSent;
        }
        if (session.isThere()) {
            watch.onLeft();
        }
        frames.takeBackAll();
        session.left();
        if (newcomer != 0) {
            dropped += there - taken;
            restart();
            if (newcomer != earlier) {
                giveAllBack();
            }
            session.greet(newcomer);
            queue.ring();
        }
    }

    /** The other side begins with those of its frames that nobody looks at here. */
    private void giveAllBack() {
        for (int index = peerFrames.frames() - 1; index >= 0; index--) {
            if (!peerFrames.isHeld(index)) {
                giveBack(index);
            }
        }
        returnedPublished = returned;
        own.returned(returned);
    }

    private void check() {
        watch.requireWhole();
        if (session.isThere() && !watch.isPeerAlive()) {
            // Its last words count: it can write no more.
            look();
            if (session.isThere()) {
                watch.onDead();
                frames.takeBackAll();
                session.onDead();
            }
        }
    }

    private void onNonsense() {
        dropped++;
        if (!nonsenseTold) {
            nonsenseTold = true;
            watch.onNonsense();
        }
    }

    @Override
    public long nextDeadlineNs() {
        // Nobody but the kernel says that the other side has died with frames of ours.
        return frames.away() > 0 && session.isThere() ? watch.nextNs() : Long.MAX_VALUE;
    }

    @Override
    public int descriptors() {
        return bell == null ? 0 : 1;
    }

    @Override
    public int descriptor(final int index) {
        if (bell == null || index != 0) {
            throw new IndexOutOfBoundsException(index);
        }
        return bell.descriptor();
    }

    @Override
    public boolean prepareToBlock() {
        publish();
        sleep |= 1;
        own.sleep(sleep);
        VarHandle.fullFence();
        final long nowSent = peer.sent();
        final long nowReturned = peer.returned();
        return taken == there && !session.hasNews()
                && (!session.isJoined() || (nowSent == there || nowSent == badThere)
                        && (nowReturned == cameBack || nowReturned == badCameBack));
    }

    @Override
    public void onWoken() {
        if ((sleep & 1) != 0) {
            sleep++;
            own.sleep(sleep);
            if (bell != null) {
                bell.silence();
            }
        }
    }

    @Override
    public long dropped() {
        return dropped;
    }

    @Override
    public int lendableFrames() {
        return peerFrames.frames() / LENDABLE;
    }

    /** That of both pools: what the stack has sent to itself lies in a frame of its own. */
    @Override
    public Runnable keepMemory() {
        final Runnable peerPool = queue.peerPool().keep();
        final Runnable ownPool = queue.ownPool().keep();
        return () -> {
            peerPool.run();
            ownPool.run();
        };
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                if (watch.isWhole()) {
                    leave();
                }
            } finally {
                queue.close();
            }
        }
    }

    /**
     * From here on the other side uses its frames as it likes, and so does the next process on this side, which needs the
     * lock: that lasts as long as any of the file is mapped.
     */
    private void leave() {
        if (queue.peerPool().isKept()) {
            peerFrames.makePrivate();
            frames.makePrivate();
        }
        session.leave();
        queue.ring();
    }
}
