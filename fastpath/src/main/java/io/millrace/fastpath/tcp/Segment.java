package io.millrace.fastpath.tcp;

import io.millrace.fastpath.wire.TcpHeader;

/**
 * An arriving segment while it is processed: its addresses and header, and the part of its text that is new. One object
 * an engine, used anew for each segment. Thread: the engine's.
 */
final class Segment {
    long localHi;
    long localLo;
    long remoteHi;
    long remoteLo;
    int ports;
    /** SEG.SEQ of the first byte of {@link #text}, behind a SYN. */
    int sequence;
    /** SEG.ACK. */
    int acknowledgement;
    int flags;
    /** SEG.WND as it stands in the header. */
    int window;
    /** Address of the text. */
    long text;
    /** Bytes of the text. */
    int textLength;
    /** Address of the options. */
    long options;
    int optionsLength;
    int urgentPointer;
    /** It arrived with a SYN, which may have been taken off {@link #flags} since. */
    private boolean withSyn;

    void set(final long toHi, final long toLo, final long fromHi, final long fromLo, final TcpHeader header,
            final int length) {
        localHi = toHi;
        localLo = toLo;
        remoteHi = fromHi;
        remoteLo = fromLo;
        ports = header.destinationPort() << 16 | header.sourcePort();
        sequence = header.sequence();
        acknowledgement = header.acknowledgement();
        flags = header.flags();
        withSyn = (flags & TcpHeader.SYN) != 0;
        window = header.window();
        text = header.payloadAddress();
        textLength = length - header.headerLength();
        options = header.optionsAddress();
        optionsLength = header.optionsLength();
        urgentPointer = header.urgentPointer();
    }

    /** SEG.WND in bytes: the window of a segment with a SYN is never scaled (RFC 7323 §2.2). */
    int windowBytes(final int shift) {
        return withSyn ? window : window << shift;
    }

    boolean has(final int mask) {
        return (flags & mask) != 0;
    }

    /** SEG.LEN: text, SYN and FIN. */
    int length() {
        return textLength + (flags >>> 1 & 1) + (flags & 1);
    }

    /** Takes bytes off the front of the text that were received before. */
    void trimFront(final int bytes) {
        sequence += bytes;
        text += bytes;
        textLength -= bytes;
    }

    /** Cuts the text, and the FIN behind it, at the right edge of the window. */
    void trimBack(final int bytes) {
        textLength = bytes;
        flags &= ~TcpHeader.FIN;
    }

    /** Leaves neither text nor FIN. */
    void dropText() {
        textLength = 0;
        flags &= ~TcpHeader.FIN;
    }
}
