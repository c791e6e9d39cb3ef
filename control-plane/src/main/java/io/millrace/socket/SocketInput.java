package io.millrace.socket;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** What a socket receives. Thread: any. */
final class SocketInput extends InputStream {
    private final MillraceSocket socket;

    SocketInput(final MillraceSocket socket) {
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        final byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(final byte[] bytes, final int offset, final int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        return socket.read(bytes, offset, length);
    }

    @Override
    public int available() throws IOException {
        return socket.available();
    }

    @Override
    public void close() {
        socket.close();
    }
}
