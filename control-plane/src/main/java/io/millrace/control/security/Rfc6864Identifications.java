package io.millrace.control.security;

import io.millrace.fastpath.control.DatagramIdentifications;

/**
 * Identifications of datagrams (RFC 6864): counters, each shared by some pairs of hosts, that every pair begins at a
 * place of its own (RFC 7739 §5.3). So one comes back only after 65,536 datagrams between the hosts that share a counter,
 * the longest that 16 bits allow; and what one host is sent tells it nothing of what another is sent, be it the number or
 * how many there were. Thread: one engine's.
 */
public final class Rfc6864Identifications implements DatagramIdentifications {
    private static final int COUNTERS = 2_048;

    private final SipHash hash;
    private final int[] counters = new int[COUNTERS];
    private final int engine;
    private final int engines;
    /** The pair asked for last, as datagrams come in runs, and its hash. No protocol at first: nothing is that pair. */
    private long lastSourceHi;
    private long lastSourceLo;
    private long lastDestinationHi;
    private long lastDestinationLo;
    private int lastProtocol = -1;
    private long lastHash;

    /**
     * @param secret  the same for every engine of a stack.
     * @param engine  which of them this is, from 0: each has residues of its own, so that two do not make the same; where
     *                {@code engines} is no power of two, that holds for the first 65,536 / {@code engines} of each.
     * @param engines how many there are.
     */
    public Rfc6864Identifications(final Secret secret, final int engine, final int engines) {
        this.hash = SipHash.twoFour(secret);
        this.engine = engine;
        this.engines = engines;
    }

    @Override
    public int next(final long sourceHi, final long sourceLo, final long destinationHi, final long destinationLo,
            final int protocol) {
        if (!isLast(sourceHi, sourceLo, destinationHi, destinationLo, protocol)) {
            lastSourceHi = sourceHi;
            lastSourceLo = sourceLo;
            lastDestinationHi = destinationHi;
            lastDestinationLo = destinationLo;
            lastProtocol = protocol;
            lastHash = hash.begin().add(sourceHi).add(sourceLo).add(destinationHi).add(destinationLo).add(protocol)
                    .end();
        }
        final int counter = (int) (lastHash >>> Integer.SIZE) & COUNTERS - 1;
        return (int) lastHash + counters[counter]++ * engines + engine;
    }

    private boolean isLast(final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int protocol) {
        return lastDestinationLo == destinationLo && lastDestinationHi == destinationHi && lastSourceLo == sourceLo
                && lastSourceHi == sourceHi && lastProtocol == protocol;
    }
}
