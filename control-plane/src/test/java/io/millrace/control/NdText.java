package io.millrace.control;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.NdMessage;
import java.util.HexFormat;

/** ICMPv6 messages as tests read them. */
final class NdText {
    private NdText() {}

    static String of(final long address, final int length) {
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
