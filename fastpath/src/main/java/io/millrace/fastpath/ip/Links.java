package io.millrace.fastpath.ip;

import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.wire.IpAddress;

/** The links behind an engine's port: what each can do, and how long its packets may be. Thread: the engine's. */
public final class Links {
    private final PortCapabilities[] capabilities;
    private final int[] frames;
    /** What a server of DHCP said of packets of IPv4 (RFC 2132 §5.1); {@link Integer#MAX_VALUE} where none does. */
    private final int[] toldMtuV4;
    /** What a router said of packets of IPv6 (RFC 4861 §4.6.4); {@link Integer#MAX_VALUE} where none did. */
    private final int[] toldMtuV6;
    /** What a router said of packets of IPv6 (RFC 4861 §6.3.4); 0 where none did. */
    private final int[] toldHopLimitV6;
    private boolean told;

    /** Those of a port. */
    public Links(final PacketPort port) {
        capabilities = new PortCapabilities[port.links()];
        frames = new int[capabilities.length];
        toldMtuV4 = new int[capabilities.length];
        toldMtuV6 = new int[capabilities.length];
        toldHopLimitV6 = new int[capabilities.length];
        for (int link = 0; link < capabilities.length; link++) {
            capabilities[link] = port.capabilities(link);
            frames[link] = port.frames(link);
            toldMtuV4[link] = Integer.MAX_VALUE;
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

    /** False where there is one link of which nobody has told anything: {@link #mtu} says what it always said. */
    public boolean mayVary() {
        return told || capabilities.length > 1;
    }

    /** Bytes of the longest packet that is sent over a link to a destination of this family. */
    public int mtu(final int link, final long hi, final long lo) {
        return IpAddress.isV4(hi, lo) ? mtuV4(link) : mtuV6(link);
    }

    /** The same over IPv4. */
    public int mtuV4(final int link) {
        return Math.min(capabilities[link].mtu(), toldMtuV4[link]);
    }

    /** The same over IPv6. */
    public int mtuV6(final int link) {
        return Math.min(capabilities[link].mtu(), toldMtuV6[link]);
    }

    /**
     * A server of DHCP said how long packets of IPv4 may be on a link, in bytes; {@link Integer#MAX_VALUE}: none does any
     * more. The port's MTU holds nevertheless.
     */
    void mtuV4(final int link, final int mtu) {
        toldMtuV4[link] = mtu;
        told = true;
    }

    /** A router said how long packets of IPv6 may be on a link, in bytes; its port's MTU holds nevertheless. */
    void mtuV6(final int link, final int mtu) {
        toldMtuV6[link] = mtu;
        told = true;
    }

    /** Hop limit, or time to live, of packets to a destination of this family: as a router says of the link, or as configured. */
    int hopLimit(final int link, final long hi, final long lo, final int configured) {
        return IpAddress.isV4(hi, lo) ? configured : hopLimitV6(link, configured);
    }

    /** The same over IPv6. */
    public int hopLimitV6(final int link, final int configured) {
        return toldHopLimitV6[link] == 0 ? configured : toldHopLimitV6[link];
    }

    /** A router said which hop limit packets of IPv6 have that are sent over a link, 1 to 255. */
    public void toldHopLimitV6(final int link, final int hopLimit) {
        toldHopLimitV6[link] = hopLimit;
    }
}
