package io.millrace.bench.flood;

/**
 * What is measured.
 *
 * @param connections established ones, over which echoes go.
 * @param backlog     accept queue and SYN queue of each listener.
 * @param rate        SYNs of the flood a second; 0: as many as one thread can send.
 * @param settleNs    before each measurement.
 * @param measureNs   length of each measurement.
 * @param seed        of the first round's flood.
 */
public record FloodSettings(int connections, int backlog, long rate, long settleNs, long measureNs, long seed) {}
