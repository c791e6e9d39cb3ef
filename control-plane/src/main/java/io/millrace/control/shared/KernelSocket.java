package io.millrace.control.shared;

import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the kernel, by its line of {@code /proc/net/tcp}, {@code tcp6}, {@code udp} or {@code udp6} (proc(5)).
 *
 * @param address of its own end; the wildcard where it has none.
 * @param state   as Linux numbers them, e.g. {@link #LISTEN}.
 * @param inode   by which processes have it open; 0: none.
 */
record KernelSocket(InetAddress address, int port, int state, long inode) {
    static final int ESTABLISHED = 0x01;
    static final int SYN_SENT = 0x02;
    /** Of UDP: not connected. */
    static final int CLOSE = 0x07;
    static final int LISTEN = 0x0a;

    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final int HEXADECIMAL = 16;

    /** Reads a line; null where it is the heading, or none. */
    static @Nullable KernelSocket parse(final String line) {
        final String[] words = line.strip().split("\\s+");
        if (words.length <= INODE || !words[0].endsWith(":")) {
            return null;
        }
        final int colon = words[LOCAL].indexOf(':');
        return new KernelSocket(address(words[LOCAL].substring(0, colon)),
                Integer.parseInt(words[LOCAL].substring(colon + 1), HEXADECIMAL),
                Integer.parseInt(words[STATE], HEXADECIMAL), Long.parseLong(words[INODE]));
    }

    /** Words of 32 bits, each as the machine has it. */
    private static InetAddress address(final String hex) {
        final ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
        final ByteBuffer bytes = ByteBuffer.allocate(words.capacity()).order(ByteOrder.nativeOrder());
        while (words.hasRemaining()) {
            bytes.putInt(words.getInt());
        }
        try {
            return InetAddress.getByAddress(bytes.array());
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(hex, e);
        }
    }

    /** True where what is sent to one of those addresses reaches it. */
    boolean isAt(final Collection<InetAddress> addresses) {
        return address.isAnyLocalAddress() || addresses.stream().anyMatch(
                other -> IpAddress.hi(other) == IpAddress.hi(address) && IpAddress.lo(other) == IpAddress.lo(address));
    }

    /** {@code 0.0.0.0:80}. */
    @Override
    public String toString() {
        return IpAddress.toString(IpAddress.hi(address), IpAddress.lo(address), port);
    }
}
