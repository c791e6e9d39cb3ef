package io.millrace.fastpath.idle;

import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.Sleeper;
import org.jspecify.annotations.Nullable;

/** What a loop waits for: an engine with its port. Thread: the loop's. */
public interface IdleSource {
    /** {@link PacketPort#mayReceive}. */
    default boolean mayReceive() {
        return true;
    }

    /** {@link PacketPort#descriptors}. */
    int descriptors();

    /** {@link PacketPort#descriptor}. */
    int descriptor(int index);

    /** {@link PacketPort#sleeper}. */
    void sleeper(@Nullable Sleeper sleeper);

    /** {@link PacketPort#wakesSleeper}. */
    boolean wakesSleeper();

    /** {@link PacketPort#prepareToBlock}. */
    boolean prepareToBlock();

    /**
     * {@link PacketPort#onWoken}.
     *
     * @param early false where the loop slept as long as it wanted to, or not at all.
     */
    void onWoken(boolean slept, boolean early);
}
