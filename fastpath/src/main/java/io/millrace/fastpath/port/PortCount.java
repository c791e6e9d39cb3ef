package io.millrace.fastpath.port;

/** What some kinds of port count beside what they lose. */
public enum PortCount {
    /** Frames that went out by a queue for bulk transfers alone. */
    BULK_FRAMES,
    /** Times that such a queue was turned to. */
    BULK_BEGUN,
    /** Times that it was left again. */
    BULK_ENDED,
    /** Bursts that could not go by it as the host refused its CPUs. */
    BULK_REFUSED,
    /** Bursts that could not as engines have all CPUs. */
    BULK_WITHOUT_CPU
}
