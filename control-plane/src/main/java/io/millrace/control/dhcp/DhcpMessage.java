package io.millrace.control.dhcp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server says, decoded (RFC 2131 §2). Options that come in several pieces are one (RFC 3396), also where they go
 * on in the fields for file and server name (RFC 2132 §9.3). Addresses are IPv4 in host order. Immutable. Thread: any.
 */
final class DhcpMessage {
    /** Bytes before the options, the cookie included. */
    static final int FIXED_LENGTH = 240;
    static final int COOKIE = 0x6382_5363;
    static final int BOOT_REPLY = 2;
    static final int ETHERNET = 1;
    static final int MAC_LENGTH = 6;

    private static final int XID = 4;
    private static final int YIADDR = 16;
    private static final int CHADDR = 28;
    private static final int SNAME = 44;
    private static final int FILE = 108;
    private static final int COOKIE_OFFSET = 236;
    private static final int FILE_HAS_OPTIONS = 1;
    private static final int SNAME_HAS_OPTIONS = 2;

    final int xid;
    /** The address that is offered or leased; 0 in a refusal. */
    final int yourAddress;
    /** The client's link-layer address, 48 bits. */
    final long clientMac;
    private final Map<Integer, byte[]> options;

    private DhcpMessage(final ByteBuffer bytes, final Map<Integer, byte[]> options) {
        xid = bytes.getInt(XID);
        yourAddress = bytes.getInt(YIADDR);
        clientMac = bytes.getLong(CHADDR) >>> 16;
        this.options = options;
    }

    /** Reads a message of a server for a client on Ethernet; null where it is none, or is cut. */
    static @Nullable DhcpMessage decode(final byte[] message) {
        final ByteBuffer bytes = ByteBuffer.wrap(message);
        if (message.length < FIXED_LENGTH || message[0] != BOOT_REPLY || message[1] != ETHERNET
                || message[2] != MAC_LENGTH || bytes.getInt(COOKIE_OFFSET) != COOKIE) {
            return null;
        }
        final Map<Integer, ByteArrayOutputStream> pieces = new HashMap<>();
        if (!read(message, FIXED_LENGTH, message.length, pieces)) {
            return null;
        }
        final int overload = pieces.containsKey(DhcpOption.OVERLOAD)
                && pieces.get(DhcpOption.OVERLOAD).size() == 1 ? pieces.get(DhcpOption.OVERLOAD).toByteArray()[0] : 0;
        if ((overload & FILE_HAS_OPTIONS) != 0 && !read(message, FILE, COOKIE_OFFSET, pieces)
                || (overload & SNAME_HAS_OPTIONS) != 0 && !read(message, SNAME, FILE, pieces)) {
            return null;
        }
        final Map<Integer, byte[]> options = new HashMap<>();
        pieces.forEach((code, value) -> options.put(code, value.toByteArray()));
        return new DhcpMessage(bytes, options);
    }

    /** Returns false where an option reaches beyond the field. */
    private static boolean read(final byte[] message, final int from, final int to,
            final Map<Integer, ByteArrayOutputStream> pieces) {
        for (int at = from; at < to;) {
            final int code = message[at++] & 0xFF;
            if (code == DhcpOption.END) {
                return true;
            }
            if (code != DhcpOption.PAD) {
                final int length = at < to ? message[at++] & 0xFF : 1;
                if (at + length > to) {
                    return false;
                }
                pieces.computeIfAbsent(code, absent -> new ByteArrayOutputStream()).write(message, at, length);
                at += length;
            }
        }
        return true;
    }

    /** One of {@link DhcpOption}'s types; 0 where it does not say. */
    int type() {
        final byte[] value = options.get(DhcpOption.MESSAGE_TYPE);
        return value != null && value.length == 1 ? value[0] : 0;
    }

    /** The bytes of an option; null where it is not there. */
    byte @Nullable [] option(final int code) {
        return options.get(code);
    }

    /** The first four bytes of an option, an address or a number; {@code absent} where there are not so many. */
    int intOption(final int code, final int absent) {
        final byte[] value = options.get(code);
        return value != null && value.length >= Integer.BYTES ? ByteBuffer.wrap(value).getInt() : absent;
    }

    /** An option of two bytes, an unsigned number; 0 where it is not there or of another length. */
    int shortOption(final int code) {
        final byte[] value = options.get(code);
        return value != null && value.length == Short.BYTES ? ByteBuffer.wrap(value).getShort() & 0xFFFF : 0;
    }

    /** An option as text for a log; empty where it is not there. */
    String text(final int code) {
        final byte[] value = options.get(code);
        return value == null ? "" : new String(value, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "");
    }
}
