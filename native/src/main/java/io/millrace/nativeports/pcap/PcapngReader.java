package io.millrace.nativeports.pcap;

import io.millrace.nativeports.pcap.CapturedPacket.Direction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads pcapng (draft-ietf-opsawg-pcapng): sections of blocks, each section in a byte order of its own. Blocks that hold
 * neither packets nor what is to be known of them are passed over. Thread: one.
 */
final class PcapngReader {
    static final int SECTION_HEADER = 0x0A0D0D0A;

    private static final int BYTE_ORDER_MAGIC = 0x1A2B3C4D;
    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;

    /** Type, length; the length again at the end. */
    private static final int FRAME = 12;
    private static final int BODY = 8;
    private static final int SECTION_BODY = 16;
    private static final int VERSION = 12;
    private static final int INTERFACE_BODY = 8;
    private static final int PACKET_BODY = 20;
    private static final int SIMPLE_BODY = 4;

    private static final int OPTION_COMMENT = 1;
    private static final int OPTION_FLAGS = 2;
    private static final int DIRECTION_BITS = 3;
    /** What {@link io.millrace.fastpath.port.PcapngWriter} says of such a frame. */
    private static final byte[] UNFINISHED = "partial checksum".getBytes(StandardCharsets.US_ASCII);

    private final ByteBuffer file;
    private final CapturedPacket.Sink sink;
    private final List<PcapngInterface> interfaces = new ArrayList<>();
    private long lastTimeNs;

    PcapngReader(final ByteBuffer file, final CapturedPacket.Sink sink) {
        this.file = file;
        this.sink = sink;
    }

    void read() throws MalformedCaptureException {
        for (int at = 0; at < file.limit();) {
            at = block(at);
        }
    }

    /** @return where the next one begins. */
    private int block(final int at) throws MalformedCaptureException {
        if (file.limit() - at < FRAME) {
            throw endsWithin(at);
        }
        final boolean section = file.getInt(at) == SECTION_HEADER;
        if (section) {
            byteOrder(at);
        }
        final int length = file.getInt(at + Integer.BYTES);
        if (length < FRAME || (length & 3) != 0) {
            throw bad(at, "has the length " + Integer.toUnsignedString(length));
        }
        if (length > file.limit() - at) {
            throw endsWithin(at);
        }
        final int end = at + length - Integer.BYTES;
        if (file.getInt(end) != length) {
            throw bad(at, "has two lengths, " + length + " and " + Integer.toUnsignedString(file.getInt(end)));
        }
        switch (file.getInt(at)) {
            case SECTION_HEADER -> section(at, end);
            case INTERFACE_DESCRIPTION -> {
                need(at, end, INTERFACE_BODY);
                interfaces.add(PcapngInterface.read(file, at, end));
            }
            case ENHANCED_PACKET -> packet(at, end, file.getInt(at + BODY));
            case PACKET -> packet(at, end, Short.toUnsignedInt(file.getShort(at + BODY)));
            case SIMPLE_PACKET -> simplePacket(at, end);
            default -> {
                return at + length;
            }
        }
        return at + length;
    }

    private void byteOrder(final int at) throws MalformedCaptureException {
        final int magic = file.order(ByteOrder.BIG_ENDIAN).getInt(at + BODY);
        if (magic != BYTE_ORDER_MAGIC) {
            if (magic != Integer.reverseBytes(BYTE_ORDER_MAGIC)) {
                throw bad(at, "has no byte order");
            }
            file.order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private void section(final int at, final int end) throws MalformedCaptureException {
        need(at, end, SECTION_BODY);
        final int version = file.getShort(at + VERSION);
        if (version != 1) {
            throw bad(at, "is of version " + version + " of pcapng, where 1 is known");
        }
        interfaces.clear();
    }

    private void packet(final int at, final int end, final int index) throws MalformedCaptureException {
        need(at, end, PACKET_BODY);
        final PcapngInterface source = source(at, index);
        final int length = file.getInt(at + 20);
        final int begin = at + BODY + PACKET_BODY;
        if (length < 0 || length > end - begin) {
            throw bad(at, "has a packet that is longer than itself");
        }
        final int wireLength = file.getInt(at + 24);
        final long units = Integer.toUnsignedLong(file.getInt(at + 12)) << Integer.SIZE
                | Integer.toUnsignedLong(file.getInt(at + 16));
        lastTimeNs = source.timeNs(units);
        emit(at, new Notes(at, begin + padded(length), end), begin, length, wireLength);
    }

    /** Without a time, so at that of the packet before. */
    private void simplePacket(final int at, final int end) throws MalformedCaptureException {
        need(at, end, SIMPLE_BODY);
        final PcapngInterface source = source(at, 0);
        final int wireLength = file.getInt(at + BODY);
        final int begin = at + BODY + SIMPLE_BODY;
        if (wireLength < 0) {
            throw bad(at, "has a packet that is longer than itself");
        }
        final int length = source.kept(wireLength);
        if (length > end - begin) {
            throw bad(at, "has a packet that is longer than itself");
        }
        emit(at, new Notes(at, end, end), begin, length, wireLength);
    }

    private void emit(final int at, final Notes notes, final int begin, final int length, final int wireLength)
            throws MalformedCaptureException {
        if (wireLength < length) {
            throw bad(at, "has a packet with more bytes than it had on the wire");
        }
        sink.onPacket(new CapturedPacket(lastTimeNs, begin, length, wireLength, notes.direction, notes.unfinished));
    }

    private PcapngInterface source(final int at, final int index) throws MalformedCaptureException {
        if (index < 0 || index >= interfaces.size()) {
            throw bad(at, "is of interface " + Integer.toUnsignedString(index) + ", which is not described before");
        }
        final PcapngInterface source = interfaces.get(index);
        CaptureFormat.checkLinkType(source.linkType(), at);
        return source;
    }

    /** What the options of a packet say. */
    private final class Notes implements PcapngOptions.Sink {
        private Direction direction = Direction.UNKNOWN;
        private boolean unfinished;

        Notes(final int block, final int from, final int end) throws MalformedCaptureException {
            PcapngOptions.read(file, block, from, end, this);
        }

        @Override
        public void onOption(final int code, final int begin, final int length) {
            if (code == OPTION_FLAGS && length == Integer.BYTES) {
                direction = switch (file.getInt(begin) & DIRECTION_BITS) {
                    case 1 -> Direction.IN;
                    case 2 -> Direction.OUT;
                    default -> Direction.UNKNOWN;
                };
            } else if (code == OPTION_COMMENT) {
                unfinished |= endsWithUnfinished(begin, length);
            }
        }

        private boolean endsWithUnfinished(final int begin, final int length) {
            final int from = begin + length - UNFINISHED.length;
            return from >= begin && file.slice(from, UNFINISHED.length).equals(ByteBuffer.wrap(UNFINISHED));
        }
    }

    private static int padded(final int length) {
        return length + 3 & ~3;
    }

    private static void need(final int at, final int end, final int body) throws MalformedCaptureException {
        if (end - at - BODY < body) {
            throw bad(at, "is too short for its type");
        }
    }

    private static MalformedCaptureException endsWithin(final int at) {
        return new MalformedCaptureException("it ends within the block that begins at byte " + at);
    }

    static MalformedCaptureException bad(final int at, final String what) {
        return new MalformedCaptureException("its block at byte " + at + ' ' + what);
    }
}
