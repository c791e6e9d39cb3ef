package io.millrace.bench.wire;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.HostNamespace;
import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A TCP socket of the kernel in a network namespace, whose congestion control can be chosen and whose retransmissions
 * can be asked for, which Java's own sockets do not offer. Blocks for 100 ms at the most once {@link #limitWaits} was
 * called. Thread: one at a time.
 */
final class KernelSocket implements AutoCloseable {
    /** Bytes that one {@link #read} or {@link #write} moves at the most. */
    static final int CHUNK = 128 * 1024;

    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int ADDRESS_LENGTH = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SO_LINGER = 13;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_INFO = 11;
    private static final int TCP_CONGESTION = 13;
    private static final int TCP_INFO_LENGTH = 232;
    /** {@code tcpi_total_retrans} within {@code struct tcp_info} of {@code linux/tcp.h}. */
    private static final int TOTAL_RETRANSMISSIONS = 100;
    private static final int NAME_LENGTH = 16;
    private static final long WAIT_US = TimeUnit.MILLISECONDS.toMicros(100);

    private final LinuxCalls calls = new LinuxCalls();
    private final int fd;
    private final MemoryRegion buffer = MemoryRegion.allocate("kernel socket", CHUNK);
    private final MemoryRegion argument = MemoryRegion.allocate("socket option", TCP_INFO_LENGTH + Long.BYTES);

    private KernelSocket(final int fd) {
        this.fd = fd;
    }

    /** A socket inside a namespace, with its congestion control. */
    static KernelSocket open(final String namespace, final String congestionControl) throws IOException {
        final KernelSocket socket = HostNamespace.call(namespace, () -> new KernelSocket(
                check(new LinuxCalls().socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "open a socket")));
        try {
            socket.congestionControl(congestionControl);
            return socket;
        } catch (final IOException e) {
            socket.close();
            throw e;
        }
    }

    void listen(final int address, final int port) throws IOException {
        putAddress(address, port);
        check(calls.bind(fd, argument.address(), ADDRESS_LENGTH), "bind");
        check(calls.listen(fd, 1), "listen");
    }

    void connect(final int address, final int port) throws IOException {
        putAddress(address, port);
        check(calls.connect(fd, argument.address(), ADDRESS_LENGTH), "connect");
    }

    /** Which congestion control it runs, as the kernel says. */
    String congestionControl() throws IOException {
        final byte[] name = new byte[NAME_LENGTH];
        option(TCP_CONGESTION, NAME_LENGTH);
        Memory.copyToArray(argument.address(), name, 0, NAME_LENGTH);
        return new String(name, StandardCharsets.US_ASCII).replaceAll("\0.*", "");
    }

    /** From now on no call blocks for longer than 100 ms. */
    void limitWaits() throws IOException {
        Memory.putLong(argument.address(), 0);
        Memory.putLong(argument.address() + Long.BYTES, WAIT_US);
        check(calls.setOption(fd, SOL_SOCKET, SO_RCVTIMEO, argument.address(), 2 * Long.BYTES), "limit reads");
        check(calls.setOption(fd, SOL_SOCKET, SO_SNDTIMEO, argument.address(), 2 * Long.BYTES), "limit writes");
    }

    /** The next connection; a negative error number where none came in time. */
    int accept() {
        return calls.accept(fd, SOCK_CLOEXEC);
    }

    /** The socket that {@link #accept} has returned. */
    static KernelSocket accepted(final int fd) {
        return new KernelSocket(fd);
    }

    /** @return bytes that were read and thrown away, 0 at the end, a negative error number. */
    long read() {
        return calls.read(fd, buffer.address(), CHUNK);
    }

    /** @return bytes that were written, a negative error number. */
    long write() {
        return calls.write(fd, buffer.address(), CHUNK);
    }

    /** True where a call has failed only because its time was up. */
    static boolean isTimeout(final long result) {
        return result == -Errno.EAGAIN || result == -Errno.EINTR;
    }

    /** Segments that the kernel has sent again on this connection. */
    long retransmissions() throws IOException {
        option(TCP_INFO, TCP_INFO_LENGTH);
        return Integer.toUnsignedLong(Memory.getInt(argument.address() + TOTAL_RETRANSMISSIONS));
    }

    /** Closes at once, with a reset where a connection is open. */
    @Override
    public void close() {
        Memory.putInt(argument.address(), 1);
        Memory.putInt(argument.address() + Integer.BYTES, 0);
        calls.setOption(fd, SOL_SOCKET, SO_LINGER, argument.address(), 2 * Integer.BYTES);
        calls.close(fd);
        buffer.close();
        argument.close();
    }

    private void congestionControl(final String name) throws IOException {
        final byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        Memory.copyFromArray(bytes, 0, argument.address(), bytes.length);
        check(calls.setOption(fd, IPPROTO_TCP, TCP_CONGESTION, argument.address(), bytes.length),
                "choose the congestion control " + name);
    }

    private void option(final int name, final int length) throws IOException {
        final long lengthAddress = argument.address() + TCP_INFO_LENGTH;
        Memory.zero(argument.address(), TCP_INFO_LENGTH);
        Memory.putInt(lengthAddress, length);
        check(calls.option(fd, IPPROTO_TCP, name, argument.address(), lengthAddress), "read a TCP option");
    }

    private void putAddress(final int address, final int port) {
        Memory.zero(argument.address(), ADDRESS_LENGTH);
        Memory.putShort(argument.address(), AF_INET);
        Memory.putShortBE(argument.address() + Short.BYTES, port);
        Memory.putIntBE(argument.address() + 2 * Short.BYTES, address);
    }

    private static int check(final int result, final String what) throws IOException {
        if (result < 0) {
            throw new IOException("cannot " + what + ": " + Errno.describe(-result));
        }
        return result;
    }
}
