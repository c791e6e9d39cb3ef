package io.millrace.bench.wire;

/** Who has which address. Pure functions. */
final class Addresses {
    /** Of the sender, or of the kernel's sender where there are two. */
    static final int LEFT = 0x0A4E0001;
    /** Of the receiver. */
    static final int RIGHT = 0x0A4E0002;
    /** Of Millrace's sender where there are two. */
    static final int SECOND = 0x0A4E0003;

    private static final long MAC_PREFIX = 0x02_4D_52_01_00_00L;

    private Addresses() {}

    /** The link-layer address of the kernel's side that has this address. */
    static long mac(final int address) {
        return MAC_PREFIX | address & 0xFFFF;
    }

    static String text(final int address) {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF);
    }

    static String cidr(final int address) {
        return text(address) + "/24";
    }
}
