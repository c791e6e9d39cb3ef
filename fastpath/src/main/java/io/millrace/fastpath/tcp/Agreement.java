package io.millrace.fastpath.tcp;

import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;

/**
 * What the options of a SYN offer and our settings agree to; from a SYN, or from what a SYN cookie kept of one. One object
 * an engine, used anew. Thread: the engine's.
 */
final class Agreement {
    /** No window is scaled. */
    static final int UNSCALED = -1;

    /** The peer's MSS as far as it is believed, in bytes. */
    int mss;
    boolean timestamps;
    /** SEG.TSval; with {@link #timestamps}. */
    int timestampValue;
    boolean sack;
    /** Shift of the windows that the peer announces, 0 to 14, or {@link #UNSCALED}. */
    int scale;
    boolean ecn;

    /** @param passive the SYN came to a listener. */
    void read(final Segment syn, final TcpSettings settings, final boolean passive) {
        final TcpOptions options = syn.decodeOptions();
        mss = options.hasMss()
                ? Math.max(options.mss(), Lifecycle.MIN_MSS)
                : Lifecycle.defaultMss(syn.remoteHi, syn.remoteLo);
        timestamps = options.hasTimestamps() && settings.timestamps();
        timestampValue = options.timestampValue();
        sack = options.sackPermitted() && settings.sack();
        scale = options.hasWindowScale() && settings.windowScaling() ? options.windowScale() : UNSCALED;
        ecn = agreesOnEcn(syn, settings.ecn(), passive);
    }

    /**
     * RFC 3168 §6.1.1. A SYN that is marked itself comes from something that does not know the rules, or a path that
     * mangles them (as Linux); a SYN-ACK with CWR reflects our own flags.
     */
    private static boolean agreesOnEcn(final Segment syn, final TcpSettings.Ecn wanted, final boolean passive) {
        final boolean asked = syn.has(TcpHeader.ECE);
        final boolean both = asked && syn.has(TcpHeader.CWR);
        if (syn.has(TcpHeader.ACK)) {
            return wanted == TcpSettings.Ecn.ON && asked && !both;
        }
        final boolean willing = wanted == TcpSettings.Ecn.ON || wanted == TcpSettings.Ecn.PASSIVE && passive;
        return willing && both && syn.ecn == Ipv4Header.NOT_ECT;
    }

    boolean scales() {
        return scale != UNSCALED;
    }
}
