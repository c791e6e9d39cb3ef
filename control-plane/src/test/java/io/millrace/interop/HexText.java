package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.services.HexLines;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** {@link HexLines} from offset 0 on, through blocking streams. */
final class HexText {
    private static final int CHUNK = 64 * 1024;

    private HexText() {}

    /** Writes and flushes the first bytes. */
    static void write(final OutputStream target, final long length) throws IOException {
        final byte[] chunk = new byte[CHUNK];
        for (long position = 0; position < length; position += CHUNK) {
            fill(chunk, position);
            target.write(chunk, 0, (int) Math.min(CHUNK, length - position));
        }
        target.flush();
    }

    /** Reads to the end, which must come after exactly these bytes. */
    static void readAll(final InputStream source, final long length) throws IOException {
        read(source, length);
        assertThat(source.read()).as("end after " + length + " bytes").isEqualTo(-1);
    }

    /** Reads these bytes and no more. */
    static void read(final InputStream source, final long length) throws IOException {
        final byte[] expected = new byte[CHUNK];
        for (long position = 0; position < length; position += CHUNK) {
            final int size = (int) Math.min(CHUNK, length - position);
            fill(expected, position);
            final byte[] actual = source.readNBytes(size);
            final int mismatch = Arrays.mismatch(expected, 0, size, actual, 0, actual.length);
            if (mismatch >= 0) {
                throw new AssertionError("at offset " + (position + mismatch) + " of " + length
                        + (mismatch == actual.length ? ": end of stream" : ": wrong byte"));
            }
        }
    }

    /** As {@code sha256sum} prints it. */
    static String sha256(final long length) throws NoSuchAlgorithmException {
        final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        final byte[] chunk = new byte[CHUNK];
        for (long position = 0; position < length; position += CHUNK) {
            fill(chunk, position);
            digest.update(chunk, 0, (int) Math.min(CHUNK, length - position));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void fill(final byte[] chunk, final long position) {
        final ByteBuf buffer = Unpooled.wrappedBuffer(chunk).clear();
        HexLines.write(buffer, position, CHUNK);
    }
}
