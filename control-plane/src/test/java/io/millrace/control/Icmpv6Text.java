package io.millrace.control;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.MldMessage;
import io.millrace.fastpath.wire.NdMessage;
import java.util.HexFormat;
import java.util.List;

/** ICMPv6 messages as tests read them. */
final class Icmpv6Text {
    private static final List<Integer> MLD = List.of(MldMessage.V1_REPORT, MldMessage.V1_DONE, MldMessage.V2_REPORT);
    private static final String[] RECORDS = {"?", "is_in", "is_ex", "to_in", "to_ex", "allow", "block"};

    private Icmpv6Text() {}

    static String of(final long address, final int length) {
        final MldMessage mld = new MldMessage();
        if (mld.wrap(address, length) && MLD.contains(mld.type())) {
            return mld(mld, address, length);
        }
        final NdMessage message = new NdMessage();
        if (!message.wrap(address, length)) {
            final byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                bytes[i] = Memory.getByte(address + i);
            }
            return HexFormat.of().formatHex(bytes);
        }
        return switch (message.type()) {
            case NdMessage.ROUTER_SOLICITATION -> "rs" + link(message, NdMessage.SOURCE_LINK_ADDRESS);
            case NdMessage.SOLICITATION -> "ns " + target(message) + link(message, NdMessage.SOURCE_LINK_ADDRESS);
            case NdMessage.ADVERTISEMENT -> "na " + target(message) + flags(message.flags())
                    + link(message, NdMessage.TARGET_LINK_ADDRESS);
            default -> "type " + message.type();
        };
    }

    /** Fails where the records are not as long as the message. */
    private static String mld(final MldMessage message, final long address, final int length) {
        if (message.type() != MldMessage.V2_REPORT) {
            return (message.type() == MldMessage.V1_REPORT ? "v1 report " : "v1 done ")
                    + IpAddress.toString(message.groupHi(), message.groupLo());
        }
        final StringBuilder text = new StringBuilder("v2 report");
        long record = address + MldMessage.V2_REPORT_LENGTH;
        for (int i = Memory.getShortBE(address + 6); i > 0; i--) {
            final int sources = Memory.getShortBE(record + 2);
            text.append(' ').append(RECORDS[Memory.getUnsignedByte(record)]).append('(').append(ip(record + 4));
            record += MldMessage.RECORD_LENGTH;
            for (int s = 0; s < sources; s++, record += MldMessage.ADDRESS_LENGTH) {
                text.append(s == 0 ? ": " : ", ").append(ip(record));
            }
            text.append(')');
        }
        if (record != address + length) {
            throw new AssertionError("report of " + length + " bytes with records of " + (record - address));
        }
        return text.toString();
    }

    private static String ip(final long address) {
        return IpAddress.toString(Memory.getLongBE(address), Memory.getLongBE(address + 8));
    }

    private static String target(final NdMessage message) {
        return IpAddress.toString(message.targetHi(), message.targetLo());
    }

    private static String flags(final int flags) {
        return " " + ((flags & NdMessage.ROUTER) != 0 ? "R" : "") + ((flags & NdMessage.SOLICITED) != 0 ? "S" : "")
                + ((flags & NdMessage.OVERRIDE) != 0 ? "O" : "");
    }

    private static String link(final NdMessage message, final int option) {
        final long mac = message.linkAddress(option);
        return mac == NdMessage.NO_ADDRESS ? "" : " at " + Long.toHexString(mac);
    }
}
