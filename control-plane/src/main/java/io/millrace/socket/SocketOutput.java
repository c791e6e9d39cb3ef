package io.millrace.socket;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** What a socket sends; every write leaves at once, as far as TCP allows. Thread: any. */
final class SocketOutput extends OutputStream {
    private final MillraceSocket socket;

    SocketOutput(final MillraceSocket socket) {
        this.socket = socket;
    }

    @Override
    public void write(final int value) throws IOException {
        write(new byte[]{(byte) value}, 0, 1);
    }

    @Override
    public void write(final byte[] bytes, final int offset, final int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        socket.write(bytes, offset, length);
    }

    @Override
    public void close() {
        socket.close();
    }
}
