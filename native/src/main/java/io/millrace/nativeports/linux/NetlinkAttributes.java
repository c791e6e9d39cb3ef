package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of one netlink message, copied out of it. Thread: one. */
final class NetlinkAttributes {
    private final Map<Integer, byte[]> values = new HashMap<>();

    /**
     * @param address where the first attribute begins.
     * @param length  bytes of all; what does not fit in is left out.
     */
    NetlinkAttributes(final long address, final int length) {
        int next = 0;
        while (length - next >= Netlink.ATTRIBUTE_HEADER) {
            final int bytes = Memory.getUnsignedShort(address + next);
            if (bytes < Netlink.ATTRIBUTE_HEADER || bytes > length - next) {
                return;
            }
            final byte[] value = new byte[bytes - Netlink.ATTRIBUTE_HEADER];
            for (int i = 0; i < value.length; i++) {
                value[i] = (byte) Memory.getUnsignedByte(address + next + Netlink.ATTRIBUTE_HEADER + i);
            }
            values.put(Memory.getUnsignedShort(address + next + Netlink.ATTRIBUTE_TYPE_OFFSET), value);
            next += bytes + Netlink.ALIGNMENT - 1 & -Netlink.ALIGNMENT;
        }
    }

    /** An IP address; null where there is none. */
    @Nullable
    InetAddress address(final int type) {
        final byte[] value = values.get(type);
        try {
            return value == null || value.length != 4 && value.length != 16 ? null : InetAddress.getByAddress(value);
        } catch (final UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Four bytes in host byte order; something else where there are none. */
    int word(final int type, final int otherwise) {
        final byte[] value = values.get(type);
        return value == null || value.length != Integer.BYTES
                ? otherwise
                : ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }
}
