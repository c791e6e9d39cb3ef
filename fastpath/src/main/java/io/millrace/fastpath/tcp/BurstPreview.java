package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.FlowTable;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;

/**
 * Reads, before the segments of a burst are worked off one by one, what they will ask for: the entries of the flow table,
 * and then the connections. With more connections than the caches hold, each of those reads waits for memory, and here the
 * processor waits for many of them at once: for one segment, for the lines of its connection. It is only a guess from bytes
 * that nobody has checked: whatever it finds, or does not, changes nothing but the time. Thread: the engine's.
 */
final class BurstPreview {
    /** So many connections, and their entries, fit into a cache of the second level. */
    static final int CACHED = 2_048;
    /** Version 4, and a header without options. */
    private static final int PLAIN_V4 = 0x45;
    private static final int V6_HEADER = 40;

    private final ConnectionTable connections;
    private final boolean linkLayer;
    private final int[] found;
    private int looked;
    private int departures;
    /** What was read: written so that the reads take place. */
    private long sink;

    /** @param burst frames of a burst at the most. */
    BurstPreview(final int burst, final ConnectionTable connections, final boolean linkLayer) {
        this.found = new int[burst];
        this.connections = connections;
        this.linkLayer = linkLayer;
    }

    /**
     * Looks at the first so many frames.
     *
     * @return how many are for something that there is.
     */
    int look(final long[] frames, final int count) {
        looked = 0;
        return count == 0 || connections.inUse() <= CACHED ? 0 : lookAtAll(frames, count);
    }

    private int lookAtAll(final long[] frames, final int count) {
        int known = 0;
        for (int i = 0; i < count; i++) {
            found[i] = find(Frame.data(frames[i]));
            known += found[i] == FlowTable.ABSENT ? 0 : 1;
        }
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += connections.touch(found[i]);
        }
        for (int i = 0; i < count; i++) {
            sum += connections.touchSending(found[i]);
        }
        sink = sum;
        looked = count;
        departures = connections.departures();
        return known;
    }

    /** A frame is worked off next: whose it seems to be is what the table tries first. */
    void onFrame(final int index) {
        if (index < looked) {
            connections.expect(found[index], departures);
        }
    }

    /** A frame has room for these headers, whatever its length. */
    private int find(final long data) {
        final long ip = linkLayer ? data + EthernetHeader.LENGTH : data;
        final int version = Memory.getUnsignedByte(ip);
        if (version == PLAIN_V4 && Memory.getUnsignedByte(ip + Ipv4Header.PROTOCOL_OFFSET) == IpProtocol.TCP) {
            return connections.foresee(0, IpAddress.v4(Memory.getIntBE(ip + Ipv4Header.DESTINATION_OFFSET)), 0,
                    IpAddress.v4(Memory.getIntBE(ip + Ipv4Header.SOURCE_OFFSET)), ports(ip + Ipv4Header.MIN_LENGTH));
        }
        if (Ipv6Header.isV6(ip) && Memory.getUnsignedByte(ip + Ipv6Header.NEXT_HEADER_OFFSET) == IpProtocol.TCP) {
            return connections.foresee(Memory.getLongBE(ip + Ipv6Header.DESTINATION_OFFSET),
                    Memory.getLongBE(ip + Ipv6Header.DESTINATION_OFFSET + Long.BYTES),
                    Memory.getLongBE(ip + Ipv6Header.SOURCE_OFFSET),
                    Memory.getLongBE(ip + Ipv6Header.SOURCE_OFFSET + Long.BYTES), ports(ip + V6_HEADER));
        }
        return FlowTable.ABSENT;
    }

    /** Local port above, as the flow table has them: the destination's, which comes second. */
    private static int ports(final long tcp) {
        return Integer.rotateLeft(Memory.getIntBE(tcp), Short.SIZE);
    }
}
