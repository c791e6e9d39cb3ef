package io.millrace.nativeports.pcap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Writes capture files by hand, in either byte order. */
final class Captures {
    static final int ETHERNET = 1;
    static final byte[] OURS = {2, 0, 0, 0, 0, 7};
    static final byte[] PEER = {2, 0, 0, 0, 0, 9};

    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 20);

    Captures(final ByteOrder order) {
        bytes.order(order);
    }

    /** Bytes so far. */
    ByteBuffer file() {
        return bytes.duplicate().flip();
    }

    byte[] toArray() {
        final byte[] array = new byte[bytes.position()];
        bytes.get(0, array);
        return array;
    }

    Captures pcap(final boolean nanoseconds, final int linkType) {
        bytes.putInt(nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4).putShort((short) 2).putShort((short) 4).putLong(0)
                .putInt(65_535).putInt(linkType);
        return this;
    }

    Captures pcapPacket(final int seconds, final int fraction, final byte[] frame, final int wireLength) {
        bytes.putInt(seconds).putInt(fraction).putInt(frame.length).putInt(wireLength).put(frame);
        return this;
    }

    Captures section() {
        return block(0x0A0D0D0A, body().putInt(0x1A2B3C4D).putShort((short) 1).putShort((short) 0).putLong(-1));
    }

    /** @param resolution if_tsresol; negative: not said, which means microseconds. */
    Captures description(final int linkType, final int snapLength, final int resolution) {
        final ByteBuffer body = body().putShort((short) linkType).putShort((short) 0).putInt(snapLength);
        if (resolution >= 0) {
            body.putShort((short) 9).putShort((short) 1).put((byte) resolution).put(new byte[3]).putInt(0);
        }
        return block(1, body);
    }

    /** @param direction of epb_flags; negative: not said. */
    Captures enhanced(final int source, final long time, final byte[] frame, final int wireLength,
            final int direction, final String comment) {
        final ByteBuffer body = body().putInt(source).putInt((int) (time >>> 32)).putInt((int) time)
                .putInt(frame.length).putInt(wireLength).put(frame);
        pad(body);
        if (direction >= 0) {
            body.putShort((short) 2).putShort((short) 4).putInt(direction);
        }
        if (!comment.isEmpty()) {
            body.putShort((short) 1).putShort((short) comment.length()).put(comment.getBytes());
            pad(body);
        }
        return block(6, body);
    }

    Captures simple(final byte[] kept, final int wireLength) {
        final ByteBuffer body = body().putInt(wireLength).put(kept);
        pad(body);
        return block(3, body);
    }

    Captures block(final int type, final ByteBuffer body) {
        final int length = body.flip().remaining() + 12;
        bytes.putInt(type).putInt(length).put(body).putInt(length);
        return this;
    }

    ByteBuffer body() {
        return ByteBuffer.allocate(1 << 17).order(bytes.order());
    }

    /** An Ethernet frame of a type for experiments. */
    static byte[] frame(final byte[] destination, final byte[] source, final int length) {
        final byte[] frame = new byte[length];
        System.arraycopy(destination, 0, frame, 0, 6);
        System.arraycopy(source, 0, frame, 6, 6);
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xB5;
        for (int i = 14; i < length; i++) {
            frame[i] = (byte) (length + i);
        }
        return frame;
    }

    static List<CapturedPacket> read(final ByteBuffer file) throws MalformedCaptureException {
        final List<CapturedPacket> packets = new ArrayList<>();
        CaptureFormat.read(file, packets::add);
        return packets;
    }

    private static void pad(final ByteBuffer body) {
        while ((body.position() & 3) != 0) {
            body.put((byte) 0);
        }
    }
}
