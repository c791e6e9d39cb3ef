package io.millrace.control.dhcp;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/** A message of a server, to be changed and written; written here, not by the code under test. Immutable. */
record ServerSays(int type, int xid, int yourAddress, long mac, Map<Integer, byte[]> options) {
    static final int SERVER = 0x0A00_0001;
    static final int ADDRESS = 0x0A00_004D;

    /** 10.0.0.77/24 by 10.0.0.1 for a thousand seconds. */
    static ServerSays lease() {
        return new ServerSays(DhcpOption.ACK, 0, ADDRESS, DhcpRig.MAC, Map.of())
                .with(DhcpOption.SERVER_ID, 10, 0, 0, 1).with(DhcpOption.LEASE_TIME, 0, 0, 1_000 >> 8, 1_000 & 0xFF)
                .with(DhcpOption.SUBNET_MASK, 255, 255, 255, 0).with(DhcpOption.ROUTERS, 10, 0, 0, 1);
    }

    ServerSays type(final int value) {
        return new ServerSays(value, xid, yourAddress, mac, options);
    }

    ServerSays xid(final int value) {
        return new ServerSays(type, value, yourAddress, mac, options);
    }

    ServerSays yourAddress(final int value) {
        return new ServerSays(type, xid, value, mac, options);
    }

    ServerSays mac(final long value) {
        return new ServerSays(type, xid, yourAddress, value, options);
    }

    ServerSays with(final int code, final int... value) {
        final byte[] bytes = new byte[value.length];
        for (int i = 0; i < value.length; i++) {
            bytes[i] = (byte) value[i];
        }
        final Map<Integer, byte[]> more = new TreeMap<>(options);
        more.put(code, bytes);
        return new ServerSays(type, xid, yourAddress, mac, more);
    }

    ServerSays without(final int code) {
        final Map<Integer, byte[]> fewer = new TreeMap<>(options);
        fewer.remove(code);
        return new ServerSays(type, xid, yourAddress, mac, fewer);
    }

    byte[] toBytes() {
        final ByteBuffer bytes = ByteBuffer.allocate(1_000);
        bytes.putInt(0x0201_0600).putInt(xid).position(16).putInt(yourAddress).position(28)
                .putShort((short) (mac >>> 32)).putInt((int) mac).position(236).putInt(0x6382_5363);
        bytes.put((byte) 53).put((byte) 1).put((byte) type);
        options.forEach((code, value) -> {
            // in pieces, as RFC 3396 has it
            for (int at = 0; at < value.length; at += 255) {
                final int length = Math.min(255, value.length - at);
                bytes.put(code.byteValue()).put((byte) length).put(value, at, length);
            }
            if (value.length == 0) {
                bytes.put(code.byteValue()).put((byte) 0);
            }
        });
        bytes.put((byte) 255);
        final byte[] message = new byte[bytes.position()];
        bytes.flip().get(message);
        return message;
    }
}
