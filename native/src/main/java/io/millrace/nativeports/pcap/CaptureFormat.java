package io.millrace.nativeports.pcap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Tells a capture file's format by its first bytes. Thread: any. */
final class CaptureFormat {
    static final int LINKTYPE_ETHERNET = 1;

    private static final int SHORTEST = 4;

    private CaptureFormat() {}

    /**
     * Reads a file from its beginning to its end.
     *
     * @param file whole; its byte order is changed.
     */
    static void read(final ByteBuffer file, final CapturedPacket.Sink sink) throws MalformedCaptureException {
        if (file.limit() < SHORTEST) {
            throw new MalformedCaptureException("it has " + file.limit() + " bytes, which no capture file has");
        }
        final int magic = file.order(ByteOrder.BIG_ENDIAN).getInt(0);
        if (magic == PcapngReader.SECTION_HEADER) {
            new PcapngReader(file, sink).read();
        } else if (PcapReader.isPcap(magic)) {
            new PcapReader(file, sink).read();
        } else {
            throw new MalformedCaptureException(
                    "it begins with 0x%08x, which neither pcap nor pcapng does".formatted(magic));
        }
    }

    static void checkLinkType(final int linkType, final int position) throws MalformedCaptureException {
        if (linkType != LINKTYPE_ETHERNET) {
            throw new MalformedCaptureException("its packet at byte " + position + " is of link type " + linkType
                    + ", where only Ethernet (" + LINKTYPE_ETHERNET + ") can be replayed");
        }
    }
}
