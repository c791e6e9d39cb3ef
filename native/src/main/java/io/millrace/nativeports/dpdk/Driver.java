package io.millrace.nativeports.dpdk;

import java.util.Set;

/**
 * What must be known of a poll-mode driver beyond what DPDK says of it.
 *
 * @param callsSystem a burst may enter the kernel: the JVM must be able to stop for the time of it.
 * @param copies      it has copied and freed what it takes before a burst ends. Then we keep the frames of it for
 *                    ourselves, which is cheaper, and needs no trust in what the driver says that it took.
 * @param handsOn     it gives the mbufs themselves to another port of the process.
 * @param sharesMac   its address is that of the kernel's end of the link, so that ours must be another.
 * @param segments    its TCP segmentation can be used.
 * @param hashes      it places flows by its table and its hash as it is told; net_null has no flows, but all of that.
 * @param keeps       mbufs of the pool for receiving that a queue has beyond its rings.
 * @param sharesPool  it shares the pool for receiving with the kernel: one array of mbufs without gaps, and sockets that
 *                    must be closed before the pool may go ({@link XdpInterface}).
 */
record Driver(boolean callsSystem, boolean copies, boolean handsOn, boolean sharesMac, boolean segments,
        boolean hashes, int keeps, boolean sharesPool) {
    private static final String TAP = "net_tap";
    private static final String NULL = "net_null";
    private static final String RING = "net_ring";
    private static final String XDP = "net_af_xdp";
    private static final Set<String> COPYING = Set.of("net_af_packet", NULL, "net_pcap", TAP);
    private static final Set<String> IN_MEMORY = Set.of(NULL, RING);

    /** net_af_xdp fills 2,048 descriptors whatever is asked for, and copies what is sent into as many. */
    private static final int XDP_RINGS = 2 * 2_048;
    /** What the kernel leaves free in front of each frame, beside the headroom of mbufs: {@code XDP_PACKET_HEADROOM}. */
    private static final int XDP_HEADROOM = 256;
    /** Bytes that one frame of the kernel's may have, a page, less pool and mbuf, headrooms, Ethernet and two VLANs. */
    private static final int XDP_MOST_MTU = 4_096 - 64 - Mbuf.BUFFER_OFFSET - Mbuf.HEADROOM - XDP_HEADROOM - 14 - 2 * 4;

    /**
     * @param name of the driver. One of a device on the PCI bus has {@code net_} too, but never calls the system; those of
     *             virtual devices may.
     * @param isVirtual true where the device is none of a bus.
     */
    static Driver of(final String name, final boolean isVirtual) {
        // net_tap of 22.11 takes no segment whose frame is longer than the MTU, which every full one's is.
        return new Driver(isVirtual && !IN_MEMORY.contains(name), COPYING.contains(name), name.equals(RING),
                name.equals(TAP), !name.equals(TAP), !isVirtual || name.equals(NULL),
                name.equals(XDP) ? XDP_RINGS : 0, name.equals(XDP));
    }

    /** Bytes of the largest IP packet; {@link Integer#MAX_VALUE} where what DPDK says is true. */
    int maxMtu() {
        return sharesPool ? XDP_MOST_MTU : Integer.MAX_VALUE;
    }

    /** Bytes of a buffer for receiving beyond headroom, packet and link layer. */
    int extraRoom() {
        return sharesPool ? XDP_HEADROOM : 0;
    }
}
