package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071, RFC 1624).
 * <p>
 * An <i>accumulator</i> is an unfolded ones'-complement sum of 16-bit words in host byte order (RFC 1071 §2(B): the
 * order may be undone after folding), 64 bits wide with the carry brought round. Accumulators of pieces of even length
 * chain through {@code initial}; only the last piece of a chain may be odd, and counts as if a zero byte followed. For
 * pieces that follow an odd one there is {@link #append}. A folded sum or a checksum is a <i>wire value</i>, as
 * {@link Memory#putShortBE} stores it.
 * <p>
 * Pure functions of a buffer. Thread: any.
 */
public final class Checksum {
    private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final long INT_MASK = 0xFFFF_FFFFL;
    private static final int LONG_LENGTH = 128;
    /** Holds what an Ethernet frame carries; from about 4 KiB on the loop is no longer vectorised (JDK 25). */
    private static final int BLOCK_LENGTH = 1536;

    private Checksum() {}

    /**
     * Sums bytes.
     *
     * @param length  bytes, 0 to 2^31 - 1.
     * @param initial 0, or the accumulator of what comes before, of even length.
     * @return the accumulator of both.
     */
    public static long sum(final long address, final int length, final long initial) {
        return add(length < LONG_LENGTH ? sumShort(address, length) : sumLong(address, length), initial);
    }

    /** Blocks keep the trip count of {@link #sumBlock} where the JIT compiler vectorises it. */
    private static long sumLong(final long address, final int length) {
        final int whole = length & ~7;
        long sum = tail(address + whole, length & 7);
        for (int i = 0; i < whole; i += BLOCK_LENGTH) {
            sum += sumBlock(address + i, Math.min(whole - i, BLOCK_LENGTH));
        }
        return sum;
    }

    /**
     * Counts bytes, not longs, and keeps the halves of each long in separate sums: the shape that the JIT compiler turns
     * into vector instructions over raw addresses, 64 bytes at a time. A scaled index, a carry bit, or a profile of
     * thousands of turns ends that.
     */
    private static long sumBlock(final long address, final int length) {
        long low = 0;
        long high = 0;
        for (int i = 0; i < length; i += 8) {
            final long value = Memory.getLong(address + i);
            low += value & INT_MASK;
            high += value >>> 32;
        }
        return low + high;
    }

    /**
     * Headers, bare acknowledgements and short texts without a loop, whose beginning and end would cost more than their
     * words do. By halves of longs: a load that lies within an earlier store need not wait for it.
     */
    private static long sumShort(final long address, final int length) {
        long sum = 0;
        long next = address;
        if ((length & 64) != 0) {
            sum = sum32(next) + sum32(next + 32);
            next += 64;
        }
        if ((length & 32) != 0) {
            sum += sum32(next);
            next += 32;
        }
        if ((length & 16) != 0) {
            sum += sum16(next);
            next += 16;
        }
        if ((length & 8) != 0) {
            sum += word(next) + word(next + 4);
            next += 8;
        }
        return sum + tail(next, length & 7);
    }

    private static long sum32(final long address) {
        return sum16(address) + sum16(address + 16);
    }

    private static long sum16(final long address) {
        return word(address) + word(address + 4) + word(address + 8) + word(address + 12);
    }

    private static long word(final long address) {
        return Memory.getInt(address) & INT_MASK;
    }

    /** True where an IPv4 header of 20 bytes carries the right checksum: {@link #of} without a loop. */
    static boolean isHeaderValid(final long address) {
        return isRight(sum16(address) + word(address + 16));
    }

    /** Sum of the last 0 to 7 bytes. */
    private static long tail(final long address, final int length) {
        long sum = 0;
        long next = address;
        if ((length & 4) != 0) {
            sum += Memory.getInt(next) & INT_MASK;
            next += 4;
        }
        if ((length & 2) != 0) {
            sum += Memory.getUnsignedShort(next);
            next += 2;
        }
        if ((length & 1) != 0) {
            sum += SWAP ? Memory.getUnsignedByte(next) : Memory.getUnsignedByte(next) << 8;
        }
        return sum;
    }

    /** Ones'-complement sum of two accumulators. */
    public static long add(final long a, final long b) {
        final long sum = a + b;
        return sum + (Long.compareUnsigned(sum, a) < 0 ? 1 : 0);
    }

    /**
     * The accumulator of two adjacent pieces that were each summed from 0, where the first may be odd: its length decides
     * whether the second one's bytes change places (RFC 1071 §2(B)).
     */
    public static long append(final long first, final int firstLength, final long second) {
        // 2^16 - 1 divides 2^64 - 1, so turning the whole accumulator by eight bits swaps the bytes of its fold
        return add(first, (firstLength & 1) == 0 ? second : Long.rotateLeft(second, 8));
    }

    /** The accumulator brought to 16 bits, not inverted: a wire value. */
    public static int fold(final long sum) {
        final int folded = foldUp(sum);
        return SWAP ? Integer.reverseBytes(folded) & 0xFFFF : folded >>> 16;
    }

    /** A sum of words brought to 16 bits, not inverted: of integers in host order a wire value. */
    public static int foldWords(final long sum) {
        return foldUp(sum) >>> 16;
    }

    /**
     * The fold in the upper 16 bits; those below mean nothing. Halves added to each other, changed about, leave their sum in
     * the upper half, and what the lower one carries comes round to it.
     */
    private static int foldUp(final long sum) {
        final int half = (int) (sum + Long.rotateLeft(sum, 32) >>> 32);
        return half + Integer.rotateLeft(half, 16);
    }

    /** True of the accumulator of a piece, pseudo-header and all, whose stored checksum is right. */
    public static boolean isRight(final long sum) {
        return foldWords(sum) == 0xFFFF;
    }

    /** The checksum to be stored: the inverted fold, a wire value. */
    public static int finish(final long sum) {
        return ~fold(sum) & 0xFFFF;
    }

    /**
     * The checksum to be stored over words that are known as numbers and bytes that were summed: nothing is read again
     * that was just written.
     *
     * @param words sum of integers of 32 bits in host order, each of them unsigned, below 2^48.
     * @param sum   accumulator of the bytes.
     * @return a wire value.
     */
    public static int finish(final long words, final long sum) {
        return ~foldWords(words + toWords(sum)) & 0xFFFF;
    }

    /** Sum of words of an accumulator, below 2^42. */
    public static long toWords(final long sum) {
        final long half = (sum & INT_MASK) + (sum >>> 32);
        // what swaps the bytes of the fold, as in append; 33 bits leave room for it
        return SWAP ? half << 8 : half;
    }

    /** Checksum of a piece on its own; 0 over a piece whose stored checksum is right. */
    public static int of(final long address, final int length) {
        return finish(sum(address, length, 0));
    }

    /**
     * Accumulator of the pseudo-header of TCP and UDP over IPv4 (RFC 9293 §3.1).
     *
     * @param source   and {@code destination} in host order.
     * @param protocol one of {@link IpProtocol}.
     * @param length   bytes of transport header and payload, 0 to 65,535.
     */
    public static long pseudoHeaderV4(final int source, final int destination, final int protocol, final int length) {
        return wireOrder((source & INT_MASK) + (destination & INT_MASK) + protocol + length);
    }

    /**
     * Accumulator of the pseudo-header of upper layers over IPv6 (RFC 8200 §8.1).
     *
     * @param sourceHi   with {@code sourceLo} and the destination's halves in host order.
     * @param nextHeader protocol of the upper layer, one of {@link IpProtocol}.
     * @param length     bytes of upper-layer header and payload.
     */
    public static long pseudoHeaderV6(final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int nextHeader, final int length) {
        final long addresses = add(add(sourceHi, sourceLo), add(destinationHi, destinationLo));
        return wireOrder(add(addresses, (length & INT_MASK) + nextHeader));
    }

    /**
     * The same for either family: an IPv4 address as {@code ::ffff:a.b.c.d} adds a word of ones, which is nothing in
     * ones'-complement arithmetic, to the sum of {@link #pseudoHeaderV4}.
     */
    public static long pseudoHeader(final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int protocol, final int length) {
        if ((sourceHi | destinationHi) == 0) {
            // IPv4, mostly: few enough words that none is carried out
            return wireOrder((sourceLo & INT_MASK) + (sourceLo >>> 32) + (destinationLo & INT_MASK)
                    + (destinationLo >>> 32) + protocol + length);
        }
        return pseudoHeaderV6(sourceHi, sourceLo, destinationHi, destinationLo, protocol, length);
    }

    /** {@link #pseudoHeader} as a sum of words as {@link #finish(long, long)} takes it. */
    public static long pseudoHeaderWords(final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int protocol, final int length) {
        return (sourceLo & INT_MASK) + (destinationLo & INT_MASK) + protocol + length
                + (sourceLo >>> 32) + (destinationLo >>> 32)
                + (sourceHi & INT_MASK) + (sourceHi >>> 32) + (destinationHi & INT_MASK) + (destinationHi >>> 32);
    }

    /** A sum of words of wire values, as an accumulator. */
    private static long wireOrder(final long sum) {
        return SWAP ? Long.rotateLeft(sum, 8) : sum;
    }

    /**
     * The checksum after one 16-bit word of what it covers has changed (RFC 1624 §3, equation 3). Equal to summing
     * anew except where everything covered is zero, which no header is.
     *
     * @param checksum wire value, as are both words.
     */
    public static int update16(final int checksum, final int oldWord, final int newWord) {
        final int sum = (~checksum & 0xFFFF) + (~oldWord & 0xFFFF) + (newWord & 0xFFFF);
        return ~foldWords(sum) & 0xFFFF;
    }

    /** The same for two adjacent words, such as an address or a sequence number, as one host-order integer. */
    public static int update32(final int checksum, final int oldWords, final int newWords) {
        final long sum = (~checksum & 0xFFFF) + (~oldWords & INT_MASK) + (newWords & INT_MASK);
        return ~foldWords(sum) & 0xFFFF;
    }

    /**
     * Copies bytes between places that do not overlap, and sums them. Few bytes at once; many in two passes, the sum
     * first: each is vectorised, which a loop that does both is not, and a sum over bytes just written would wait for the
     * stores.
     *
     * @param length  bytes, 0 to 2^31 - 1.
     * @param initial as of {@link #sum}.
     * @return the accumulator of {@code initial} and the bytes.
     */
    public static long copyAndSum(final long source, final long target, final int length, final long initial) {
        if (length >= Long.BYTES && length < LONG_LENGTH) {
            return add(copyAndSumShort(source, target, length), initial);
        }
        final long sum = sum(source, length, initial);
        Memory.copy(source, target, length);
        return sum;
    }

    /** At least eight bytes; the last eight are copied together, of which the sum may have had some already. */
    private static long copyAndSumShort(final long source, final long target, final int length) {
        final int last = length - Long.BYTES;
        final long end = Memory.getLong(source + last);
        long sum = 0;
        int i = 0;
        for (; i <= last; i += Long.BYTES) {
            final long value = Memory.getLong(source + i);
            Memory.putLong(target + i, value);
            sum += (value & INT_MASK) + (value >>> 32);
        }
        Memory.putLong(target + last, end);
        return sum + rest(end, length - i);
    }

    /** Sum of the last 0 to 7 of eight bytes. */
    private static long rest(final long value, final int count) {
        if (count == 0) {
            return 0;
        }
        final int others = Long.SIZE - Byte.SIZE * count;
        final long left = SWAP ? value >>> others : value << others;
        return (left & INT_MASK) + (left >>> 32);
    }
}
