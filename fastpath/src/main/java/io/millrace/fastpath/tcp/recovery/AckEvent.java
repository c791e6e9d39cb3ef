package io.millrace.fastpath.tcp.recovery;

/**
 * An acceptable acknowledgement as loss recovery sees it. One object an engine, filled anew for each. Thread: the
 * engine's.
 */
public final class AckEvent {
    /** SACK blocks of a segment at the most. */
    public static final int MAX_BLOCKS = 4;

    /** SEG.ACK; SND.UNA to SND.MAX. */
    public int ack;
    /** A duplicate by RFC 5681 §2. */
    public boolean duplicate;
    /** SACK blocks, left and right edge in turn. */
    public final int[] sackEdges = new int[2 * MAX_BLOCKS];
    /** How many of them. */
    public int sackBlocks;
    /** A timestamp echo came. */
    public boolean hasEcho;
    /** SEG.TSecr. */
    public int echo;
    /** ECE on an ECN connection. */
    public boolean congestionEchoed;
    /** When it arrived at the port. */
    public long arrivedNs;
}
