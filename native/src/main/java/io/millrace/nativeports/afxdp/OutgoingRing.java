package io.millrace.nativeports.afxdp;

import java.lang.invoke.VarHandle;

/** A ring that we put entries into: for filling, and for sending. Thread: one. */
final class OutgoingRing extends SharedRing {
    OutgoingRing(final long mapping, final long bytes, final long offsets, final int length, final int entryLength) {
        super(mapping, bytes, offsets, length, entryLength);
    }

    /** True where so many more entries find room. */
    boolean hasRoom(final int entries) {
        if (length - (own - others) < entries) {
            others = consumed();
        }
        return length - (own - others) >= entries;
    }

    /** Address of the next entry, which has room. */
    long put() {
        return entry(own++);
    }

    /** Shows the kernel what was put, and lets the flags be read that it wrote before it looked for the last time. */
    void publish() {
        produced(own);
        VarHandle.fullFence();
    }

    /** Entries that the kernel has not taken. */
    int pending() {
        others = consumed();
        return own - others;
    }
}
