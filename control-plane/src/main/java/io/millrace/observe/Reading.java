package io.millrace.observe;

import java.util.List;

/**
 * One counter or gauge, read. Immutable. Thread: any.
 *
 * @param described what it is.
 * @param value     of the whole stack: the sum, or of some gauges the highest.
 * @param engines   of each engine; empty for a counter of the control plane.
 */
public record Reading(Metadata.Described described, long value, List<Long> engines) {
    public Reading {
        engines = List.copyOf(engines);
    }

    /** The name, e.g. {@code TcpRetransmits}. */
    public String label() {
        return described.label();
    }
}
