package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;

/**
 * One direction of a {@link FaultInjectionPort}: decides a frame's fate when it comes in, and holds it until it is due.
 * Every frame costs the same number of random draws, and copies draw from a stream of their own, so that a change of
 * one probability leaves the others' course as it was. Short frames, acknowledgements as a rule, draw from a stream of
 * their own as well: what befalls data does not depend on how many there were. Thread: the port's.
 */
final class FaultPath {
    /** Frames held at the most; what comes in beyond is dropped and counted. */
    static final int CAPACITY = 16_384;

    private static final int ETHERTYPE = 12;
    private static final int ETHERNET_HEADER = 14;
    private static final int ETHERTYPE_IPV4 = 0x0800;
    private static final int ETHERTYPE_IPV6 = 0x86DD;
    private static final double BITS_NS = 8e9;
    /** What {@link #schedule} draws; a lost frame draws as many. */
    private static final int SCHEDULING_DRAWS = 3;
    /** Bytes of the longest packet that is a short one. */
    private static final int SHORT = 100;
    private static final long SHORT_STREAM = 0x6A09E667F3BCC909L;
    private static final long COPIES_STREAM = 0x8CB92BA72F3D8DD7L;
    private static final long BURSTS_STREAM = 0x5851F42D4C957F2DL;

    private final PacketPort port;
    private final Faults faults;
    private final SplitMix longRandom;
    private final SplitMix shortRandom;
    private final SplitMix copiesRandom;
    private final BurstLoss bursts;
    private final int linkHeader;
    private final DelayHeap held = new DelayHeap(CAPACITY);
    private final FaultCounters counters = new FaultCounters();
    private long idleAtNs = Long.MIN_VALUE;
    private long lastDueNs = Long.MIN_VALUE;

    FaultPath(final PacketPort port, final Faults faults, final long seed) {
        this.port = port;
        this.faults = faults;
        longRandom = new SplitMix(seed);
        shortRandom = new SplitMix(seed ^ SHORT_STREAM);
        copiesRandom = new SplitMix(seed ^ COPIES_STREAM);
        bursts = new BurstLoss(faults, seed ^ BURSTS_STREAM);
        linkHeader = port.capabilities().linkLayer() ? ETHERNET_HEADER : 0;
    }

    FaultCounters counters() {
        return counters;
    }

    boolean isClear() {
        return faults.isNone();
    }

    long firstDueNs() {
        return held.firstDueNs();
    }

    /** Takes a frame in. */
    void admit(final long frame, final long nowNs) {
        counters.onFrame();
        final SplitMix random = Frame.length(frame) - linkHeader <= SHORT ? shortRandom : longRandom;
        final boolean lose = random.happens(faults.loss());
        final boolean duplicate = random.happens(faults.duplication());
        final boolean corrupt = random.happens(faults.corruption());
        final long place = random.nextLong();
        if (vanishes(frame, lose)) {
            port.release(frame);
            random.skip(SCHEDULING_DRAWS);
            return;
        }
        if (duplicate) {
            duplicate(frame, nowNs);
        }
        if (corrupt) {
            corrupt(frame, place);
        }
        schedule(frame, nowNs, random);
    }

    private boolean vanishes(final long frame, final boolean lose) {
        final boolean inBurst = bursts.takesNext();
        if (lose) {
            counters.onLost();
        } else if (inBurst) {
            counters.onLostInBurst();
        } else if (Frame.length(frame) - linkHeader > faults.mtu()) {
            counters.onTooLong();
        } else {
            return false;
        }
        return true;
    }

    /** Takes out frames that are due, in order. */
    int takeDue(final long[] frames, final int offset, final int limit, final long nowNs) {
        int count = 0;
        while (count < limit && held.firstDueNs() <= nowNs) {
            frames[offset + count++] = held.remove();
        }
        return count;
    }

    void releaseAll() {
        while (held.size() > 0) {
            port.release(held.remove());
        }
    }

    private void duplicate(final long frame, final long nowNs) {
        final long copy = port.acquire();
        if (copy == 0) {
            counters.onNotDuplicated();
            return;
        }
        final int offset = Frame.dataOffset(frame) - Frame.roomOffset(frame) + Frame.roomOffset(copy);
        final int length = Frame.length(frame);
        if (offset + length > Frame.capacity(copy)) {
            counters.onNotDuplicated();
            port.release(copy);
            return;
        }
        Memory.copy(Frame.data(frame), copy + offset, length);
        Frame.dataOffset(copy, offset);
        Frame.length(copy, length);
        counters.onDuplicated();
        schedule(copy, nowNs, copiesRandom);
    }

    private void corrupt(final long frame, final long place) {
        final int length = Frame.length(frame) - linkHeader;
        if (length > 0 && isIp(frame)) {
            final long bit = Math.unsignedMultiplyHigh(place, 8L * length);
            final long address = Frame.data(frame) + linkHeader + (bit >> 3);
            Memory.putByte(address, Memory.getByte(address) ^ 1 << (bit & 7));
            counters.onCorrupted();
        }
    }

    private boolean isIp(final long frame) {
        if (linkHeader == 0) {
            return true;
        }
        final int type = Memory.getShortBE(Frame.data(frame) + ETHERTYPE);
        return type == ETHERTYPE_IPV4 || type == ETHERTYPE_IPV6;
    }

    private void schedule(final long frame, final long nowNs, final SplitMix draws) {
        final boolean late = draws.happens(faults.reordering());
        final long jitterNs = draws.below(faults.jitterNs() + 1);
        final long lateNs = 1 + draws.below(faults.reorderDelayNs());
        final long sentNs = throughBottleneck(frame, nowNs);
        if (sentNs == Long.MAX_VALUE || held.isFull()) {
            counters.onOverflowed();
            port.release(frame);
            return;
        }
        final long dueNs = Math.max(lastDueNs, sentNs + faults.delayNs() + jitterNs);
        lastDueNs = dueNs;
        if (late) {
            counters.onReordered();
            held.add(frame, dueNs + lateNs);
        } else {
            held.add(frame, dueNs);
        }
    }

    /** @return when the last bit has left the bottleneck; {@link Long#MAX_VALUE} where its queue is full. */
    private long throughBottleneck(final long frame, final long nowNs) {
        if (faults.bitsPerSecond() == 0) {
            return nowNs;
        }
        final int length = Frame.length(frame);
        final long startNs = Math.max(idleAtNs, nowNs);
        final double nsPerByte = BITS_NS / faults.bitsPerSecond();
        final double waiting = (startNs - nowNs) / nsPerByte;
        if (waiting + length > faults.queueBytes()) {
            return Long.MAX_VALUE;
        }
        if (waiting > faults.markAboveBytes() && isIp(frame)
                && EcnMark.mark(Frame.data(frame) + linkHeader, length - linkHeader)) {
            counters.onMarked();
        }
        idleAtNs = startNs + Math.round(length * nsPerByte);
        return idleAtNs;
    }
}
