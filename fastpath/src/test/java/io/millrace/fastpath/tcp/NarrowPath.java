package io.millrace.fastpath.tcp;

import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Packet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What lies between a {@link Flow} and its peer: packets longer than its MTU vanish without a word; the peer acknowledges
 * each of the others, selectively, a round trip after it was sent. The MTU is that of IPv4, of IPv6 20 bytes more. Thread:
 * the test's.
 */
final class NarrowPath {
    private static final int MAX_STEPS = 20_000;

    private final Flow flow;
    private int mtu;
    /** What arrived beyond {@link #upTo}: from, to. */
    private final TreeMap<Integer, Integer> beyond = new TreeMap<>();
    private int upTo;
    private int vanished;

    NarrowPath(final Flow flow, final int mtu) {
        this.flow = flow;
        this.mtu = mtu;
    }

    NarrowPath mtu(final int bytes) {
        mtu = bytes;
        return this;
    }

    /** Packets that were too long. */
    int vanished() {
        return vanished;
    }

    /** Sends so many bytes and lets time pass until all of them are acknowledged; false where the connection ended before. */
    boolean carry(final int bytes) {
        final int end = upTo + bytes;
        int queued = flow.stack.send(flow.handle, Wire.bytes(0, bytes));
        for (int step = 0; step < MAX_STEPS && upTo < end; step++) {
            final List<Packet> sent = flow.stack.allSent();
            if (!sent.isEmpty()) {
                flow.passRoundTrip();
                for (final Packet packet : sent) {
                    // no two at one time: what was sent in answer to one is later than what was before
                    flow.stack.advance(1_000);
                    pass(packet);
                }
            } else if (flow.events.took(ConnectionHandler.FAILED) || flow.stack.nextTimerNs() == Long.MAX_VALUE) {
                return false;
            } else {
                flow.stack.toNextTimer();
            }
            if (queued < bytes) {
                queued += Math.max(0, flow.stack.send(flow.handle, Wire.bytes(0, bytes - queued)));
            }
        }
        return upTo >= end;
    }

    private void pass(final Packet packet) {
        if (packet.length() == 0) {
            return;
        }
        if (packet.toBytes().length > Family.current().mtu(mtu)) {
            vanished++;
            return;
        }
        final int from = flow.offset(packet);
        add(from, from + packet.length());
        final int[] blocks = blocks(from);
        flow.ackBytes(upTo, blocks);
    }

    private void add(final int from, final int to) {
        beyond.merge(from, to, Math::max);
        int end = upTo;
        for (Map.Entry<Integer, Integer> first = beyond.firstEntry(); first != null
                && first.getKey() <= end; first = beyond.firstEntry()) {
            end = Math.max(end, first.getValue());
            beyond.pollFirstEntry();
        }
        upTo = end;
    }

    /** RFC 2018 §4: the block of what came last first, and the others behind it. */
    private int[] blocks(final int latest) {
        final TreeMap<Integer, Integer> merged = new TreeMap<>();
        beyond.forEach((from, to) -> {
            final Map.Entry<Integer, Integer> last = merged.lastEntry();
            if (last != null && last.getValue() >= from) {
                merged.put(last.getKey(), Math.max(last.getValue(), to));
            } else {
                merged.put(from, to);
            }
        });
        final Map.Entry<Integer, Integer> newest = merged.floorEntry(latest);
        return Stream
                .concat(newest == null ? Stream.empty() : Stream.of(newest),
                        merged.entrySet().stream().filter(entry -> newest == null || !entry.equals(newest)))
                .limit(3).flatMapToInt(entry -> IntStream.of(entry.getKey(), entry.getValue()))
                .toArray();
    }
}
