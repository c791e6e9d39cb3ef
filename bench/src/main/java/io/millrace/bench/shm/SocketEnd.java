package io.millrace.bench.shm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** One end of a TCP connection over the kernel's loopback that spins. */
final class SocketEnd implements AutoCloseable {
    private static final int BUFFER = 1 << 17;

    private final SocketChannel channel;
    private final Patience patience = new Patience();
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);

    SocketEnd(final SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
    }

    static SocketEnd connect(final InetSocketAddress address) throws IOException {
        return new SocketEnd(SocketChannel.open(address));
    }

    void send(final int length) throws IOException {
        out.clear().limit(length);
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                patience.lose();
            }
        }
    }

    /** Reads so many bytes. */
    void read(final long length) throws IOException {
        for (long left = length; left > 0;) {
            in.clear().limit((int) Math.min(BUFFER, left));
            final int count = channel.read(in);
            if (count <= 0) {
                patience.lose();
            } else {
                left -= count;
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
