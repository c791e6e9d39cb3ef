package io.millrace.fastpath.tcp;

import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;

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
    /** When the segment reached the port, in nanoseconds of the engine's clock. */
    long arrivedNs;
    /** The ECN field of the IP header. */
    int ecn;
    /** A timestamps option was {@linkplain #decodeOptions decoded}. */
    boolean hasTimestamps;
    /** SEG.TSval; with {@link #hasTimestamps}. */
    int timestampValue;
    /** SEG.TSecr; with {@link #hasTimestamps} and ACK. */
    int timestampEcho;
    /** SACK blocks decoded, 0 to 4; as sent, in the order in which they came. */
    int sackBlocks;
    /** What {@link #decodeOptions} decodes. */
    final TcpOptions decoded = new TcpOptions();

    void set(final long toHi, final long toLo, final long fromHi, final long fromLo, final TcpHeader header,
            final int length) {
        localHi = toHi;
        localLo = toLo;
        remoteHi = fromHi;
        remoteLo = fromLo;
        ports = header.ports();
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
        hasTimestamps = false;
        sackBlocks = 0;
    }

    /** How the segment came. */
    void arrived(final long ns, final int ecnField) {
        arrivedNs = ns;
        ecn = ecnField;
    }

    /** Decodes the options: once a segment, and only where the connection may use them. */
    TcpOptions decodeOptions() {
        decoded.decode(options, optionsLength);
        hasTimestamps = decoded.hasTimestamps();
        timestampValue = decoded.timestampValue();
        timestampEcho = decoded.timestampEcho();
        sackBlocks = decoded.sackBlocks();
        return decoded;
    }

    /** First sequence number of a SACK block, as sent: not to be trusted. */
    int sackLeft(final int index) {
        return decoded.sackLeft(index);
    }

    /** Sequence number after the last of a SACK block, as sent: not to be trusted. */
    int sackRight(final int index) {
        return decoded.sackRight(index);
    }

    /** A router on the way has marked the packet (RFC 3168 §5). */
    boolean congestionExperienced() {
        return ecn == Ipv4Header.CE;
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
