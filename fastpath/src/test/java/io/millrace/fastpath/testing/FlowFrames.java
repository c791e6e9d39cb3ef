package io.millrace.fastpath.testing;

import io.millrace.fastpath.port.RssPlacement;
import io.millrace.fastpath.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Random;

/** Packets of random flows, and the queue that each belongs to. Thread: one. */
public final class FlowFrames {
    private static final int ETHERNET = 14;
    private static final int TAG = 4;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;
    private static final int VLAN = 0x8100;
    private static final int TRANSPORT = 28;

    private final Random random = new Random(7);
    private final RssPlacement placement;
    private final long mac;
    private long sourceHi;
    private long sourceLo;
    private long destinationHi;
    private long destinationLo;
    private int sourcePort;
    private int destinationPort;

    /** @param mac the frames' destination. */
    public FlowFrames(final RssPlacement placement, final long mac) {
        this.placement = placement;
        this.mac = mac;
    }

    /** Of another flow. @param flags of the segment, where it is TCP. */
    public byte[] next(final boolean v6, final int protocol, final boolean tagged, final boolean fragment,
            final int options, final int flags) {
        sourceHi = v6 ? random.nextLong() & 0xFFFF | 0xfd00L << 48 : 0;
        sourceLo = v6 ? random.nextLong() : IpAddress.v4(10 << 24 | random.nextInt(1 << 24));
        destinationHi = v6 ? random.nextLong() & 0xFFFF | 0xfd00L << 48 : 0;
        destinationLo = v6 ? random.nextLong() : IpAddress.v4(10 << 24 | random.nextInt(1 << 24));
        sourcePort = random.nextInt(65_536);
        destinationPort = random.nextInt(65_536);
        final ByteBuffer frame = ByteBuffer.allocate(ETHERNET + (tagged ? TAG : 0) + (v6 ? 40 : 20 + options)
                + (v6 && fragment ? 8 : 0) + TRANSPORT);
        frame.putShort((short) (mac >>> 32)).putInt((int) mac).putShort((short) 0x0200).putInt(15);
        if (tagged) {
            frame.putShort((short) VLAN).putShort((short) 5);
        }
        frame.putShort((short) (v6 ? IPV6 : IPV4));
        if (v6) {
            putV6(frame, protocol, fragment);
        } else {
            putV4(frame, protocol, fragment, options);
        }
        frame.putShort((short) sourcePort).putShort((short) destinationPort);
        frame.put(frame.position() + 9, (byte) flags);
        return frame.array();
    }

    private void putV6(final ByteBuffer frame, final int protocol, final boolean fragment) {
        frame.putInt(0x6000_0000).putShort((short) (TRANSPORT + (fragment ? 8 : 0)))
                .put((byte) (fragment ? 44 : protocol)).put((byte) 64).putLong(sourceHi).putLong(sourceLo)
                .putLong(destinationHi).putLong(destinationLo);
        if (fragment) {
            frame.put((byte) protocol).put((byte) 0).putShort((short) 1).putInt(random.nextInt());
        }
    }

    private void putV4(final ByteBuffer frame, final int protocol, final boolean fragment, final int options) {
        frame.put((byte) (0x45 + options / 4)).put((byte) 0).putShort((short) (20 + options + TRANSPORT))
                .putShort((short) 0).putShort((short) (fragment ? 0x2000 : 0x4000)).put((byte) 64)
                .put((byte) protocol).putShort((short) 0).putInt((int) sourceLo).putInt((int) destinationLo)
                .put(new byte[options]);
    }

    /** Where the packet made last belongs, by addresses and ports. */
    public int queueByPorts() {
        return placement.queue(destinationHi, destinationLo, destinationPort, sourceHi, sourceLo, sourcePort);
    }

    /** The same by addresses alone. */
    public int queueByAddresses() {
        return placement.queue(destinationHi, destinationLo, sourceHi, sourceLo);
    }
}
