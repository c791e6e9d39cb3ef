package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FrameLines;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import org.jspecify.annotations.Nullable;

/**
 * One queue of one side. A frame that is sent stays where its sender wrote it: its name goes to the other side by a
 * ring, is looked at there, and its number comes back by a ring of the other side's. A small one travels in the ring itself, and
 * nothing comes back: between two processors that takes less time than to fetch what a name says. No ring can be full.
 * <p>
 * Thread: the engine's.
 */
final class ShmPort implements PacketPort {
    /** Frames that are given back wait for so many, or for the next turn, before the other side hears of them. */
    private static final int RETURN_BURST = 32;
    /** One of so many frames may be lent. */
    private static final int LENDABLE = 4;
    private static final long NEVER = -1;
    private static final long SMALL = (long) ShmLayout.MARK_SMALL << ShmLayout.MARKS_SHIFT + Integer.SIZE;

    private final PortCapabilities capabilities;
    private final ShmQueue queue;
    private final PeerWatch watch;
    private final PeerSession session;
    private final SideControl own;
    private final SideControl peer;
    private final OwnFrames frames;
    private final PeerFrames peerFrames;
    private final SmallFrames smallFrames;
    private final SentRing ring;
    private final FrameLines lines = new FrameLines();
    @Nullable
    private final Doorbell bell;
    private final SideSleep sleep;

    /** The generation of the other side that was there first; {@link #NEVER}: this side was. */
    private final long earlier;
    private long returned;
    private long returnedPublished;
    /** How many entries of the other side's ring of sent frames were taken. */
    private long taken;
    /** The other side's ring of returned frames: taken, and the last number that cannot be. */
    private long cameBack;
    private long badCameBack;
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
        smallFrames = queue.smallFrames();
        ring = new SentRing(own, peer, session, layout.frames());
        sleep = new SideSleep(own, peer, bell);
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
        ring.restart();
        returned = 0;
        returnedPublished = 0;
        taken = 0;
        cameBack = 0;
        badCameBack = 0;
        own.taken(0);
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
        if (smallFrames.has(frame)) {
            smallFrames.release(frame);
            return;
        }
        final int index = Frame.poolIndex(frame);
        peerFrames.release(index);
        if (session.isThere()) {
            giveBack(index);
            if (returned - returnedPublished >= RETURN_BURST) {
                publishReturned();
            }
        }
    }

    private void giveBack(final int index) {
        own.putReturned(returned++, index);
    }

    @Override
    public int receive(final long[] received, final int offset, final int limit, final long nowNs) {
        publishReturned();
        if (watch.isDue(nowNs)) {
            check();
        }
        look();
        if (!isNextThere()) {
            // there is time
            frames.prepare();
            return 0;
        }
        final int count = take(received, offset, limit);
        for (int i = offset; i < offset + count; i++) {
            Frame.timestampNs(received[i], nowNs);
        }
        own.taken(taken);
        return count;
    }

    private int take(final long[] received, final int offset, final int limit) {
        int count = 0;
        boolean named = false;
        while (count < limit && isNextThere()) {
            final long entry = peer.entry(taken);
            final long place = Memory.getLongOpaque(entry + ShmLayout.ENTRY_FRAME);
            final long details = Memory.getLongOpaque(entry + ShmLayout.ENTRY_SEGMENT);
            final boolean small = (place & SMALL) != 0;
            if (small && !smallFrames.hasFree()) {
                break;
            }
            taken++;
            final long frame = small
                    ? smallFrames.take(entry, place, details)
                    : peerFrames.take(place, details);
            if (frame == 0) {
                onNonsense();
            } else {
                received[offset + count++] = frame;
                named |= !small;
            }
        }
        if (named) {
            lines.fetchRooms(received, offset, count);
        }
        return count;
    }

    private boolean isNextThere() {
        return peer.isThere(taken, session.key());
    }

    @Override
    public boolean mayReceive() {
        glanced = peer.glance(taken);
        return isNextThere();
    }

    @Override
    public int transmit(final long[] outgoing, final int offset, final int length, final long nowNs) {
        if (!frames.hasFree()) {
            look();
        }
        // The first is written last: the other side, which looks at its lines, sees all at once, and takes none away half written.
        long first = 0;
        long firstPosition = 0;
        for (int i = offset; i < offset + length; i++) {
            final long frame = sendable(outgoing[i]);
            if (frame != 0) {
                final long position = ring.claim();
                if (first != 0) {
                    send(position, frame);
                } else {
                    first = frame;
                    firstPosition = position;
                }
            }
        }
        if (first != 0) {
            send(firstPosition, first);
            showReturned();
            sleep.wakePeer();
        }
        return length;
    }

    /** The frame itself, or one of this side's in its place; 0 where it is dropped: the owner of a pool sends what is in it. */
    private long sendable(final long frame) {
        if (!session.isJoined() || capabilities.isTooLong(frame)) {
            dropped++;
            release(frame);
            return 0;
        }
        assert capabilities.txChecksum() || (Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) == 0 : "partial checksum";
        if (queue.ownPool().has(frame) || Entry.isSmall(frame) && ring.hasRoomAt(ring.next())) {
            return frame;
        }
        final long copy = frames.copyOf(frame);
        if (copy == 0) {
            dropped++;
        }
        release(frame);
        return copy;
    }

    private void send(final long position, final long frame) {
        if (Entry.isSmall(frame) && ring.hasRoomAt(position)) {
            ring.copy(position, frame);
            release(frame);
        } else {
            frames.send(Frame.poolIndex(frame));
            ring.name(position, frame);
        }
    }

    /** Shows the other side what was put into the ring of returned frames, and wakes it where it sleeps. */
    private void publishReturned() {
        if (showReturned()) {
            sleep.wakePeer();
        }
    }

    private boolean showReturned() {
        if (returned == returnedPublished) {
            return false;
        }
        returnedPublished = returned;
        own.returned(returned);
        return true;
    }

    /** What the other side has published: each number is read once, and then whether it is still who it was. */
    private void look() {
        // The lines of the next entry come while the others do.
        glanced = peer.glance(taken);
        final long nowReturned = peer.returned();
        final long generation = peer.session();
        if (!session.isWith(generation)) {
            onOther(generation);
        } else if (session.isJoined()) {
            // Frames that wait are looked at first: the ring of returned ones is another line that the other side has written.
            if (!frames.hasFree() || nowReturned - cameBack >= RETURN_BURST || !isNextThere()) {
                onReturned(nowReturned);
            }
        }
        if (session.join()) {
            watch.onJoined();
        }
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

    private void onOther(final long newcomer) {
        if (session.isThere()) {
            watch.onLeft();
        }
        frames.takeBackAll();
        session.left();
        if (newcomer != 0) {
            dropped += waiting();
            restart();
            if (newcomer != earlier) {
                giveAllBack();
            }
            session.greet(newcomer);
            queue.ring();
        }
    }

    /** Frames of who was there before that nobody took: its ring is as it left it, until the next one is greeted. */
    private long waiting() {
        long count = 0;
        while (count < 2L * peerFrames.frames() && peer.isThere(taken + count, session.key())) {
            count++;
        }
        return count;
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
        publishReturned();
        sleep.begin();
        final long nowReturned = peer.returned();
        return !isNextThere() && !session.hasNews()
                && (!session.isJoined() || nowReturned == cameBack || nowReturned == badCameBack);
    }

    @Override
    public void onWoken() {
        sleep.end();
    }

    @Override
    public long dropped() {
        return dropped;
    }

    @Override
    public int lendableFrames() {
        return peerFrames.frames() / LENDABLE;
    }

    /** That of all pools: what the stack has sent to itself lies in a frame of its own. */
    @Override
    public Runnable keepMemory() {
        final Runnable peerPool = queue.peerPool().keep();
        final Runnable ownPool = queue.ownPool().keep();
        final Runnable small = smallFrames.keep();
        return () -> {
            peerPool.run();
            ownPool.run();
            small.run();
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
