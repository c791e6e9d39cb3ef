package io.millrace.nativeports.shm;

/**
 * This side's ring of sent frames: which entry is the next, and whether a small frame may lie in it. It is never full: it has
 * entries for all frames that can be with the other side, and as many more, that many of which have small ones at the most.
 * <p>
 * Thread: the engine's.
 */
final class SentRing {
    private final SideControl own;
    private final SideControl peer;
    private final PeerSession session;
    private final int smallLimit;
    private long next;
    /** How far the other side has taken them, as far as is known. */
    private long taken;

    SentRing(final SideControl own, final SideControl peer, final PeerSession session, final int frames) {
        this.own = own;
        this.peer = peer;
        this.session = session;
        smallLimit = frames;
    }

    void restart() {
        next = 0;
        taken = 0;
    }

    /** The position of the next entry. */
    long next() {
        return next;
    }

    /** Takes the next entry, which must be {@linkplain #name filled} or {@linkplain #copy so}; returns its position. */
    long claim() {
        return next++;
    }

    /** True where so few entries in front of it wait that it may have a small frame. */
    boolean hasRoomAt(final long position) {
        if (position - taken < smallLimit) {
            return true;
        }
        look();
        return position - taken < smallLimit;
    }

    /** What cannot be is as if nothing had been said: then frames go by name. */
    private void look() {
        final long now = peer.taken();
        if (now - taken >= 0 && next - now >= 0) {
            taken = now;
        }
    }

    /** The other side has a copy of the frame from now on, which stays this side's. */
    void copy(final long position, final long frame) {
        Entry.copy(own.entry(position), frame);
        own.publish(position, session.key());
    }

    /** The other side has the frame from now on. */
    void name(final long position, final long frame) {
        Entry.name(own.entry(position), frame);
        own.publish(position, session.key());
    }
}
