package io.millrace.fastpath.control;

/** Initial sequence numbers (RFC 6528). Thread: every engine's; each engine has its own object. */
@FunctionalInterface
public interface InitialSequenceNumbers {
    /** The ISN for a connection with this 4-tuple at this time of the engine's clock. */
    int next(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort, long nowNs);

    /**
     * What the timestamps between these two hosts are counted from (RFC 7323 §7.1): a keyed hash of the addresses, the
     * same for every connection between them and for the life of the stack, so that timestamps of one 4-tuple grow from
     * one incarnation to the next (RFC 6191). The default, 0, shows the uptime to everyone.
     */
    default int timestampOffset(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
        return 0;
    }
}
