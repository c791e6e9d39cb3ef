package io.millrace.fastpath.flow;

/**
 * The transmission control block (RFC 9293 §3.3.1) of one connection: a flyweight over a record of
 * {@value #LENGTH} bytes, seven cache lines. With its entry in the flow table a connection without data in flight costs
 * less than 512 bytes, and no heap object.
 * <p>
 * Sequence numbers are 32-bit and wrap; compare them with {@link io.millrace.fastpath.wire.Seq}. Times are nanoseconds
 * of the engine's clock. Ring positions are sequence numbers.
 * <p>
 * Which cache line holds what:
 * <ul>
 * <li>0, from byte 0: the 4-tuple, state and flags, RCV.NXT and the window: what every arriving segment looks at;
 * <li>1, from 64: SND.UNA, SND.NXT, SND.WND, the rings, cwnd: what every segment sent looks at;
 * <li>2, from 128, and the greater part of 3, from 192: what else text that arrives, is received and acknowledged looks
 * at, and the timer of acknowledgements, the first of four intrusive nodes of the wheel;
 * <li>4, from 256: the other timers, and
 * <li>5, from 320: congestion: what text that is sent and acknowledged looks at, too;
 * <li>6, from 384: the numbers that each acknowledgement of something new sets back or compares (retransmits, failures,
 * ssthresh), and what is rarely looked at.
 * </ul>
 * With more connections than the caches hold, each line is a wait for memory: so the first {@value #RECEIVING} bytes are
 * all that a connection needs that only receives.
 * Thread: the engine's. An engine has one flyweight and wraps it anew for each segment, timer and call.
 */
public final class Tcb extends TcbSend {
    /** Bytes of a record. */
    public static final int LENGTH = 448;
    /** Bytes, from the first on, that a connection needs while it only receives. */
    public static final int RECEIVING = 256;
    /** Timers of a connection: 1 shifted by this. */
    public static final int TIMER_SHIFT = 2;
    /** Timers of a connection. */
    public static final int TIMER_COUNT = 1 << TIMER_SHIFT;
    /** Timer: delayed acknowledgement. */
    public static final int TIMER_ACK = 0;
    /** Timer: retransmission, or zero-window probe. */
    public static final int TIMER_RETRANSMIT = 1;
    /** Timer: keepalive, or the end of FIN_WAIT_2. */
    public static final int TIMER_LIFE = 2;
    /** Timer: sending may be tried again: the slab was full, or pacing pauses. */
    public static final int TIMER_OUTPUT = 3;
    /** Where the first timer's node lies. */
    public static final int TIMERS_OFFSET = 232;

    private int index;

    /** Points the flyweight at a record. */
    public Tcb wrap(final int newIndex, final long newAddress) {
        index = newIndex;
        address = newAddress;
        return this;
    }

    /** Which record of the connection table this is. */
    public int index() {
        return index;
    }

    /** Name of one of the connection's timers in the wheel. */
    public int timer(final int timer) {
        return index * TIMER_COUNT + timer;
    }

    /** Address of the node of {@link #TIMER_ACK}, behind which those of the others lie. */
    public long firstTimer() {
        return address + TIMERS_OFFSET;
    }

    /** What the application calls the connection. */
    public long handle() {
        return (long) generation() << 32 | index;
    }

    @Override
    public String toString() {
        return "tcb " + index + ": state " + state() + ", snd " + (sndUna() - iss()) + '/' + (sndNxt() - iss()) + '/'
                + (sndEnd() - iss()) + " wnd " + sndWnd() + " cwnd " + cwnd() + ", rcv " + (rcvRead() - irs()) + '/'
                + (rcvNxt() - irs()) + " wnd " + rcvWnd() + ", flags 0x" + Integer.toHexString(flags());
    }
}
