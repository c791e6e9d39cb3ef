package io.millrace.bench;

import io.millrace.fastpath.flow.FlowTable;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.flow.TimeWaitTable;

/** Prints the off-heap bytes of a connection with no data in flight, and checks that it holds nothing of the slab. */
public final class Footprint {
    private static final int CONNECTIONS = 100_000;
    private static final int PAYLOAD = 64;

    private Footprint() {}

    /** @param args none. */
    public static void main(final String[] args) {
        try (EstablishedPeers peers = new EstablishedPeers(CONNECTIONS, PAYLOAD, false, 0)) {
            for (int i = 0; i < CONNECTIONS; i++) {
                peers.send(0);
                peers.turn();
            }
            final String wrong = peers.whatIsWrong();
            if (wrong != null || peers.slabInUse() != 0) {
                throw new IllegalStateException(wrong + ", slab in use: " + peers.slabInUse());
            }
        }
        final double flowShare = (double) FlowTable.requiredBytes(2 * CONNECTIONS) / CONNECTIONS;
        System.out.printf("record %d, flow table %.1f, rings 0 (%,d connections idle after traffic): %.1f bytes%n",
                Tcb.LENGTH, flowShare, CONNECTIONS, Tcb.LENGTH + flowShare);
        System.out.printf("in TIME_WAIT: %d bytes%n", TimeWaitTable.LENGTH);
    }
}
