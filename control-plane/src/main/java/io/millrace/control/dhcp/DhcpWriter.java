package io.millrace.control.dhcp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes one message of a client (RFC 2131 §2, table 5). Thread: one. */
final class DhcpWriter {
    /** Relays and old servers expect the size of a BOOTP message (RFC 1542 §2.1). */
    static final int MIN_LENGTH = 300;

    private static final int BOOT_REQUEST = 1;
    private static final int MAX_LENGTH = 576;
    private static final int SECS_LIMIT = 0xFFFF;
    private static final int CHADDR = 28;

    private final ByteBuffer bytes = ByteBuffer.allocate(MAX_LENGTH);

    /**
     * Begins a message.
     *
     * @param type          one of {@link DhcpOption}'s.
     * @param secs          since the client began to ask, in seconds.
     * @param clientAddress IPv4 that the client has, 0 for none.
     * @param mac           48 bits.
     * @param clientId      value of the client identifier (RFC 2132 §9.14).
     */
    DhcpWriter(final int type, final int xid, final long secs, final int clientAddress, final long mac,
            final byte[] clientId) {
        bytes.put((byte) BOOT_REQUEST).put((byte) DhcpMessage.ETHERNET).put((byte) DhcpMessage.MAC_LENGTH)
                .put((byte) 0).putInt(xid).putShort((short) Math.min(secs, SECS_LIMIT)).putShort((short) 0)
                .putInt(clientAddress);
        bytes.position(CHADDR);
        bytes.putShort((short) (mac >>> 32)).putInt((int) mac);
        bytes.position(DhcpMessage.FIXED_LENGTH - Integer.BYTES);
        bytes.putInt(DhcpMessage.COOKIE);
        option(DhcpOption.MESSAGE_TYPE, new byte[]{(byte) type});
        option(DhcpOption.CLIENT_ID, clientId);
    }

    /** Adds an option of some bytes, at most 255. */
    DhcpWriter option(final int code, final byte[] value) {
        bytes.put((byte) code).put((byte) value.length).put(value);
        return this;
    }

    /** Adds an option of four bytes: an address or a number. */
    DhcpWriter intOption(final int code, final int value) {
        bytes.put((byte) code).put((byte) Integer.BYTES).putInt(value);
        return this;
    }

    /** Adds an option of two bytes. */
    DhcpWriter shortOption(final int code, final int value) {
        bytes.put((byte) code).put((byte) Short.BYTES).putShort((short) value);
        return this;
    }

    /** Adds an option of text; nothing where it is empty. */
    DhcpWriter textOption(final int code, final String value) {
        return value.isEmpty() ? this : option(code, value.getBytes(StandardCharsets.UTF_8));
    }

    /** The whole message. */
    byte[] end() {
        bytes.put((byte) DhcpOption.END);
        final byte[] message = new byte[Math.max(MIN_LENGTH, bytes.position())];
        bytes.flip().get(message, 0, bytes.limit());
        return message;
    }
}
