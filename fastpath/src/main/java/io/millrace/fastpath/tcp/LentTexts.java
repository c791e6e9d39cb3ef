package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Slots;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.port.LentFrames;
import java.util.ArrayDeque;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The {@link LentText} of an engine's connections, and which of them have some: frames are for an application that takes
 * them soon, and text that has to wait for it moves into the ring. The objects are used again. Thread: the engine's.
 */
final class LentTexts {
    private static final int SPARE = 256;

    final LentFrames frames;
    private final Slots<LentText> lent;
    private final ArrayDeque<LentText> spare = new ArrayDeque<>();
    /** Connections that have, or had, frames waiting. */
    private final IntArrayList waiting = new IntArrayList();
    /** Connections that have some: mostly none, and then nobody looks for theirs. */
    private int holders;
    private int turn;

    LentTexts(final LentFrames frames, final int maxConnections) {
        this.frames = frames;
        lent = new Slots<>(maxConnections);
    }

    /** What waits in frames; null where that is nothing. */
    @Nullable
    LentText of(final Tcb tcb) {
        return holders == 0 ? null : lent.get(tcb.index());
    }

    /** Keeps the frame that is being looked at for the text within it; false where it is to be copied. */
    boolean add(final Tcb tcb, final int sequence, final long place, final int length) {
        LentText text = lent.get(tcb.index());
        if (text != null && text.isFull()) {
            return false;
        }
        final long frame = frames.take();
        if (frame == 0) {
            return false;
        }
        if (text == null) {
            final LentText free = spare.pollLast();
            text = free == null ? new LentText() : free;
            lent.set(tcb.index(), text);
            holders++;
        }
        if (text.isEmpty()) {
            text.lastRead = tcb.rcvRead() - 1;
            waiting.addInt(tcb.index());
        }
        return text.add(sequence, place, length, frame);
    }

    /** Gives back the frames that end at or before {@code sequence}. */
    void releaseUpTo(final Tcb tcb, final LentText text, final int sequence) {
        while (!text.isEmpty() && text.end(0) - sequence <= 0) {
            frames.release(text.takeFirst());
        }
        dropIfEmpty(tcb, text);
    }

    /** The oldest frame, which is the caller's then. */
    long take(final Tcb tcb, final LentText text) {
        final long frame = text.takeFirst();
        dropIfEmpty(tcb, text);
        return frame;
    }

    private void dropIfEmpty(final Tcb tcb, final LentText text) {
        if (text.isEmpty()) {
            lent.set(tcb.index(), null);
            holders--;
            if (spare.size() < SPARE && text.isSmall()) {
                spare.addLast(text);
            }
        }
    }

    /** Gives back every frame of a connection. */
    void free(final Tcb tcb) {
        final LentText text = of(tcb);
        if (text != null) {
            while (!text.isEmpty()) {
                frames.release(text.takeFirst());
            }
            dropIfEmpty(tcb, text);
        }
    }

    /** True where text waits in frames. */
    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** The end of a turn: text that nobody has received for a turn moves into the ring, where the slab has room. */
    void endTurn(final ConnectionTable connections, final ReceiveQueue queue) {
        turn++;
        for (int i = waiting.size() - 1; i >= 0; i--) {
            final int index = waiting.getInt(i);
            final LentText text = lent.get(index);
            if (text == null || text.lookedAfter == turn) {
                // received, or listed twice
                waiting.fastUnorderedRemove(i);
                continue;
            }
            text.lookedAfter = turn;
            final Tcb tcb = connections.wrap(index);
            if (text.lastRead != tcb.rcvRead()) {
                text.lastRead = tcb.rcvRead();
            } else {
                waiting.fastUnorderedRemove(i);
                queue.moveIntoRing(tcb, text);
            }
        }
    }
}
