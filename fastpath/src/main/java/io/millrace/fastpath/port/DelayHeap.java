package io.millrace.fastpath.port;

/**
 * Frames by the time at which they are due, the earliest first, those of one time in the order in which they were
 * added. A binary heap over arrays of a fixed size. Thread: one.
 */
final class DelayHeap {
    private final long[] dueNs;
    private final long[] sequence;
    private final long[] frames;
    private long nextSequence;
    private int size;

    DelayHeap(final int capacity) {
        dueNs = new long[capacity];
        sequence = new long[capacity];
        frames = new long[capacity];
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size == frames.length;
    }

    /** When the first frame is due; {@link Long#MAX_VALUE} where there is none. */
    long firstDueNs() {
        return size == 0 ? Long.MAX_VALUE : dueNs[0];
    }

    /** Must not be full. */
    void add(final long frame, final long due) {
        final long order = nextSequence++;
        int hole = size++;
        while (hole > 0) {
            final int parent = hole - 1 >>> 1;
            if (!isBefore(due, order, parent)) {
                break;
            }
            move(parent, hole);
            hole = parent;
        }
        set(hole, frame, due, order);
    }

    /** Removes the first frame; there must be one. */
    long remove() {
        final long first = frames[0];
        final int last = --size;
        final long due = dueNs[last];
        final long order = sequence[last];
        int hole = 0;
        for (int child = 1; child < size; child = 2 * hole + 1) {
            if (child + 1 < size && isBefore(dueNs[child + 1], sequence[child + 1], child)) {
                child++;
            }
            if (isBefore(due, order, child)) {
                break;
            }
            move(child, hole);
            hole = child;
        }
        set(hole, frames[last], due, order);
        return first;
    }

    private boolean isBefore(final long due, final long order, final int index) {
        return due < dueNs[index] || due == dueNs[index] && order < sequence[index];
    }

    private void move(final int from, final int to) {
        set(to, frames[from], dueNs[from], sequence[from]);
    }

    private void set(final int index, final long frame, final long due, final long order) {
        frames[index] = frame;
        dueNs[index] = due;
        sequence[index] = order;
    }
}
