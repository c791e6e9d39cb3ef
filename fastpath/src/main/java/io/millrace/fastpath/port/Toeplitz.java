package io.millrace.fastpath.port;

import io.millrace.fastpath.wire.IpAddress;

/**
 * The hash by which receive-side scaling finds the queue of a packet (Microsoft, "RSS Hashing Types"; NICs, DPDK and
 * virtio-net compute the same): over source address, destination address, source port, destination port as they stand in the
 * packet. For each bit that is set the 32 bits of the key that begin at its place are added without carry; here, for each
 * byte, their sum from a table. Immutable. Thread: any.
 */
public final class Toeplitz {
    /** Bytes of the longest input: IPv6 addresses and ports. */
    public static final int INPUT_LENGTH = 36;
    /** Entries of the table for one byte of the input. */
    public static final int BYTE_VALUES = 256;

    private static final int V4_PORTS = 8;
    private static final int V6_PORTS = 32;
    private static final int V6_LENGTH = 16;

    private final RssKey key;
    private final int[] table = new int[INPUT_LENGTH * BYTE_VALUES];

    /** Makes the table. */
    public Toeplitz(final RssKey key) {
        this.key = key;
        final byte[] bytes = key.bytes();
        for (int position = 0; position < INPUT_LENGTH; position++) {
            for (int value = 0; value < BYTE_VALUES; value++) {
                table[position * BYTE_VALUES + value] = sum(bytes, position, value);
            }
        }
    }

    private static int sum(final byte[] key, final int position, final int value) {
        long window = 0;
        for (int i = 0; i < Integer.BYTES + 1; i++) {
            window = window << Byte.SIZE | key[position + i] & 0xFF;
        }
        int sum = 0;
        for (int bit = 0; bit < Byte.SIZE; bit++) {
            if ((value & 0x80 >> bit) != 0) {
                sum ^= (int) (window >>> Byte.SIZE - bit);
            }
        }
        return sum;
    }

    /** Its key. */
    public RssKey key() {
        return key;
    }

    /**
     * What a byte of the input adds to the hash.
     *
     * @param position of the byte, 0 to {@link #INPUT_LENGTH} - 1.
     * @param value    0 to 255.
     */
    public int part(final int position, final int value) {
        return table[position * BYTE_VALUES + value];
    }

    /** Of a packet of TCP or UDP; addresses as {@link IpAddress} has them. */
    public int hash(final long sourceHi, final long sourceLo, final int sourcePort, final long destinationHi,
            final long destinationLo, final int destinationPort) {
        final int ports = sourcePort << 16 | destinationPort;
        return hash(sourceHi, sourceLo, destinationHi, destinationLo)
                ^ word(IpAddress.isV4(sourceHi, sourceLo) ? V4_PORTS : V6_PORTS, ports);
    }

    /** Of any other packet, and of fragments: later ones have no ports. */
    public int hash(final long sourceHi, final long sourceLo, final long destinationHi, final long destinationLo) {
        if (IpAddress.isV4(sourceHi, sourceLo)) {
            return word(0, (int) sourceLo) ^ word(Integer.BYTES, (int) destinationLo);
        }
        return words(0, sourceHi) ^ words(Long.BYTES, sourceLo) ^ words(V6_LENGTH, destinationHi)
                ^ words(V6_LENGTH + Long.BYTES, destinationLo);
    }

    private int words(final int position, final long value) {
        return word(position, (int) (value >>> 32)) ^ word(position + Integer.BYTES, (int) value);
    }

    private int word(final int position, final int value) {
        final int at = position * BYTE_VALUES;
        return table[at + (value >>> 24)] ^ table[at + BYTE_VALUES + (value >>> 16 & 0xFF)]
                ^ table[at + 2 * BYTE_VALUES + (value >>> 8 & 0xFF)] ^ table[at + 3 * BYTE_VALUES + (value & 0xFF)];
    }
}
