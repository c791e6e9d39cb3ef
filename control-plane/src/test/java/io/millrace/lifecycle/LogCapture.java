package io.millrace.lifecycle;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Everything that is logged, by whichever thread, until it is closed; it still appears where it would have. */
final class LogCapture implements AutoCloseable {
    private final PrintStream before = System.err;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    LogCapture() {
        System.setErr(new PrintStream(new Both(), true, StandardCharsets.UTF_8));
    }

    String text() {
        synchronized (bytes) {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        System.setErr(before);
    }

    private final class Both extends OutputStream {
        @Override
        public void write(final int value) {
            write(new byte[]{(byte) value}, 0, 1);
        }

        @Override
        public void write(final byte[] source, final int offset, final int length) {
            before.write(source, offset, length);
            synchronized (bytes) {
                bytes.write(source, offset, length);
            }
        }
    }
}
