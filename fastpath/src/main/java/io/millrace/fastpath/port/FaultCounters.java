package io.millrace.fastpath.port;

/**
 * How often each fault of one direction has happened. Thread: written by the port's; another may read figures that were
 * true a moment ago.
 */
public final class FaultCounters {
    private long frames;
    private long lost;
    private long duplicated;
    private long reordered;
    private long corrupted;
    private long overflowed;
    private long notDuplicated;
    private long lostInBursts;
    private long tooLong;
    private long marked;

    FaultCounters() {}

    /** Frames that came in to this direction. */
    public long frames() {
        return frames;
    }

    /** Frames that vanished by {@link Faults.Builder#loss} or {@link Faults.Builder#burstLoss}. */
    public long lost() {
        return lost;
    }

    /** Of those, the ones that only a burst took. */
    public long lostInBursts() {
        return lostInBursts;
    }

    /** Frames that vanished because of their length. */
    public long tooLong() {
        return tooLong;
    }

    /** Packets marked "congestion experienced". */
    public long marked() {
        return marked;
    }

    /** Copies that were made. */
    public long duplicated() {
        return duplicated;
    }

    /** Frames that were held back; whether another overtook them depends on the traffic. */
    public long reordered() {
        return reordered;
    }

    /** Frames of which a bit was flipped. */
    public long corrupted() {
        return corrupted;
    }

    /** Frames dropped because the bottleneck's queue, or the store of delayed frames, was full. */
    public long overflowed() {
        return overflowed;
    }

    /** Copies that were due but found no frame or no place. */
    public long notDuplicated() {
        return notDuplicated;
    }

    void onFrame() {
        frames++;
    }

    void onLost() {
        lost++;
    }

    void onLostInBurst() {
        lost++;
        lostInBursts++;
    }

    void onTooLong() {
        tooLong++;
    }

    void onMarked() {
        marked++;
    }

    void onDuplicated() {
        duplicated++;
    }

    void onReordered() {
        reordered++;
    }

    void onCorrupted() {
        corrupted++;
    }

    void onOverflowed() {
        overflowed++;
    }

    void onNotDuplicated() {
        notDuplicated++;
    }

    @Override
    public String toString() {
        return frames + " frames, " + lost + " lost (" + lostInBursts + " in bursts), " + duplicated + " duplicated, "
                + reordered + " reordered, "
                + corrupted + " corrupted, " + overflowed + " overflowed, " + notDuplicated + " not duplicated, "
                + tooLong + " too long, " + marked + " marked";
    }
}
