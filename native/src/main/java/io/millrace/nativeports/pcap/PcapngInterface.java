package io.millrace.nativeports.pcap;

import java.nio.ByteBuffer;

/**
 * What a pcapng file says of an interface. Thread: any.
 *
 * @param linkType   what its packets begin with.
 * @param snapLength bytes that were kept of each packet at the most; 0: all.
 * @param resolution {@code if_tsresol}: a second has 10 to this power of units of time, or, with the highest bit, 2 to
 *                   that of the others.
 * @param offsetNs   {@code if_tsoffset}, which is added to each time.
 */
record PcapngInterface(int linkType, int snapLength, int resolution, long offsetNs) {
    private static final int BODY = 8;
    private static final int SNAP_LENGTH = BODY + 4;
    private static final int OPTIONS = BODY + 8;
    private static final int OPTION_RESOLUTION = 9;
    private static final int OPTION_OFFSET = 14;
    private static final int MICROSECONDS = 6;
    private static final int NANOSECONDS = 9;
    private static final int BINARY = 0x80;
    private static final int HIGHEST_BINARY = 63;
    private static final int HIGHEST_DECIMAL = 18;
    /** Bits of a fraction of a second that a multiplication by a second's nanoseconds leaves within 63. */
    private static final int FRACTION_BITS = 32;
    private static final long SECOND_NS = 1_000_000_000;

    /** @param at where its block begins, whose fixed part is there. */
    static PcapngInterface read(final ByteBuffer file, final int at, final int end) throws MalformedCaptureException {
        final int[] resolution = {MICROSECONDS};
        final long[] offset = {0};
        PcapngOptions.read(file, at, at + OPTIONS, end, (code, begin, length) -> {
            if (code == OPTION_RESOLUTION && length == Byte.BYTES) {
                resolution[0] = Byte.toUnsignedInt(file.get(begin));
            } else if (code == OPTION_OFFSET && length == Long.BYTES) {
                offset[0] = file.getLong(begin) * SECOND_NS;
            }
        });
        final boolean binary = (resolution[0] & BINARY) != 0;
        if ((resolution[0] & ~BINARY) > (binary ? HIGHEST_BINARY : HIGHEST_DECIMAL)) {
            throw PcapngReader.bad(at, "has a resolution of time that is none");
        }
        return new PcapngInterface(Short.toUnsignedInt(file.getShort(at + BODY)), file.getInt(at + SNAP_LENGTH),
                resolution[0], offset[0]);
    }

    /** Bytes that a packet of so many has in the file. */
    int kept(final int wireLength) {
        return snapLength > 0 ? Math.min(snapLength, wireLength) : wireLength;
    }

    /** @param units the time of a packet, as it stands in the file. */
    long timeNs(final long units) {
        return offsetNs + ((resolution & BINARY) != 0 ? ofBinary(units, resolution & ~BINARY) : ofDecimal(units));
    }

    private long ofDecimal(final long units) {
        long ns = units;
        for (int power = resolution; power < NANOSECONDS; power++) {
            ns *= 10;
        }
        for (int power = resolution; power > NANOSECONDS; power--) {
            ns = Long.divideUnsigned(ns, 10);
        }
        return ns;
    }

    private static long ofBinary(final long units, final int power) {
        final long fraction = units & (1L << power) - 1;
        final int cut = Math.max(0, power - FRACTION_BITS);
        return (units >>> power) * SECOND_NS + ((fraction >>> cut) * SECOND_NS >>> power - cut);
    }
}
