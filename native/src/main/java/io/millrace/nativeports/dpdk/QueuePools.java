package io.millrace.nativeports.dpdk;

import java.io.IOException;
import java.util.List;

/**
 * The pools of one queue. That for receiving has as many mbufs more as the driver keeps in its rings and caches, so that
 * the stack can have all its frames at once.
 *
 * @param receive  the driver takes mbufs from it.
 * @param transmit the engine takes frames from it.
 * @param frames   of the pool for sending.
 */
record QueuePools(MbufPool receive, MbufPool transmit, int frames) {
    /** Mbufs that a polling thread may have at hand; DPDK lets it have half as many more. */
    private static final int CACHE = 256;
    /** One burst on its way in each direction. */
    private static final int MOVING = 2 * 32;
    private static final int SMALLEST_BUFFER = 2_048;
    private static final int ETHERNET_AND_VLANS = 14 + 2 * 4;
    private static final int CACHE_LINE = 64;
    private static final int LARGEST_ROOM = 65_535;

    /**
     * Bytes of what a pool shall hold.
     *
     * @param mtu            of the device.
     * @param virtualSegment largest IP packet that is sent; at least the MTU.
     * @param driverFrame    bytes that the driver wants to be able to put into a buffer, whatever comes.
     * @param extraRoom      bytes that it leaves free beside the headroom.
     */
    record Lengths(int mtu, int virtualSegment, int driverFrame, int extraRoom) {
        int receiveRoom() {
            return Mbuf.HEADROOM
                    + Math.max(Math.max(SMALLEST_BUFFER, driverFrame), mtu + ETHERNET_AND_VLANS + extraRoom);
        }

        /** A fresh frame's IP header lies 64 bytes into the buffer. */
        int transmitRoom() {
            return CACHE_LINE + Math.max(SMALLEST_BUFFER, virtualSegment);
        }
    }

    /**
     * Makes both.
     *
     * @param descriptors of the receive and the transmit ring together, and what else the driver keeps.
     * @param driver      of the port.
     * @throws IOException one sentence.
     */
    static QueuePools create(final Eal eal, final int frames, final int descriptors, final Lengths lengths,
            final int socket, final Driver driver) throws IOException {
        if (Math.max(lengths.receiveRoom(), lengths.transmitRoom()) > LARGEST_ROOM) {
            throw new IOException(
                    "an mbuf has no room for packets of " + lengths.mtu() + " bytes; set millrace.port.mtu to "
                            + (LARGEST_ROOM - Mbuf.HEADROOM - ETHERNET_AND_VLANS) + " or less");
        }
        final MbufPool.Kind kind = driver.handsOn() ? MbufPool.Kind.TRAVELLING : MbufPool.Kind.ORDINARY;
        final int mbufs = frames + descriptors + CACHE + CACHE / 2 + MOVING;
        final MbufPool receive = MbufPool.create(eal, mbufs, CACHE, lengths.receiveRoom(), socket,
                driver.sharesPool() ? MbufPool.Kind.PACKED : kind);
        boolean done = false;
        try {
            final QueuePools pools = new QueuePools(receive,
                    MbufPool.create(eal, frames, 0, lengths.transmitRoom(), socket, kind), frames);
            done = true;
            return pools;
        } finally {
            if (!done) {
                receive.free();
            }
        }
    }

    List<MbufPool> both() {
        return List.of(receive, transmit);
    }
}
