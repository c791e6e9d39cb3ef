package io.millrace.services.iperf;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.CorruptedFrameException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object behind its length in 32 bits. */
final class JsonMessage {
    /** Results of 256 streams are less. */
    private static final int MOST_BYTES = 128 << 10;

    private JsonMessage() {}

    /**
     * Takes it from the buffer; null where it is not whole yet.
     *
     * @throws CorruptedFrameException where it is none.
     */
    static @Nullable Map<String, Object> read(final ByteBuf in) {
        if (in.readableBytes() < Integer.BYTES) {
            return null;
        }
        final long length = in.getUnsignedInt(in.readerIndex());
        if (length > MOST_BYTES) {
            throw new CorruptedFrameException(length + " bytes of JSON");
        }
        if (in.readableBytes() - Integer.BYTES < length) {
            return null;
        }
        in.skipBytes(Integer.BYTES);
        return JsonReader.object(in.readCharSequence((int) length, StandardCharsets.UTF_8).toString());
    }

    static ByteBuf of(final ByteBufAllocator allocator, final String json) {
        final byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return allocator.buffer(Integer.BYTES + bytes.length).writeInt(bytes.length).writeBytes(bytes);
    }
}
