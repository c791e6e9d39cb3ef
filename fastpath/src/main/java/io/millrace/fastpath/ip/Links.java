package io.millrace.fastpath.ip;

import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.wire.IpAddress;

/** The links behind an engine's port: what each can do, and how long its packets may be. Thread: the engine's. */
public final class Links {
    private final PortCapabilities[] capabilities;
    private final int[] frames;
    /** What a router said of packets of IPv6 (RFC 4861 §4.6.4); {@link Integer#MAX_VALUE} where none did. */
    private final int[] toldMtuV6;

    /** Those of a port. */
    public Links(final PacketPort port) {
        capabilities = new PortCapabilities[port.links()];
        frames = new int[capabilities.length];
        toldMtuV6 = new int[capabilities.length];
        for (int link = 0; link < capabilities.length; link++) {
            capabilities[link] = port.capabilities(link);
            frames[link] = port.frames(link);
            toldMtuV6[link] = Integer.MAX_VALUE;
        }
    }

    /** How many there are. */
    public int count() {
        return capabilities.length;
    }

    /** What the port of a link can do. */
    public PortCapabilities capabilities(final int link) {
        return capabilities[link];
    }

    /** Frames that the port of a link has. */
    int frames(final int link) {
        return frames[link];
    }

    /** Bytes of the longest packet that is sent over a link to a destination of this family. */
    public int mtu(final int link, final long hi, final long lo) {
        final int mtu = capabilities[link].mtu();
        return IpAddress.isV4(hi, lo) ? mtu : Math.min(mtu, toldMtuV6[link]);
    }

    /** The same over IPv6. */
    public int mtuV6(final int link) {
        return Math.min(capabilities[link].mtu(), toldMtuV6[link]);
    }

    /** A router said how long packets of IPv6 may be on a link, in bytes; its port's MTU holds nevertheless. */
    void mtuV6(final int link, final int mtu) {
        toldMtuV6[link] = mtu;
    }
}
