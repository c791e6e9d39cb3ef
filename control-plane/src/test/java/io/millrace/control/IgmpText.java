package io.millrace.control;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IgmpMessage;
import io.millrace.fastpath.wire.IpAddress;

/** IGMP messages as text: {@code v2 report 239.1.2.3}, {@code v3 report to_ex(239.1.2.3) allow(232.1.1.1: 10.0.0.9)}. */
final class IgmpText {
    private static final String[] RECORDS = {"?", "is_in", "is_ex", "to_in", "to_ex", "allow", "block"};

    private IgmpText() {}

    /** Fails where the checksum is wrong, or the records are not as long as the message. */
    static String of(final long address, final int length) {
        final IgmpMessage message = new IgmpMessage();
        if (!message.wrap(address, length) || Checksum.of(address, length) != 0) {
            throw new AssertionError("not an IGMP message");
        }
        return switch (message.type()) {
            case IgmpMessage.V1_REPORT -> "v1 report " + ip(message.group());
            case IgmpMessage.V2_REPORT -> "v2 report " + ip(message.group());
            case IgmpMessage.V2_LEAVE -> "v2 leave " + ip(message.group());
            case IgmpMessage.V3_REPORT -> "v3 report" + records(address, length);
            default -> message.toString();
        };
    }

    private static String records(final long address, final int length) {
        final StringBuilder text = new StringBuilder();
        final int records = Memory.getShortBE(address + 6);
        long record = address + IgmpMessage.MIN_LENGTH;
        for (int i = 0; i < records; i++) {
            final int sources = Memory.getShortBE(record + 2);
            text.append(' ').append(RECORDS[Memory.getUnsignedByte(record)]).append('(')
                    .append(ip(Memory.getIntBE(record + 4)));
            for (int s = 0; s < sources; s++) {
                text.append(s == 0 ? ": " : ", ")
                        .append(ip(Memory.getIntBE(record + IgmpMessage.RECORD_LENGTH + 4L * s)));
            }
            text.append(')');
            record += IgmpMessage.RECORD_LENGTH + 4L * sources;
        }
        if (record != address + length) {
            throw new AssertionError("report of " + length + " bytes with records of " + (record - address));
        }
        return text.toString();
    }

    private static String ip(final int address) {
        return IpAddress.toString(0, IpAddress.v4(address));
    }
}
