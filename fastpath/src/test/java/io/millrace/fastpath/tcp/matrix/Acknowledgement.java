package io.millrace.fastpath.tcp.matrix;

import java.util.EnumSet;
import java.util.Set;

/** What a segment's ACK field acknowledges (RFC 9293 §3.10.7.4, fifth step; RFC 5961 §5.2). */
enum Acknowledgement {
    /** SND.UNA &lt; SEG.ACK =&lt; SND.NXT. */
    NEW,
    /** SEG.ACK = SND.UNA. */
    DUPLICATE,
    /** Before SND.UNA, by no more than MAX.SND.WND. */
    OLD,
    /** Before that. */
    TOO_OLD,
    /** SEG.ACK &gt; SND.NXT. */
    UNSENT;

    /** MAX.SND.WND: the window that the peer of a scenario offers. */
    private static final int MAX_SND_WND = 65_535;

    static Acknowledgement of(final Cell cell) {
        final int ack = Integer.parseInt(cell.ack());
        final int una = -cell.start().inFlight();
        if (ack > 0) {
            return UNSENT;
        }
        if (ack > una) {
            return NEW;
        }
        if (ack == una) {
            return DUPLICATE;
        }
        return ack >= una - MAX_SND_WND ? OLD : TOO_OLD;
    }

    /** Those that can arrive in this state. */
    static Set<Acknowledgement> possible(final Start start) {
        return start.inFlight() > 0 ? EnumSet.allOf(Acknowledgement.class) : EnumSet.complementOf(EnumSet.of(NEW));
    }
}
