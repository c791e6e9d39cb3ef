package io.millrace.fastpath.tcp;

import io.millrace.fastpath.wire.TcpOptions;

/**
 * The options of a SYN or SYN-ACK as they are written: MSS, SACK permitted, timestamps, window scale; in the order of BSD
 * window scale comes second. One object a writer, set anew for each. Thread: the engine's.
 */
final class SynOptions {
    TcpSettings.OptionOrder order = TcpSettings.OptionOrder.LINUX;
    int mss;
    boolean sack;
    boolean timestamps;
    int timestampValue;
    int timestampEcho;
    /** Shift of our windows, or {@link Agreement#UNSCALED}. */
    int scale;

    /** Writes them, without padding; returns the bytes written. */
    int write(final long address) {
        final boolean scaleFirst = order == TcpSettings.OptionOrder.BSD;
        int length = TcpOptions.writeMss(address, mss);
        if (scaleFirst) {
            length += writeScale(address + length);
        }
        length += writeSackAndTimestamps(address + length);
        if (!scaleFirst) {
            length += writeScale(address + length);
        }
        return length;
    }

    private int writeScale(final long address) {
        return scale == Agreement.UNSCALED ? 0 : TcpOptions.writeWindowScale(address, scale);
    }

    private int writeSackAndTimestamps(final long address) {
        if (timestamps) {
            return sack
                    ? TcpOptions.writeSackPermittedTimestamps(address, timestampValue, timestampEcho)
                    : TcpOptions.writeTimestamps(address, timestampValue, timestampEcho);
        }
        if (!sack) {
            return 0;
        }
        // BSD fills up behind the last option
        return order == TcpSettings.OptionOrder.BSD
                ? TcpOptions.writeSackPermittedAlone(address)
                : TcpOptions.writeSackPermitted(address);
    }
}
