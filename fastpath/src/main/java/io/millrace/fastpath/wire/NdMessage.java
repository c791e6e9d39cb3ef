package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * Messages of Neighbour Discovery for IPv6 (RFC 4861 §4) on links with 48-bit addresses. Thread: the owner's.
 *
 * <pre>
 *    0       1       2               4               8               16              24              40
 *   +-------+-------+---------------+---------------+---------------+---------------+---------------+------- - - -
 *   |  133  |   0   |   checksum    |   reserved    | options                       (router solicitation)
 *   |  134  |   0   |   checksum    |hops|flags|life| reachable, retransmit | options  (router advertisement)
 *   |  135  |   0   |   checksum    |   reserved    | target                        | options  (solicitation)
 *   |  136  |   0   |   checksum    |R S O          | target                        | options  (advertisement)
 *   |  137  |   0   |   checksum    |   reserved    | target                        | destination   | options  (redirect)
 *   +-------+-------+---------------+---------------+------- - - -
 * </pre>
 */
public final class NdMessage {
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int SOLICITATION = 135;
    public static final int ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;

    /** Flags of an advertisement (RFC 4861 §4.4). */
    public static final int ROUTER = 0x80;
    public static final int SOLICITED = 0x40;
    public static final int OVERRIDE = 0x20;

    /** Flags of a prefix (RFC 4861 §4.6.2). */
    public static final int ON_LINK = 0x80;
    public static final int AUTONOMOUS = 0x40;

    /** Kinds of options (RFC 4861 §4.6). */
    public static final int SOURCE_LINK_ADDRESS = 1;
    public static final int TARGET_LINK_ADDRESS = 2;
    public static final int PREFIX_INFORMATION = 3;
    public static final int MTU = 5;

    /** What {@link #linkAddress} answers where there is no such option. */
    public static final long NO_ADDRESS = -1;
    /** What {@link #option} answers where there is none. */
    public static final int NONE = 0;
    /** Bytes of the longest message that is written here. */
    public static final int MAX_WRITTEN = 32;

    private static final int CODE_OFFSET = 1;
    private static final int FLAGS_OFFSET = 4;
    private static final int ROUTER_FLAGS_OFFSET = 5;
    private static final int LIFETIME_OFFSET = 6;
    private static final int TARGET_OFFSET = 8;
    private static final int REACHABLE_OFFSET = 8;
    private static final int RETRANSMIT_OFFSET = 12;
    private static final int DESTINATION_OFFSET = 24;
    private static final int OPTION_UNIT = 8;
    private static final int PREFIX_LENGTH = 32;

    private long address;
    private int length;
    private int options;

    /**
     * @return false where the message is malformed: a type or code that is none of Neighbour Discovery, shorter than its
     *         type, or with an option that is empty or longer than the message (RFC 4861 §6.1, §7.1, §8.1). Neither checksum
     *         nor hop limit are looked at.
     */
    public boolean wrap(final long newAddress, final int available) {
        address = newAddress;
        length = available;
        options = available < OPTION_UNIT ? Integer.MAX_VALUE : switch (type()) {
            case ROUTER_SOLICITATION -> 8;
            case ROUTER_ADVERTISEMENT -> 16;
            case SOLICITATION, ADVERTISEMENT -> 24;
            case REDIRECT -> 40;
            default -> Integer.MAX_VALUE;
        };
        if (available < options || Memory.getUnsignedByte(address + CODE_OFFSET) != 0) {
            return false;
        }
        int at = options;
        while (at + 2 <= length && optionLength(at) > 0) {
            at += optionLength(at);
        }
        return at == length;
    }

    public int type() {
        return Memory.getUnsignedByte(address);
    }

    /** {@link #ROUTER}, {@link #SOLICITED}, {@link #OVERRIDE} of an advertisement. */
    public int flags() {
        return Memory.getUnsignedByte(address + FLAGS_OFFSET);
    }

    /** Upper half of the target of a solicitation, an advertisement or a redirect. */
    public long targetHi() {
        return Memory.getLongBE(address + TARGET_OFFSET);
    }

    /** Lower half of the same. */
    public long targetLo() {
        return Memory.getLongBE(address + TARGET_OFFSET + 8);
    }

    /** Upper half of what a redirect redirects. */
    public long destinationHi() {
        return Memory.getLongBE(address + DESTINATION_OFFSET);
    }

    /** Lower half of the same. */
    public long destinationLo() {
        return Memory.getLongBE(address + DESTINATION_OFFSET + 8);
    }

    /** Of a router advertisement: hop limit for what hosts send; 0: the router does not say. */
    public int hopLimit() {
        return Memory.getUnsignedByte(address + FLAGS_OFFSET);
    }

    /** Of a router advertisement: the flags M and O, and the preference (RFC 4191 §2.2). */
    public int routerFlags() {
        return Memory.getUnsignedByte(address + ROUTER_FLAGS_OFFSET);
    }

    /** Of a router advertisement: seconds that it is a default router; 0: it is none. */
    public int routerLifetimeSeconds() {
        return Memory.getShortBE(address + LIFETIME_OFFSET);
    }

    /** Of a router advertisement: milliseconds that a confirmation holds; 0: the router does not say. */
    public long reachableMs() {
        return Memory.getIntBE(address + REACHABLE_OFFSET) & 0xFFFF_FFFFL;
    }

    /** Of a router advertisement: milliseconds between two solicitations; 0: the router does not say. */
    public long retransmitMs() {
        return Memory.getIntBE(address + RETRANSMIT_OFFSET) & 0xFFFF_FFFFL;
    }

    /** The MAC in the first option of that kind, 48 bits, or {@link #NO_ADDRESS}. */
    public long linkAddress(final int kind) {
        final int at = option(kind, NONE);
        return at == NONE
                ? NO_ADDRESS
                : (long) Memory.getShortBE(address + at + 2) << 32
                        | Memory.getIntBE(address + at + 4) & 0xFFFF_FFFFL;
    }

    /** The MTU that a router says, or 0. */
    public long mtu() {
        final int at = option(MTU, NONE);
        return at == NONE ? 0 : Memory.getIntBE(address + at + 4) & 0xFFFF_FFFFL;
    }

    /**
     * The next option of a kind, which is long enough for it.
     *
     * @param after what this answered before; {@link #NONE} for the first.
     * @return where it is, to be given to the accessors of a prefix, or {@link #NONE}.
     */
    public int option(final int kind, final int after) {
        int at = after == NONE ? options : after + optionLength(after);
        while (at < length) {
            if (Memory.getUnsignedByte(address + at) == kind
                    && optionLength(at) >= (kind == PREFIX_INFORMATION ? PREFIX_LENGTH : OPTION_UNIT)) {
                return at;
            }
            at += optionLength(at);
        }
        return NONE;
    }

    /** Bits of a prefix, 0 to 255 on the wire. */
    public int prefixBits(final int option) {
        return Memory.getUnsignedByte(address + option + 2);
    }

    /** {@link #ON_LINK}, {@link #AUTONOMOUS}. */
    public int prefixFlags(final int option) {
        return Memory.getUnsignedByte(address + option + 3);
    }

    /** Seconds that a prefix, and the addresses made of it, are valid; 0xffffffff: for ever. */
    public long validSeconds(final int option) {
        return Memory.getIntBE(address + option + 4) & 0xFFFF_FFFFL;
    }

    /** Seconds that addresses made of a prefix are preferred; 0xffffffff: for ever. */
    public long preferredSeconds(final int option) {
        return Memory.getIntBE(address + option + 8) & 0xFFFF_FFFFL;
    }

    public long prefixHi(final int option) {
        return Memory.getLongBE(address + option + 16);
    }

    public long prefixLo(final int option) {
        return Memory.getLongBE(address + option + 24);
    }

    /**
     * Writes a neighbour solicitation; the checksum is left to who sends it.
     *
     * @param mac the sender's, 48 bits; {@link #NO_ADDRESS} for none: of duplicate address detection.
     * @return its length in bytes.
     */
    public static int writeSolicitation(final long address, final long targetHi, final long targetLo, final long mac) {
        return writeTarget(address, SOLICITATION, 0, targetHi, targetLo, SOURCE_LINK_ADDRESS, mac);
    }

    /** Writes a neighbour advertisement; the same. */
    public static int writeAdvertisement(final long address, final int flags, final long targetHi,
            final long targetLo, final long mac) {
        return writeTarget(address, ADVERTISEMENT, flags, targetHi, targetLo, TARGET_LINK_ADDRESS, mac);
    }

    /** Writes a router solicitation; the same. */
    public static int writeRouterSolicitation(final long address, final long mac) {
        writeStart(address, ROUTER_SOLICITATION, 0);
        return writeLinkAddress(address, OPTION_UNIT, SOURCE_LINK_ADDRESS, mac);
    }

    private static int writeTarget(final long address, final int type, final int flags, final long targetHi,
            final long targetLo, final int option, final long mac) {
        writeStart(address, type, flags);
        Memory.putLongBE(address + TARGET_OFFSET, targetHi);
        Memory.putLongBE(address + TARGET_OFFSET + 8, targetLo);
        return writeLinkAddress(address, DESTINATION_OFFSET, option, mac);
    }

    private static void writeStart(final long address, final int type, final int flags) {
        Memory.putIntBE(address, type << 24);
        Memory.putIntBE(address + FLAGS_OFFSET, flags << 24);
    }

    private static int writeLinkAddress(final long address, final int at, final int option, final long mac) {
        if (mac == NO_ADDRESS) {
            return at;
        }
        Memory.putByte(address + at, option);
        Memory.putByte(address + at + 1, 1);
        Memory.putShortBE(address + at + 2, (int) (mac >>> 32));
        Memory.putIntBE(address + at + 4, (int) mac);
        return at + OPTION_UNIT;
    }

    private int optionLength(final int at) {
        return Memory.getUnsignedByte(address + at + 1) * OPTION_UNIT;
    }
}
