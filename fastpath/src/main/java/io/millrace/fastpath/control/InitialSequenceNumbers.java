package io.millrace.fastpath.control;

/** Initial sequence numbers (RFC 6528). Thread: every engine's; each engine has its own object. */
@FunctionalInterface
public interface InitialSequenceNumbers {
    /** The ISN for a connection with this 4-tuple at this time of the engine's clock. */
    int next(long localHi, long localLo, int localPort, long remoteHi, long remoteLo, int remotePort, long nowNs);
}
