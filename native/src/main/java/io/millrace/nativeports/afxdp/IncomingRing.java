package io.millrace.nativeports.afxdp;

/** A ring that we take entries out of: of what was received, and of what has been sent. Thread: one. */
final class IncomingRing extends SharedRing {
    IncomingRing(final long mapping, final long bytes, final long offsets, final int length, final int entryLength) {
        super(mapping, bytes, offsets, length, entryLength);
    }

    /** True where there is an entry to take. */
    boolean isReady() {
        if (own == others) {
            others = produced();
        }
        return own != others;
    }

    /** Address of the next entry, which is there; it stays until {@link #release}. */
    long take() {
        return entry(own++);
    }

    /** Lets the kernel have the entries that were taken. */
    void release() {
        consumed(own);
    }
}
