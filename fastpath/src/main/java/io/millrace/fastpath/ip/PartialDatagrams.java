package io.millrace.fastpath.ip;

import io.millrace.fastpath.memory.RecordTable;
import java.util.Arrays;
import org.agrona.BitUtil;

/**
 * The datagrams under reassembly, found by addresses, protocol and identification (RFC 791 §3.2, RFC 8200 §4.5), and in the order in
 * which they began: since all wait equally long, that is also the order in which their time ends. Thread: the engine's.
 */
final class PartialDatagrams implements AutoCloseable {
    static final int NONE = -1;

    private final RecordTable records;
    private final int[] buckets;
    private final long seed;
    private final PartialDatagram cursor = new PartialDatagram();
    private final PartialDatagram neighbour = new PartialDatagram();
    private int oldest = NONE;
    private int newest = NONE;

    /** @param seed random: nobody outside can choose datagrams that share a bucket. */
    PartialDatagrams(final int capacity, final long seed) {
        this.records = new RecordTable("datagrams under reassembly", capacity, PartialDatagram.LENGTH);
        this.buckets = new int[BitUtil.findNextPositivePowerOfTwo(capacity)];
        this.seed = seed;
        Arrays.fill(buckets, NONE);
    }

    boolean isFull() {
        return records.inUse() == records.capacity();
    }

    int size() {
        return records.inUse();
    }

    /** The datagram that began first; {@link #NONE} where there is none. */
    int oldest() {
        return oldest;
    }

    PartialDatagram wrap(final PartialDatagram datagram, final int index) {
        return datagram.wrap(records.address(index));
    }

    int find(final Fragment fragment) {
        int index = buckets[bucket(PartialDatagram.hash(fragment, seed))];
        while (index != NONE && !wrap(cursor, index).isOf(fragment)) {
            index = cursor.hashNext();
        }
        return index;
    }

    /** A new one, which is not in the table yet; there is room. */
    int begin(final Fragment fragment, final long deadlineNs) {
        final int index = records.allocate();
        final int bucket = bucket(PartialDatagram.hash(fragment, seed));
        wrap(cursor, index).begin(fragment, deadlineNs);
        cursor.hashNext(buckets[bucket]);
        buckets[bucket] = index;
        cursor.older(newest);
        cursor.newer(NONE);
        if (newest == NONE) {
            oldest = index;
        } else {
            wrap(neighbour, newest).newer(index);
        }
        newest = index;
        return index;
    }

    void remove(final int index) {
        wrap(cursor, index);
        unlinkFromBucket(index, bucket(cursor.hash(seed)), cursor.hashNext());
        final int older = cursor.older();
        final int newer = cursor.newer();
        if (older == NONE) {
            oldest = newer;
        } else {
            wrap(neighbour, older).newer(newer);
        }
        if (newer == NONE) {
            newest = older;
        } else {
            wrap(neighbour, newer).older(older);
        }
        records.free(index);
    }

    @Override
    public void close() {
        records.close();
    }

    private void unlinkFromBucket(final int index, final int bucket, final int next) {
        if (buckets[bucket] == index) {
            buckets[bucket] = next;
            return;
        }
        wrap(neighbour, buckets[bucket]);
        while (neighbour.hashNext() != index) {
            wrap(neighbour, neighbour.hashNext());
        }
        neighbour.hashNext(next);
    }

    private int bucket(final int hash) {
        return hash & buckets.length - 1;
    }
}
