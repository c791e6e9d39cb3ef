package io.millrace.fastpath.tcp.matrix;

/** Where a segment lies to a receive window that nothing has filled (RFC 9293 §3.10.7.4, table 6). */
enum Place {
    /** All of it before RCV.NXT. */
    OLD,
    /** It begins before RCV.NXT and ends behind it. */
    ACROSS_LEFT_EDGE,
    AT_RCV_NXT,
    /** Within the window, but not the next. */
    AHEAD,
    /** It begins within the window and ends behind it. */
    ACROSS_RIGHT_EDGE,
    /** Behind the right edge. */
    BEYOND;

    /** RCV.WND of a connection without window scaling. */
    private static final int WINDOW = 65_535;

    static Place of(final Cell cell) {
        final int seq = cell.relativeSeq();
        final int end = seq + cell.length();
        if (seq >= WINDOW) {
            return BEYOND;
        }
        if (seq < 0) {
            return end > 0 ? ACROSS_LEFT_EDGE : OLD;
        }
        if (end > WINDOW) {
            return ACROSS_RIGHT_EDGE;
        }
        return seq == 0 ? AT_RCV_NXT : AHEAD;
    }
}
