package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * TCP options (RFC 9293 §3.2, RFC 7323, RFC 2018): a decoder that is reused, and encoders that write in place and
 * answer how many bytes they wrote, always a multiple of 4.
 * <p>
 * What is decoded stands until the next {@link #decode}; where an option comes twice the last one counts. Thread: the
 * owner's.
 */
public final class TcpOptions {
    /** Bytes that the options of a header may take. */
    public static final int MAX_LENGTH = 40;

    public static final int KIND_END = 0;
    public static final int KIND_NOP = 1;
    public static final int KIND_MSS = 2;
    public static final int KIND_WINDOW_SCALE = 3;
    public static final int KIND_SACK_PERMITTED = 4;
    public static final int KIND_SACK = 5;
    public static final int KIND_TIMESTAMPS = 8;
    /** RFC 7413 §4.1. */
    public static final int KIND_FAST_OPEN = 34;

    /** Largest shift of a window (RFC 7323 §2.3). */
    public static final int MAX_WINDOW_SCALE = 14;
    /** SACK blocks that fit beside nothing else. */
    public static final int MAX_SACK_BLOCKS = 4;

    /** Bytes that {@link #writeMss} writes. */
    public static final int MSS_LENGTH = 4;
    /** Bytes that {@link #writeWindowScale} writes. */
    public static final int WINDOW_SCALE_LENGTH = 4;
    /** Bytes that {@link #writeSackPermitted} writes. */
    public static final int SACK_PERMITTED_LENGTH = 4;
    /** Bytes that {@link #writeTimestamps} writes. */
    public static final int TIMESTAMPS_LENGTH = 12;
    /** Shortest cookie of RFC 7413 §4.1.1, in bytes. */
    public static final int MIN_COOKIE_LENGTH = 4;
    /** Longest cookie of RFC 7413 §4.1.1, in bytes. */
    public static final int MAX_COOKIE_LENGTH = 16;
    /** Bytes that {@link #writeSackHeader} writes. */
    public static final int SACK_HEADER_LENGTH = 4;
    /** Bytes that {@link #writeSackBlock} writes. */
    public static final int SACK_BLOCK_LENGTH = 8;

    private static final int NOP_NOP = KIND_NOP << 24 | KIND_NOP << 16;
    private static final int ALIGNED_TIMESTAMPS = NOP_NOP | KIND_TIMESTAMPS << 8 | 10;

    private static final int HAS_MSS = 1;
    private static final int HAS_WINDOW_SCALE = 2;
    private static final int HAS_SACK_PERMITTED = 4;
    private static final int HAS_TIMESTAMPS = 8;
    private static final int HAS_FAST_OPEN = 16;

    private static final int SACK_PERMITTED_TIMESTAMPS = KIND_SACK_PERMITTED << 24 | 2 << 16 | KIND_TIMESTAMPS << 8
            | 10;
    private static final int MSS_HEADER = KIND_MSS << 8 | 4;
    private static final int NOP_WINDOW_SCALE = KIND_NOP << 16 | KIND_WINDOW_SCALE << 8 | 3;
    private static final int LINUX_SYN_LENGTH = 20;

    private final int[] sackEdges = new int[2 * MAX_SACK_BLOCKS];
    private int present;
    private int sackBlocks;
    private boolean malformed;
    private int mss;
    private int windowScale;
    private int timestampValue;
    private int timestampEcho;
    private long cookie;
    private int cookieLength;

    /**
     * Decodes the options of a header and forgets those decoded before. An option whose length runs over the end, or is
     * below 2, ends the list; one of a known kind with another length than its kind's is skipped. Both are malformed,
     * and leave what else was decoded standing. Unknown kinds are skipped. Nothing outside the bytes is read.
     *
     * @param length bytes of the options; 0 or less for none.
     * @return false where they are {@link #malformed}.
     */
    public boolean decode(final long address, final int length) {
        present = 0;
        sackBlocks = 0;
        malformed = false;
        // the layout of RFC 7323 appendix A, which every segment of most connections has
        if (length == TIMESTAMPS_LENGTH && Memory.getIntBE(address) == ALIGNED_TIMESTAMPS) {
            timestamps(address + 2);
            return true;
        }
        if (length == LINUX_SYN_LENGTH && decodeLinuxSyn(address)) {
            return true;
        }
        decodeEach(address, address + length);
        return !malformed;
    }

    /** MSS, SACK permitted, timestamps and window scale, as Linux writes them on a SYN, and we; false of anything else. */
    private boolean decodeLinuxSyn(final long address) {
        if (Memory.getShortBE(address) != MSS_HEADER || Memory.getIntBE(address + 4) != SACK_PERMITTED_TIMESTAMPS
                || Memory.getIntBE(address + 16) >>> Byte.SIZE != NOP_WINDOW_SCALE) {
            return false;
        }
        timestamps(address + 6);
        windowScale(address + 17);
        present |= HAS_SACK_PERMITTED;
        return mss(address);
    }

    private void decodeEach(final long address, final long end) {
        long option = address;
        while (option < end) {
            final int kind = Memory.getUnsignedByte(option);
            if (kind == KIND_END) {
                return;
            }
            if (kind == KIND_NOP) {
                option++;
                continue;
            }
            final int length = option + 1 < end ? Memory.getUnsignedByte(option + 1) : 0;
            if (length < 2 || length > end - option) {
                malformed = true;
                return;
            }
            if (!decodeOne(kind, option, length)) {
                malformed = true;
            }
            option += length;
        }
    }

    /** @return false where the length is not the kind's. */
    private boolean decodeOne(final int kind, final long option, final int length) {
        return switch (kind) {
            case KIND_MSS -> length == 4 && mss(option);
            case KIND_WINDOW_SCALE -> length == 3 && windowScale(option);
            case KIND_SACK_PERMITTED -> length == 2 && flag(HAS_SACK_PERMITTED);
            case KIND_SACK -> sack(option, length);
            case KIND_TIMESTAMPS -> length == 10 && timestamps(option);
            case KIND_FAST_OPEN -> fastOpen(option, length);
            default -> true;
        };
    }

    private boolean mss(final long option) {
        mss = Memory.getShortBE(option + 2);
        return flag(HAS_MSS);
    }

    private boolean windowScale(final long option) {
        windowScale = Math.min(Memory.getUnsignedByte(option + 2), MAX_WINDOW_SCALE);
        return flag(HAS_WINDOW_SCALE);
    }

    private boolean timestamps(final long option) {
        timestampValue = Memory.getIntBE(option + 2);
        timestampEcho = Memory.getIntBE(option + 6);
        return flag(HAS_TIMESTAMPS);
    }

    private boolean sack(final long option, final int length) {
        final int blocks = length - 2 >>> 3;
        if (blocks == 0 || blocks > MAX_SACK_BLOCKS || length != 2 + blocks * SACK_BLOCK_LENGTH) {
            return false;
        }
        for (int i = 0; i < 2 * blocks; i++) {
            sackEdges[i] = Memory.getIntBE(option + 2 + 4L * i);
        }
        sackBlocks = blocks;
        return true;
    }

    /** RFC 7413 §4.1.1: a request without a cookie, or a cookie of an even length. */
    private boolean fastOpen(final long option, final int length) {
        final int bytes = length - 2;
        if (bytes != 0 && (bytes < MIN_COOKIE_LENGTH || bytes > MAX_COOKIE_LENGTH || (bytes & 1) != 0)) {
            return false;
        }
        cookie = option + 2;
        cookieLength = bytes;
        return flag(HAS_FAST_OPEN);
    }

    private boolean flag(final int option) {
        present |= option;
        return true;
    }

    /** True where the last options decoded broke the rules of their encoding. */
    public boolean malformed() {
        return malformed;
    }

    public boolean hasMss() {
        return (present & HAS_MSS) != 0;
    }

    /** As sent, 0 to 65,535, also where that makes no sense; only with {@link #hasMss}. */
    public int mss() {
        return mss;
    }

    public boolean hasWindowScale() {
        return (present & HAS_WINDOW_SCALE) != 0;
    }

    /** 0 to 14; what was sent above 14 counts as 14 (RFC 7323 §2.3). Only with {@link #hasWindowScale}. */
    public int windowScale() {
        return windowScale;
    }

    public boolean sackPermitted() {
        return (present & HAS_SACK_PERMITTED) != 0;
    }

    public boolean hasTimestamps() {
        return (present & HAS_TIMESTAMPS) != 0;
    }

    /** SEG.TSval; only with {@link #hasTimestamps}. */
    public int timestampValue() {
        return timestampValue;
    }

    /** SEG.TSecr; only with {@link #hasTimestamps}. */
    public int timestampEcho() {
        return timestampEcho;
    }

    public boolean hasFastOpen() {
        return (present & HAS_FAST_OPEN) != 0;
    }

    /** Bytes of the Fast Open cookie, an even number from 4 to 16; 0: one is asked for. Only with {@link #hasFastOpen}. */
    public int cookieLength() {
        return cookieLength;
    }

    /** Where the cookie lies in the header that was decoded; only with {@link #hasFastOpen}. */
    public long cookie() {
        return cookie;
    }

    /** How many SACK blocks came, 0 to 4. */
    public int sackBlocks() {
        return sackBlocks;
    }

    /** First sequence number of a block, as sent. @param index 0 to {@link #sackBlocks} - 1. */
    public int sackLeft(final int index) {
        return sackEdges[2 * index];
    }

    /** Sequence number after the last of a block, as sent; may lie before {@link #sackLeft} if the peer is broken. */
    public int sackRight(final int index) {
        return sackEdges[2 * index + 1];
    }

    /** @param mss 0 to 65,535. */
    public static int writeMss(final long address, final int mss) {
        Memory.putIntBE(address, KIND_MSS << 24 | 4 << 16 | mss & 0xFFFF);
        return MSS_LENGTH;
    }

    /** A NOP and the option. @param shift 0 to 14. */
    public static int writeWindowScale(final long address, final int shift) {
        Memory.putIntBE(address, KIND_NOP << 24 | KIND_WINDOW_SCALE << 16 | 3 << 8 | shift & 0xFF);
        return WINDOW_SCALE_LENGTH;
    }

    /** Two NOPs and the option. */
    public static int writeSackPermitted(final long address) {
        Memory.putIntBE(address, NOP_NOP | KIND_SACK_PERMITTED << 8 | 2);
        return SACK_PERMITTED_LENGTH;
    }

    /** The option alone, in 2 bytes: {@link #writePadding} has to follow. */
    public static int writeSackPermittedAlone(final long address) {
        Memory.putShortBE(address, KIND_SACK_PERMITTED << 8 | 2);
        return 2;
    }

    /** Two NOPs and the option, as in RFC 7323 appendix A. */
    public static int writeTimestamps(final long address, final int value, final int echo) {
        Memory.putIntBE(address, ALIGNED_TIMESTAMPS);
        Memory.putLongBE(address + 4, (long) value << 32 | echo & 0xFFFF_FFFFL);
        return TIMESTAMPS_LENGTH;
    }

    /** True of twelve bytes of options that {@link #writeTimestamps} could have written. */
    public static boolean isAligned(final long address) {
        return Memory.getIntBE(address) == ALIGNED_TIMESTAMPS;
    }

    /** TSval of such options. */
    public static int alignedValue(final long address) {
        return Memory.getIntBE(address + 4);
    }

    /** TSecr of such options. */
    public static int alignedEcho(final long address) {
        return Memory.getIntBE(address + 8);
    }

    /** Sum of the words that {@link #writeTimestamps} writes, for {@link Checksum#finish(long, long)}. */
    public static long timestampsWords(final int value, final int echo) {
        return ALIGNED_TIMESTAMPS + (value & 0xFFFF_FFFFL) + (echo & 0xFFFF_FFFFL);
    }

    /** {@link #writeSackPermitted} and {@link #writeTimestamps} as Linux packs them into a SYN, without NOPs. */
    public static int writeSackPermittedTimestamps(final long address, final int value, final int echo) {
        Memory.putIntBE(address, SACK_PERMITTED_TIMESTAMPS);
        Memory.putIntBE(address + 4, value);
        Memory.putIntBE(address + 8, echo);
        return TIMESTAMPS_LENGTH;
    }

    /**
     * The Fast Open option: room for a cookie behind its first two bytes, or the request for one, and NOPs to the next
     * multiple of 4.
     *
     * @param length bytes of the cookie, an even number from 4 to 16; 0 for the request.
     * @return bytes written, those of the cookie included.
     */
    public static int writeFastOpen(final long address, final int length) {
        Memory.putByte(address, KIND_FAST_OPEN);
        Memory.putByte(address + 1, 2 + length);
        int written = 2 + length;
        while ((written & 3) != 0) {
            Memory.putByte(address + written++, KIND_NOP);
        }
        return written;
    }

    /** Two NOPs, and kind and length for blocks that {@link #writeSackBlock} adds. @param blocks 1 to 4. */
    public static int writeSackHeader(final long address, final int blocks) {
        Memory.putIntBE(address, NOP_NOP | KIND_SACK << 8 | 2 + blocks * SACK_BLOCK_LENGTH);
        return SACK_HEADER_LENGTH;
    }

    /** One block of received data: its first sequence number and the one after its last. */
    public static int writeSackBlock(final long address, final int left, final int right) {
        Memory.putIntBE(address, left);
        Memory.putIntBE(address + 4, right);
        return SACK_BLOCK_LENGTH;
    }

    /**
     * Ends a list whose length is not a multiple of 4: fills up with end-of-list to the next one.
     *
     * @param length bytes of options that stand before the address.
     * @return bytes written, 0 to 3.
     */
    public static int writePadding(final long address, final int length) {
        final int padding = -length & 3;
        for (int i = 0; i < padding; i++) {
            Memory.putByte(address + i, KIND_END);
        }
        return padding;
    }

    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder(64);
        append(text, hasMss(), "mss " + mss);
        append(text, sackPermitted(), "sackOK");
        append(text, hasTimestamps(), "TS val " + Integer.toUnsignedString(timestampValue) + " ecr "
                + Integer.toUnsignedString(timestampEcho));
        append(text, hasWindowScale(), "wscale " + windowScale);
        append(text, hasFastOpen(), "FO " + cookieLength);
        append(text, sackBlocks > 0, "sack " + sackBlocks + " ");
        for (int i = 0; i < sackBlocks; i++) {
            text.append('{').append(Integer.toUnsignedString(sackLeft(i))).append(':');
            text.append(Integer.toUnsignedString(sackRight(i))).append('}');
        }
        append(text, malformed, "malformed");
        return text.toString();
    }

    private static void append(final StringBuilder text, final boolean present, final String option) {
        if (present) {
            text.append(text.isEmpty() ? "" : ",").append(option);
        }
    }
}
