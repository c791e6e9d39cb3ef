package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.ByteRing;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.tcp.recovery.LossRecovery;

/**
 * Bytes from the application until they are acknowledged: a ring from the slab that grows on demand, doubles up to the
 * connection's send buffer, and is given back when everything is acknowledged. No byte is taken without the memory that
 * sending it needs: else connections full of bytes could wait for one another. Thread: the engine's.
 */
final class SendQueue {
    private static final int SMALLEST = 4_096;

    private final Slab slab;
    private final LossRecovery recovery;

    SendQueue(final Slab slab, final LossRecovery recovery) {
        this.slab = slab;
        this.recovery = recovery;
    }

    /** Bytes in the ring, sent or not. */
    static int length(final Tcb tcb) {
        return tcb.sndEnd() - firstByte(tcb);
    }

    /** Bytes that {@link #append} may take. */
    static int space(final Tcb tcb) {
        return Math.max(0, tcb.sendBuffer() - length(tcb));
    }

    /** Sequence number of the first byte in the ring: SND.UNA, but for a SYN or FIN that stands there. */
    private static int firstByte(final Tcb tcb) {
        final int una = tcb.sndUna();
        if (tcb.state() == TcpState.SYN_SENT.ordinal() || tcb.state() == TcpState.SYN_RECEIVED.ordinal()) {
            // asked of the state, not of the number: after 4 GiB SND.UNA may be the ISS again
            return una + 1;
        }
        return una == tcb.sndEnd() + 1 ? tcb.sndEnd() : una;
    }

    /** Copies bytes in; returns how many fitted into the send buffer and the slab. */
    int append(final Tcb tcb, final long source, final int length) {
        int taken = Math.min(length, space(tcb));
        if (taken == 0 || !recovery.reserve(tcb)) {
            return 0;
        }
        final int held = length(tcb);
        if (held + taken > tcb.sndCapacity()) {
            grow(tcb, held, held + taken);
            taken = Math.min(taken, tcb.sndCapacity() - held);
        }
        if (taken == 0) {
            onAcknowledged(tcb);
        } else {
            ByteRing.copyIn(tcb.sndRing(), tcb.sndCapacity(), tcb.sndEnd(), source, taken);
            tcb.sndEnd(tcb.sndEnd() + taken);
        }
        return taken;
    }

    /** The ring that holds as much, or the largest that the slab has. */
    private void grow(final Tcb tcb, final int held, final int needed) {
        int capacity = slab.blockSize(Math.max(needed, SMALLEST));
        while (capacity > tcb.sndCapacity() && capacity >= SMALLEST) {
            final long ring = ByteRing.grow(slab, tcb.sndRing(), tcb.sndCapacity(), capacity, tcb.sndEnd() - held,
                    held);
            if (ring != 0) {
                tcb.sndRing(ring);
                tcb.sndCapacity(capacity);
                return;
            }
            capacity >>>= 1;
        }
    }

    /** Called when SND.UNA has advanced: what is empty goes back to the slab. */
    void onAcknowledged(final Tcb tcb) {
        if (length(tcb) == 0) {
            free(tcb);
            if (tcb.sndNxt() == tcb.sndUna()) {
                recovery.settle(tcb);
            }
        }
    }

    void free(final Tcb tcb) {
        if (tcb.sndCapacity() != 0) {
            slab.free(tcb.sndRing(), tcb.sndCapacity());
            tcb.sndRing(0);
            tcb.sndCapacity(0);
        }
    }
}
