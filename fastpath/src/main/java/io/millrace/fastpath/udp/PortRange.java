package io.millrace.fastpath.udp;

import java.util.function.IntUnaryOperator;

/**
 * The ports that endpoints get which ask for none (RFC 6056 §3.3.1: a random one of the range, then the next free).
 *
 * @param low   lowest port, 1 to 65,535.
 * @param high  highest port, {@code low} to 65,535.
 * @param start a number from 0 to its argument - 1, not to be foreseen: where a search begins. Called by one thread at
 *              a time.
 */
public record PortRange(int low, int high, IntUnaryOperator start) {
    int count() {
        return high - low + 1;
    }
}
