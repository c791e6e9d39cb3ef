package io.millrace.control.dhcp;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/**
 * A message of the client, read here and not by the code under test; fails where the datagram is not what it should be.
 *
 * @param options value of each, in hexadecimal.
 */
record ClientSaid(int source, int destination, long link, int type, int xid, int seconds, int flags,
        int clientAddress, long mac, Map<Integer, String> options, int length) {

    static ClientSaid of(final int source, final int destination, final long link, final ByteBuffer udp) {
        final int length = udp.limit();
        if (udp.getShort(0) != 68 || udp.getShort(2) != 67 || udp.getShort(4) != length
                || sum(source, destination, udp) != 0xFFFF) {
            throw new AssertionError("UDP header");
        }
        final ByteBuffer message = udp.slice(8, length - 8);
        if (message.getInt(0) != 0x0101_0600 || message.getInt(236) != 0x6382_5363) {
            throw new AssertionError("fixed fields");
        }
        for (int i = 34; i < 236; i++) {
            if (message.get(i) != 0) {
                throw new AssertionError("byte " + i);
            }
        }
        if (message.getInt(16) != 0 || message.getInt(20) != 0 || message.getInt(24) != 0) {
            throw new AssertionError("addresses that only a server or a relay fills in");
        }
        final Map<Integer, String> options = options(message.position(240));
        if (options.get(53).length() != 2) {
            throw new AssertionError("message type " + options.get(53));
        }
        return new ClientSaid(source, destination, link, Integer.parseInt(options.remove(53), 16), message.getInt(4),
                message.getShort(8) & 0xFFFF, message.getShort(10) & 0xFFFF, message.getInt(12),
                message.getLong(28) >>> 16, options, length - 8);
    }

    private static Map<Integer, String> options(final ByteBuffer message) {
        final Map<Integer, String> options = new TreeMap<>();
        for (int code = message.get() & 0xFF; code != 255; code = message.get() & 0xFF) {
            final StringBuilder value = new StringBuilder();
            for (int left = message.get() & 0xFF; left > 0; left--) {
                value.append("%02x".formatted(message.get()));
            }
            if (options.put(code, value.toString()) != null) {
                throw new AssertionError("option " + code + " twice");
            }
        }
        return options;
    }

    /** Of pseudo-header and datagram; 0xffff where the checksum is right. */
    private static int sum(final int source, final int destination, final ByteBuffer udp) {
        long sum = (source >>> 16) + (source & 0xFFFF) + (destination >>> 16) + (destination & 0xFFFF) + 17
                + udp.limit();
        for (int i = 0; i + 1 < udp.limit(); i += 2) {
            sum += udp.getShort(i) & 0xFFFF;
        }
        if (udp.limit() % 2 == 1) {
            sum += (udp.get(udp.limit() - 1) & 0xFF) << 8;
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return (int) sum;
    }
}
