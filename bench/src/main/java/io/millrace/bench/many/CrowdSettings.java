package io.millrace.bench.many;

/**
 * What a crowd does.
 *
 * @param connections how many.
 * @param addresses   of the client, from which they come in turn.
 * @param window      how many are opened, used or closed at once.
 * @param payload     bytes of a message.
 * @param messages    how many are exchanged, each on another connection where there are so many.
 * @param timeWait    records of TIME_WAIT of each side.
 */
public record CrowdSettings(int connections, int addresses, int window, int payload, int messages, int timeWait) {
    /** A prime: in steps of so many one comes by every connection, far from the one before. */
    private static final long STRIDE = 7_368_787;

    /** From one connection used to the next. */
    long stride() {
        return STRIDE;
    }
}
