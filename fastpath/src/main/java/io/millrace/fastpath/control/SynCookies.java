package io.millrace.fastpath.control;

/**
 * SYN cookies (RFC 4987 §3.6): initial sequence numbers that say what a listener would otherwise have to remember of a
 * SYN, and that nobody can make up. Thread: one engine's; each engine has its own object, and takes the cookies of every
 * engine of the stack.
 */
public interface SynCookies {
    /** How long cookies are made with the same key: 2^24 ticks of the 4 µs clock of RFC 9293 §3.4.1, 67.1 s. */
    long PERIOD_NS = (1L << 24) * 4_000;
    /** So long ago a cookie that is still valid may have been made. */
    long VALIDITY_NS = 2 * PERIOD_NS;
    /** What a cookie can say: a number from 0 to this one less 1. */
    int DATA_VALUES = 4;
    /** What {@link #check} answers where the number is no cookie, or too old. */
    int INVALID = -1;

    /** Makes no cookie that it would take. */
    SynCookies NONE = new SynCookies() {
        @Override
        public int make(final HandshakeKey handshake, final int data, final long nowNs) {
            throw new IllegalStateException("there are no SYN cookies here");
        }

        @Override
        public int check(final HandshakeKey handshake, final int cookie, final long nowNs) {
            return INVALID;
        }
    };

    /**
     * The initial sequence number of a SYN-ACK.
     *
     * @param data  0 to {@link #DATA_VALUES} - 1.
     * @param nowNs the engine's clock.
     */
    int make(HandshakeKey handshake, int data, long nowNs);

    /** What this cookie says, or {@link #INVALID}. */
    int check(HandshakeKey handshake, int cookie, long nowNs);
}
