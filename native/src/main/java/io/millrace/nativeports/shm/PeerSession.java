package io.millrace.nativeports.shm;

/**
 * Which process the other side is, in one queue. Two sides are joined when each has seen the other's generation, has made
 * its own part ready for it, and has said so: nothing of an earlier process is taken for something of this one.
 * <p>
 * Thread: the engine's.
 */
final class PeerSession {
    private final SideControl own;
    private final SideControl peer;
    private final long generation;
    /** The other side's generation that this side is ready for, or that is known to be dead; 0: it is not there. */
    private long seen;
    private boolean greeting;
    private boolean joined;
    /** What the numbers of both rings' entries have; 0: nobody has sent with that. It stays when the other side has left. */
    private long key;

    PeerSession(final SideControl own, final SideControl peer, final long generation) {
        this.own = own;
        this.peer = peer;
        this.generation = generation;
    }

    /** What the numbers of both sides' entries have: also when the other has left, until another is greeted. */
    long key() {
        return key;
    }

    /** This side's cursors are at their beginning: the other one may see it. */
    void announce() {
        own.session(generation);
    }

    boolean isJoined() {
        return joined;
    }

    /** True where there may be a process on the other side. */
    boolean isThere() {
        return greeting || joined;
    }

    /** True where the other side has become another one than this side knows, or has become ready. */
    boolean hasNews() {
        return peer.session() != seen || greeting && peer.greeted() == generation;
    }

    /** True where the other side is who it was. Its generation is read after what it has written, and vouches for it. */
    boolean isWith(final long peerGeneration) {
        return peerGeneration == seen;
    }

    /** This side is ready for it: it may see everything that was written before. */
    void greet(final long newcomer) {
        seen = newcomer;
        greeting = true;
        key = Entry.key(generation, newcomer);
        own.greeted(newcomer);
    }

    /** True once, when the other side is ready as well. */
    boolean join() {
        if (!greeting || peer.greeted() != generation) {
            return false;
        }
        greeting = false;
        joined = true;
        return true;
    }

    /** The other side has left: it says so. */
    void left() {
        seen = 0;
        onDead();
    }

    /** The other side's process is dead, whatever its last words are. */
    void onDead() {
        greeting = false;
        joined = false;
    }

    /** This side leaves. */
    void leave() {
        own.session(0);
    }
}
