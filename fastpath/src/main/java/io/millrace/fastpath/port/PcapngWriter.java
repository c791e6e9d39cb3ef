package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Writes a capture in the pcapng format (draft-ietf-opsawg-pcapng): one section, one interface, nanoseconds, an
 * enhanced packet block for each frame with its direction, and a comment where the bytes are not those of a wire.
 * Blocks gather in a buffer; a full one is written out by the thread that filled it.
 * <p>
 * An error of the file ends the capture, not the program: it is counted, and what comes later is ignored.
 * <p>
 * Thread: one at a time.
 */
public final class PcapngWriter implements AutoCloseable {
    /** Keeps every byte of any frame. */
    public static final int WHOLE_FRAMES = 262_144;

    private static final int BUFFER_LENGTH = 4 << 20;
    private static final byte[] APPLICATION = ascii("Millrace");
    private static final byte[] PARTIAL = ascii("partial checksum");
    private static final byte[] SEGMENTS = ascii("virtual segment, in segments of ");
    private static final byte[] AND = ascii(", ");

    private static final int SECTION_HEADER = 0x0A0D0D0A;
    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int ENHANCED_PACKET = 6;
    private static final int LINKTYPE_ETHERNET = 1;
    private static final int LINKTYPE_RAW = 101;

    private static final int OPTION_END = 0;
    private static final int OPTION_COMMENT = 1;
    private static final int OPTION_PACKET_FLAGS = 2;
    private static final int OPTION_INTERFACE_NAME = 2;
    private static final int OPTION_APPLICATION = 4;
    private static final int OPTION_TIMESTAMP_RESOLUTION = 9;
    private static final int NANOSECONDS = 9;
    private static final int INBOUND = 1;
    private static final int OUTBOUND = 2;

    /** A packet block without its bytes: header, flags, the longest comment, padding and trailer, rounded up. */
    private static final int BLOCK_OVERHEAD = 256;

    private final WritableByteChannel channel;
    private final int snapLength;
    private final MemoryRegion region;
    private final ByteBuffer buffer;
    private final long address;
    private int position;
    private long errors;
    private boolean ended;

    /**
     * Begins a capture.
     *
     * @param channel       closed by {@link #close}.
     * @param interfaceName as the reader shall see it.
     * @param linkLayer     true where frames begin with an Ethernet header, false where they begin with an IP header.
     * @param snapLength    bytes to keep of each frame, 1 to {@link #WHOLE_FRAMES}.
     */
    @SuppressWarnings("restricted")
    public PcapngWriter(final WritableByteChannel channel, final String interfaceName, final boolean linkLayer,
            final int snapLength) {
        this.channel = channel;
        this.snapLength = checked(snapLength);
        region = MemoryRegion.allocate("capture buffer", BUFFER_LENGTH);
        address = region.address();
        buffer = MemorySegment.ofAddress(address).reinterpret(BUFFER_LENGTH).asByteBuffer();
        sectionHeader();
        interfaceDescription(interfaceName, linkLayer);
    }

    /**
     * Begins a capture in a file, which is made or emptied.
     *
     * @throws IOException where the file cannot be opened.
     */
    public static PcapngWriter create(final Path file, final String interfaceName, final boolean linkLayer,
            final int snapLength) throws IOException {
        checked(snapLength);
        return new PcapngWriter(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING), interfaceName, linkLayer, snapLength);
    }

    /**
     * Adds a frame, and writes the buffer out before where there is no room.
     *
     * @param epochNs  nanoseconds since 1970.
     * @param outbound true where the frame leaves through the port.
     */
    public void add(final long frame, final long epochNs, final boolean outbound) {
        if (!hasRoom()) {
            flush();
        }
        if (!ended) {
            packet(frame, epochNs, outbound ? OUTBOUND : INBOUND);
        }
    }

    /** True where the next frame fits into the buffer, however long it is. */
    public boolean hasRoom() {
        return BUFFER_LENGTH - position >= snapLength + BLOCK_OVERHEAD;
    }

    /** Where the next frame's block will begin in the buffer; see {@link #rewind}. */
    public int position() {
        return position;
    }

    /** Forgets what was added since {@link #position} said so; nothing may have been flushed between. */
    public void rewind(final int to) {
        position = to;
    }

    /** Writes out what has gathered. */
    public void flush() {
        if (!ended) {
            buffer.clear().limit(position);
            try {
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            } catch (final IOException e) {
                end(1);
            }
        }
        position = 0;
    }

    /** Errors of the file; after the first the capture has ended. */
    public long errors() {
        return errors;
    }

    /** Writes the rest and closes the channel. */
    @Override
    public void close() {
        if (region.address() != 0) {
            flush();
            if (!ended) {
                end(0);
            }
            region.close();
        }
    }

    private void end(final int failures) {
        ended = true;
        errors += failures;
        try {
            channel.close();
        } catch (final IOException e) {
            errors++;
        }
    }

    private void packet(final long frame, final long epochNs, final int direction) {
        final int start = position;
        final int length = Frame.length(frame);
        final int kept = Math.min(length, snapLength);
        putInt(ENHANCED_PACKET);
        putInt(0);
        putInt(0);
        putInt((int) (epochNs >>> Integer.SIZE));
        putInt((int) epochNs);
        putInt(kept);
        putInt(length);
        putBytes(Frame.data(frame), kept);
        putShort(OPTION_PACKET_FLAGS);
        putShort(Integer.BYTES);
        putInt(direction);
        comment(Frame.gsoSize(frame), (Frame.flags(frame) & Frame.CHECKSUM_PARTIAL) != 0);
        putInt(OPTION_END);
        endBlock(start);
    }

    /** Says why a reader may find the lengths or the checksum odd. */
    private void comment(final int segmentLength, final boolean partialChecksum) {
        if (segmentLength == 0 && !partialChecksum) {
            return;
        }
        putShort(OPTION_COMMENT);
        final int lengthPosition = position;
        putShort(0);
        final int start = position;
        if (segmentLength != 0) {
            putAscii(SEGMENTS);
            putDecimal(segmentLength);
            if (partialChecksum) {
                putAscii(AND);
            }
        }
        if (partialChecksum) {
            putAscii(PARTIAL);
        }
        Memory.putShort(address + lengthPosition, position - start);
        pad();
    }

    private void sectionHeader() {
        final int start = position;
        putInt(SECTION_HEADER);
        putInt(0);
        putInt(BYTE_ORDER_MAGIC);
        putShort(1);
        putShort(0);
        // The section's length is not known: -1 in 64 bits.
        putInt(-1);
        putInt(-1);
        option(OPTION_APPLICATION, APPLICATION);
        putInt(OPTION_END);
        endBlock(start);
    }

    private void interfaceDescription(final String name, final boolean linkLayer) {
        final int start = position;
        putInt(INTERFACE_DESCRIPTION);
        putInt(0);
        putShort(linkLayer ? LINKTYPE_ETHERNET : LINKTYPE_RAW);
        putShort(0);
        putInt(snapLength);
        option(OPTION_INTERFACE_NAME, name.getBytes(StandardCharsets.UTF_8));
        option(OPTION_TIMESTAMP_RESOLUTION, new byte[]{NANOSECONDS});
        putInt(OPTION_END);
        endBlock(start);
    }

    private void option(final int code, final byte[] value) {
        putShort(code);
        putShort(value.length);
        putAscii(value);
        pad();
    }

    /** The total length stands at the block's end and behind its type. */
    private void endBlock(final int start) {
        final int length = position + Integer.BYTES - start;
        putInt(length);
        Memory.putInt(address + start + Integer.BYTES, length);
    }

    private void putInt(final int value) {
        Memory.putInt(address + position, value);
        position += Integer.BYTES;
    }

    private void putShort(final int value) {
        Memory.putShort(address + position, value);
        position += Short.BYTES;
    }

    private void putBytes(final long source, final int length) {
        Memory.copy(source, address + position, length);
        position += length;
        pad();
    }

    private void putAscii(final byte[] bytes) {
        Memory.copyFromArray(bytes, 0, address + position, bytes.length);
        position += bytes.length;
    }

    private void putDecimal(final int value) {
        if (value > 9) {
            putDecimal(value / 10);
        }
        Memory.putByte(address + position++, '0' + value % 10);
    }

    private void pad() {
        while ((position & 3) != 0) {
            Memory.putByte(address + position++, 0);
        }
    }

    private static int checked(final int snapLength) {
        if (snapLength < 1 || snapLength > WHOLE_FRAMES) {
            throw new IllegalArgumentException("snapLength " + snapLength + ", must be 1 to " + WHOLE_FRAMES);
        }
        return snapLength;
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
