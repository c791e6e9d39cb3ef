package io.millrace.control.neighbour;

/**
 * States of RFC 4861 §7.3.2, with Linux's FAILED and PERMANENT. Engines know the link-layer address exactly in
 * {@link #REACHABLE}, {@link #DELAY}, {@link #PROBE} and {@link #PERMANENT}.
 */
public enum NeighbourState {
    /** Asked for by broadcast; no answer yet. Frames wait in the engines. */
    INCOMPLETE,
    /** Answered, or confirmed by the transport, a short time ago. */
    REACHABLE,
    /** Long not seen in use: engines have forgotten it and ask before the next frame. */
    STALE,
    /** In use again; the transport has a few seconds to confirm it. */
    DELAY,
    /** Not confirmed for a while: asked by unicast, while engines go on using it. */
    PROBE,
    /** Did not answer; asking is answered with failure for a short time. */
    FAILED,
    /** Configured; never changes. */
    PERMANENT
}
