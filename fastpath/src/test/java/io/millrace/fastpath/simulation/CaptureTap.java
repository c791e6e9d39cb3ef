package io.millrace.fastpath.simulation;

import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PcapngWriter;
import io.millrace.fastpath.port.PortFilter;

/**
 * Writes what one host receives and sends to a capture that all hosts share, in the order of virtual time. Thread: the
 * simulation's.
 */
final class CaptureTap extends PortFilter {
    private final PcapngWriter writer;

    /** @param writer is not closed by this port. */
    CaptureTap(final PacketPort delegate, final PcapngWriter writer) {
        super(delegate);
        this.writer = writer;
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        final int count = super.receive(frames, offset, limit, nowNs);
        for (int i = offset; i < offset + count; i++) {
            writer.add(frames[i], nowNs, false);
        }
        return count;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        // one by one: a frame that was taken can no longer be read, one that was not must not be in the capture
        for (int i = 0; i < length; i++) {
            writer.flush();
            final int before = writer.position();
            writer.add(frames[offset + i], nowNs, true);
            if (super.transmit(frames, offset + i, 1, nowNs) == 0) {
                writer.rewind(before);
                return i;
            }
        }
        return length;
    }
}
