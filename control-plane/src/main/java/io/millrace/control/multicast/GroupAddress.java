package io.millrace.control.multicast;

import io.millrace.fastpath.wire.IpAddress;

/**
 * An address of a group or of a source, of either family. Immutable. Thread: any.
 *
 * @param hi upper half.
 * @param lo lower half.
 */
record GroupAddress(long hi, long lo) implements Comparable<GroupAddress> {
    static GroupAddress v4(final int address) {
        return new GroupAddress(0, IpAddress.v4(address));
    }

    int toV4() {
        return IpAddress.toV4(lo);
    }

    @Override
    public int compareTo(final GroupAddress other) {
        return hi == other.hi ? Long.compareUnsigned(lo, other.lo) : Long.compareUnsigned(hi, other.hi);
    }
}
