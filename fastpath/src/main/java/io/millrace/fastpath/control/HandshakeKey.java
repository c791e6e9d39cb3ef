package io.millrace.fastpath.control;

/**
 * The handshake that a SYN cookie stands for. One object an engine, set anew for each. Thread: the engine's.
 */
public final class HandshakeKey {
    private long localHi;
    private long localLo;
    private long remoteHi;
    private long remoteLo;
    private int ports;
    private int peerIss;
    private int shift;

    /**
     * @param ports   local port above, remote port below.
     * @param peerIss sequence number of the peer's SYN.
     * @param shift   of the window scale option that our SYN-ACK carries; 0 where it carries none.
     */
    public HandshakeKey set(final long ourHi, final long ourLo, final long peerHi, final long peerLo,
            final int portPair, final int peerSequence, final int ourShift) {
        localHi = ourHi;
        localLo = ourLo;
        remoteHi = peerHi;
        remoteLo = peerLo;
        ports = portPair;
        peerIss = peerSequence;
        shift = ourShift;
        return this;
    }

    public long localHi() {
        return localHi;
    }

    public long localLo() {
        return localLo;
    }

    public int localPort() {
        return ports >>> 16;
    }

    public long remoteHi() {
        return remoteHi;
    }

    public long remoteLo() {
        return remoteLo;
    }

    public int remotePort() {
        return ports & 0xFFFF;
    }

    /** Sequence number of the peer's SYN. */
    public int peerIss() {
        return peerIss;
    }

    /** Shift of the windows that we announce. */
    public int shift() {
        return shift;
    }
}
