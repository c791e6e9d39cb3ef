package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.Frame;
import io.millrace.nativeports.linux.TunDescriptor;

/** The two kinds of device that {@code /dev/net/tun} makes: one of Ethernet frames, one of bare IP packets. */
enum TunKind {
    TAP("tap", TunDescriptor.IFF_TAP, Frame.IP_OFFSET - Frame.ETHERNET_OFFSET),
    TUN("tun", TunDescriptor.IFF_TUN, 0);

    private final String scheme;
    private final int attachment;
    private final int linkHeaderLength;

    TunKind(final String scheme, final int attachment, final int linkHeaderLength) {
        this.scheme = scheme;
        this.attachment = attachment;
        this.linkHeaderLength = linkHeaderLength;
    }

    /** What stands before the colon in a port's name, and behind {@code mode} in a command of {@code ip tuntap}. */
    String scheme() {
        return scheme;
    }

    /** The flag of TUNSETIFF. */
    int attachment() {
        return attachment;
    }

    /** Bytes in front of the IP header. */
    int linkHeaderLength() {
        return linkHeaderLength;
    }

    boolean hasLinkLayer() {
        return this == TAP;
    }

    /** Where a frame begins, in bytes from its descriptor; its IP header is aligned then. */
    int dataOffset() {
        return Frame.IP_OFFSET - linkHeaderLength;
    }
}
