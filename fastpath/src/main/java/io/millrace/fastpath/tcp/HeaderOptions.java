package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.OutOfOrderRanges;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.TcpOptions;

/**
 * The options of the segments of a connection: timestamps (RFC 7323 §3), selective acknowledgements (RFC 2018), the
 * report of a duplicate (RFC 2883), and those of a SYN in the order of Linux or of BSD. Thread: the engine's.
 */
final class HeaderOptions {
    private final TcpContext context;
    private final SynOptions syn = new SynOptions();
    private int duplicateLeft;
    private int duplicateRight;
    /** Of what was written last. */
    private long words;

    HeaderOptions(final TcpContext context) {
        this.context = context;
    }

    /** The next {@link #write} reports these bytes as received twice. */
    void duplicate(final int left, final int right) {
        duplicateLeft = left;
        duplicateRight = right;
    }

    void noDuplicate() {
        duplicateLeft = 0;
        duplicateRight = 0;
    }

    private boolean hasDuplicate() {
        return duplicateLeft != duplicateRight;
    }

    /** Bytes of timestamps in every segment. */
    static int fixedLength(final Tcb tcb) {
        return tcb.has(Tcb.TIMESTAMPS) ? TcpOptions.TIMESTAMPS_LENGTH : 0;
    }

    /** Bytes that the SACK option would take now: blocks for as many ranges as find room. */
    int sackLength(final Tcb tcb) {
        final int blocks = sackBlocks(tcb);
        return blocks == 0 ? 0 : TcpOptions.SACK_HEADER_LENGTH + blocks * TcpOptions.SACK_BLOCK_LENGTH;
    }

    private int sackBlocks(final Tcb tcb) {
        final long ranges = tcb.outOfOrder();
        if (ranges == 0 && !hasDuplicate() || !tcb.has(Tcb.SACK)) {
            return 0;
        }
        final int wanted = (ranges == 0 ? 0 : OutOfOrderRanges.count(ranges)) + (hasDuplicate() ? 1 : 0);
        final int most = tcb.has(Tcb.TIMESTAMPS) ? TcpOptions.MAX_SACK_BLOCKS - 1 : TcpOptions.MAX_SACK_BLOCKS;
        return Math.min(wanted, most);
    }

    /** Writes timestamps, and SACK blocks unless they find no room beside the text; returns the bytes written. */
    int write(final Tcb tcb, final long address, final boolean sack) {
        int length = 0;
        words = 0;
        if (tcb.has(Tcb.TIMESTAMPS)) {
            final int value = context.timestamp(tcb);
            final int echo = tcb.tsRecent();
            length = TcpOptions.writeTimestamps(address, value, echo);
            words = TcpOptions.timestampsWords(value, echo);
        }
        final int blocks = sack ? sackBlocks(tcb) : 0;
        if (blocks > 0) {
            final int added = writeSack(tcb, address + length, blocks);
            words += Checksum.toWords(Checksum.sum(address + length, added, 0));
            length += added;
        }
        return length;
    }

    /** Sum of the words that {@link #write} has just written, for {@link Checksum#finish(long, long)}. */
    long words() {
        return words;
    }

    /** RFC 2018 §4: the range that changed last comes first; RFC 2883 §4: before it the duplicate, once. */
    private int writeSack(final Tcb tcb, final long address, final int blocks) {
        int length = TcpOptions.writeSackHeader(address, blocks);
        int reported = 0;
        if (hasDuplicate()) {
            length += TcpOptions.writeSackBlock(address + length, duplicateLeft, duplicateRight);
            reported = 1;
        }
        final long ranges = tcb.outOfOrder();
        for (int k = 0; k < blocks - reported; k++) {
            final int range = OutOfOrderRanges.recentFirst(ranges, k);
            length += TcpOptions.writeSackBlock(address + length, OutOfOrderRanges.left(ranges, range),
                    OutOfOrderRanges.right(ranges, range));
        }
        return length;
    }

    /**
     * Writes the options of a SYN ({@code answer} false: what the settings offer) or SYN-ACK (what both sides want), the
     * last of them Fast Open.
     */
    int writeSyn(final Tcb tcb, final long address, final boolean answer) {
        final TcpSettings settings = context.connections.settings(tcb);
        final boolean scale = answer ? tcb.has(Tcb.WINDOW_SCALING) : settings.windowScaling();
        syn.order = settings.optionOrder();
        syn.mss = tcb.announcedMss();
        syn.sack = answer ? tcb.has(Tcb.SACK) : settings.sack();
        syn.timestamps = answer ? tcb.has(Tcb.TIMESTAMPS) : settings.timestamps();
        syn.timestampValue = context.timestamp(tcb);
        // RFC 7323 §3.2: the echo of a segment without ACK is 0
        syn.timestampEcho = answer ? tcb.tsRecent() : 0;
        syn.scale = scale ? tcb.receiveShift() : Agreement.UNSCALED;
        int length = syn.write(address);
        if (answer && (tcb.moreFlags() & Tcb.MORE_COOKIE_OWED) != 0) {
            length += writeCookie(tcb, address + length);
        } else if (!answer && offersFastOpen(tcb, settings)) {
            length += context.fastOpen.writeOption(tcb.remoteHi(), tcb.remoteLo(), address + length);
        }
        return length + TcpOptions.writePadding(address + length, length);
    }

    /** RFC 7413 §4.1.3.1: a SYN that was not answered is sent again without the option and its text. */
    static boolean offersFastOpen(final Tcb tcb, final TcpSettings settings) {
        return settings.fastOpen() && tcb.retransmits() == 0;
    }

    private int writeCookie(final Tcb tcb, final long address) {
        final long cookie = context.control.fastOpenCookies().make(tcb.localHi(), tcb.localLo(), tcb.remoteHi(),
                tcb.remoteLo());
        if (cookie == 0) {
            return 0;
        }
        final int length = TcpOptions.writeFastOpen(address, Long.BYTES);
        Memory.putLongBE(address + 2, cookie);
        return length;
    }
}
