package io.millrace.observe;

import io.millrace.fastpath.counters.DatagramRecord;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One UDP endpoint as it was when asked. Sizes are bytes. Thread: any.
 *
 * @param engine        which engine of the stack has it.
 * @param local         where it is bound; once connected, the address that it sends from.
 * @param remote        whom it is connected to; null where it takes datagrams of everyone.
 * @param waiting       datagrams that wait for the application.
 * @param unreadBytes   of their data.
 * @param receiveBuffer bytes at the most that may wait, 32 for each datagram included.
 * @param sendBuffer    bytes at the most that are sent in a turn.
 * @param owner         what the application calls itself.
 */
public record ObservedEndpoint(int engine, InetSocketAddress local, @Nullable InetSocketAddress remote, int waiting,
        int unreadBytes, int receiveBuffer, int sendBuffer, String owner) {

    static ObservedEndpoint of(final int engine, final ByteBuffer record) {
        final int ports = record.getInt(DatagramRecord.PORTS);
        return new ObservedEndpoint(engine,
                address(record, DatagramRecord.LOCAL_HI, DatagramRecord.LOCAL_LO, ports >>> 16),
                (ports & 0xFFFF) == 0
                        ? null
                        : address(record, DatagramRecord.REMOTE_HI, DatagramRecord.REMOTE_LO, ports & 0xFFFF),
                record.getInt(DatagramRecord.WAITING), record.getInt(DatagramRecord.UNREAD),
                record.getInt(DatagramRecord.RECEIVE_BUFFER), record.getInt(DatagramRecord.SEND_BUFFER),
                owner(record));
    }

    private static InetSocketAddress address(final ByteBuffer record, final int hi, final int lo, final int port) {
        return new InetSocketAddress(IpAddress.toInetAddress(record.getLong(hi), record.getLong(lo)), port);
    }

    private static String owner(final ByteBuffer record) {
        final byte[] bytes = new byte[DatagramRecord.OWNER_NAME_LENGTH];
        record.get(DatagramRecord.OWNER_NAME, bytes);
        final String text = new String(bytes, StandardCharsets.US_ASCII);
        final int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }
}
