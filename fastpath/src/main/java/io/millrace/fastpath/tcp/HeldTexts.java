package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.flow.Slots;
import io.millrace.fastpath.flow.Tcb;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The {@link HeldText} of an engine's connections, and what their owners are still to be told: not in the middle of a
 * segment, since an owner may call TCP. The objects are used again, so holding text allocates nothing in the long run.
 * Thread: the engine's.
 */
final class HeldTexts {
    private static final int FIRST_RELEASES = 64;
    private static final int SPARE = 256;

    private final Slots<HeldText> held;
    private final ArrayDeque<HeldText> spare = new ArrayDeque<>();
    private final EngineControl control;
    private final EngineCounters counters;
    private @Nullable Object[] texts = new Object[FIRST_RELEASES];
    private @Nullable TextOwner[] owners = new TextOwner[FIRST_RELEASES];
    private int releases;
    /** Connections that hold some: mostly none, and then nobody looks for theirs. */
    private int holders;

    HeldTexts(final int maxConnections, final EngineControl control, final EngineCounters counters) {
        held = new Slots<>(maxConnections);
        this.control = control;
        this.counters = counters;
    }

    /** What the connection holds; null where that is nothing. */
    @Nullable
    HeldText of(final Tcb tcb) {
        return holders == 0 ? null : held.get(tcb.index());
    }

    /** The same, made where there is none. */
    HeldText make(final Tcb tcb) {
        final HeldText found = held.get(tcb.index());
        if (found != null) {
            return found;
        }
        final HeldText free = spare.pollLast();
        final HeldText made = free == null ? new HeldText() : free;
        held.set(tcb.index(), made);
        holders++;
        return made;
    }

    /** Lets go of what ends at or before {@code sequence}. */
    void releaseUpTo(final Tcb tcb, final HeldText text, final int sequence) {
        while (!text.isEmpty() && text.end(0) - sequence <= 0) {
            text.removeFirst(this);
        }
        if (text.isEmpty()) {
            held.set(tcb.index(), null);
            holders--;
            if (spare.size() < SPARE && text.isSmall()) {
                spare.addLast(text);
            }
        }
    }

    /** Lets go of everything. */
    void free(final Tcb tcb) {
        final HeldText text = of(tcb);
        if (text != null) {
            while (!text.isEmpty()) {
                text.removeFirst(this);
            }
            releaseUpTo(tcb, text, 0);
        }
    }

    void release(final TextOwner owner, final Object text) {
        if (releases == texts.length) {
            texts = Arrays.copyOf(texts, 2 * releases);
            owners = Arrays.copyOf(owners, 2 * releases);
        }
        texts[releases] = text;
        owners[releases] = owner;
        releases++;
    }

    /** True where {@link #tellOwners} has something to tell. */
    boolean hasReleases() {
        return releases > 0;
    }

    /** Tells owners what is not read any more; what they let go of meanwhile too. */
    void tellOwners() {
        while (releases > 0) {
            releases--;
            final Object text = texts[releases];
            final TextOwner owner = owners[releases];
            texts[releases] = null;
            owners[releases] = null;
            assert text != null && owner != null;
            try {
                owner.release(text);
            } catch (final Throwable e) {
                // an owner's Error is no reason to keep the memory of the others
                counters.increment(Counter.EXCEPTIONS);
                control.onDefect(e);
            }
        }
    }
}
