package io.millrace.fastpath.tcp.recovery;

/** What loss recovery asks of a connection's settings. Thread: any. */
public interface RecoverySettings {
    /** Loss is found by time (RFC 8985), else by three duplicates (RFC 6675). */
    boolean rack();

    /** Tail loss probes are sent (RFC 8985 §7). */
    boolean tailLossProbe();

    /** Spurious timeouts are looked for (RFC 5682). */
    boolean forwardRtoRecovery();

    /** Smallest RTO. */
    long rtoMinNs();

    /** Largest RTO. */
    long rtoMaxNs();
}
