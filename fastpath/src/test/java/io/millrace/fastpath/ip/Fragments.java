package io.millrace.fastpath.ip;

import io.millrace.fastpath.testing.IpPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Fragments of a datagram from the peer to the stack, for tests; they are free to be wrong. */
final class Fragments {
    private static final int MORE = 0x2000;
    private static final int IDENTIFICATION = 4;
    private static final int CHECKSUM = 10;

    private Fragments() {}

    /** Bytes of a payload that tell where they belong. */
    static byte[] payload(final int length) {
        final byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) (i * 31 + (i >>> 8) * 7 + 1);
        }
        return payload;
    }

    /** A datagram cut at these offsets, in order. */
    static List<byte[]> cut(final int identification, final int protocol, final byte[] payload, final int... cuts) {
        final List<byte[]> fragments = new ArrayList<>();
        int from = 0;
        for (final int cut : cuts) {
            fragments.add(part(identification, protocol, payload, from, cut));
            from = cut;
        }
        fragments.add(part(identification, protocol, payload, from, payload.length));
        return fragments;
    }

    /** A datagram cut as an MTU asks for, in order. */
    static List<byte[]> cutFor(final int mtu, final int identification, final int protocol, final byte[] payload) {
        final int step = mtu - 20 & -8;
        final int[] cuts = new int[(payload.length - 1) / step];
        Arrays.setAll(cuts, i -> (i + 1) * step);
        return cut(identification, protocol, payload, cuts);
    }

    /** The bytes from one offset to another, with more to follow unless they reach the end. */
    static byte[] part(final int identification, final int protocol, final byte[] payload, final int from,
            final int to) {
        return raw(identification, protocol, from, to < payload.length, Arrays.copyOfRange(payload, from, to));
    }

    /** Any fragment. */
    static byte[] raw(final int identification, final int protocol, final int offset, final boolean more,
            final byte[] bytes) {
        return identified(identification,
                IpPacket.toStack(protocol, bytes).flagsAndOffset((more ? MORE : 0) | offset / 8));
    }

    /** A packet with an identification of its own. */
    static byte[] identified(final int identification, final IpPacket packet) {
        return changed(packet.toBytes(), IDENTIFICATION, identification);
    }

    /** A packet with another 16 bits in its header, and the right checksum. */
    static byte[] changed(final byte[] packet, final int index, final int value) {
        final byte[] changed = packet.clone();
        final int header = (changed[0] & 0xF) * 4;
        ByteBuffer.wrap(changed).putShort(index, (short) value).putShort(CHECKSUM, (short) 0);
        ByteBuffer.wrap(changed).putShort(CHECKSUM, (short) IpPacket.checksum(changed, 0, header));
        return changed;
    }
}
