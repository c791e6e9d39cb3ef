package io.millrace.bench.many;

import io.millrace.fastpath.flow.FlowTable;
import io.millrace.fastpath.flow.Tcb;
import java.util.Locale;

/**
 * What a crowd has cost.
 *
 * @param established     connections that both sides had at the same time.
 * @param reserved        bytes of address space of each side.
 * @param phases          opening, exchanging messages, closing.
 * @param opened          memory that opening took, of both sides together.
 * @param used            the same after the messages.
 * @param slab            bytes of rings in use after the messages, at the side that has more.
 * @param idleFew         nanoseconds of a poll when few connections are left, of the client's engine and of the server's.
 * @param idleMany        the same with all of them.
 * @param retransmissions of both sides.
 * @param timeWaitFull    connections that found the client's table of TIME_WAIT full: the oldest made room.
 */
public record CrowdReport(CrowdSettings settings, int established, long reserved, Phase[] phases,
        ProcessMemory opened, ProcessMemory used, long slab, double[] idleFew, double[] idleMany,
        long retransmissions, long timeWaitFull) {
    private static final double MEBIBYTE = 1 << 20;

    /** Bytes of tables outside of the heap that a connection has at each side. */
    public double offHeap() {
        return Tcb.LENGTH + 1.0 / Byte.SIZE + flowShare();
    }

    /** Bytes of the heap that a connection has at each side. */
    public double heap() {
        return share(used.heap());
    }

    /** Bytes of memory that a connection has at each side, heap and all; the application's own list counts for half. */
    public double resident() {
        return share(used.resident());
    }

    private double flowShare() {
        return (double) FlowTable.requiredBytes(settings.connections() + settings.timeWait())
                / settings.connections();
    }

    private double share(final long bytes) {
        return bytes / 2.0 / settings.connections();
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, """
                %,d connections established, from %,d addresses; %.0f MiB of address space reserved at each side
                bytes of a connection at each side
                  off heap, in tables      %6.1f   (TCB %d, flow table %.1f)
                  heap                     %6.1f
                  resident, all in         %6.1f   (after opening %.1f; huge pages %.1f; page tables besides %.1f)
                  rings after the messages %6d   (all connections together)
                opened    %,10d in %6.1f s: %,9.0f a second, %5.2f us of processor time each
                messages  %,10d in %6.1f s: %,9.0f a second, %5.2f us each, there and back
                closed    %,10d in %6.1f s: %,9.0f a second, %5.2f us each; TIME_WAIT full %,d times
                an idle poll: client %.0f ns, server %.0f ns; when %d connections are left %.0f ns, %.0f ns
                sent again: %,d
                """, established, settings.addresses(), reserved / MEBIBYTE, offHeap(), Tcb.LENGTH, flowShare(), heap(),
                resident(), share(opened.resident()), share(used.huge()), share(used.pageTables()), slab,
                phases[0].count(), phases[0].seconds(), phases[0].rate(), phases[0].cpuMicros(), phases[1].count(),
                phases[1].seconds(), phases[1].rate(), phases[1].cpuMicros(), phases[2].count(), phases[2].seconds(),
                phases[2].rate(), phases[2].cpuMicros(), timeWaitFull, idleMany[0],
                idleMany[1], Crowd.FEW, idleFew[0], idleFew[1], retransmissions);
    }
}
