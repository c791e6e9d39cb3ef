package io.millrace.fastpath.simulation;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Goodput by algorithm, rate, buffer, loss and round-trip time, as lines of text: a regression shows as a diff. Thread:
 * one.
 */
final class ThroughputMatrix {
    private static final int[] BUFFERS_KIB = {64, 256, 1_024, 4_096};
    private static final double[] LOSSES_PERCENT = {0, 0.1, 1, 3};
    private static final int[] RTTS_MS = {1, 20, 100};
    private static final int[] RATES_MBIT = {100, 1_000};
    private static final long MILLISECOND_NS = 1_000_000;
    private static final double MBIT = 1e6;
    private static final String PERCENT = "%";

    private ThroughputMatrix() {}

    /** The whole table. */
    static List<String> lines() {
        final List<String> lines = new ArrayList<>(List.of(
                "Goodput in Mbit/s of 16 MiB, or of 30 s of virtual time, from connect to the last byte received.",
                "Buffer: of the sender and of the receiver. Loss: of the packets of either direction.",
                "MTU 1500; the bottleneck's queue holds half a round trip and 64 KiB."));
        for (final String algorithm : CongestionControls.names()) {
            for (final int rate : RATES_MBIT) {
                lines.add("");
                lines.add(algorithm + ", " + rate + " Mbit/s");
                lines.addAll(header());
                for (final int buffer : BUFFERS_KIB) {
                    lines.add(row(algorithm, rate, buffer));
                }
            }
        }
        return lines;
    }

    private static List<String> header() {
        final StringBuilder losses = new StringBuilder("   loss ");
        final StringBuilder rtts = new StringBuilder(" buffer ");
        for (final double loss : LOSSES_PERCENT) {
            losses.append(String.format(Locale.ROOT, " | %-23s", loss + PERCENT));
            rtts.append(" |");
            for (final int rtt : RTTS_MS) {
                rtts.append(String.format(Locale.ROOT, "%5d ms", rtt));
            }
        }
        return List.of(losses.toString().stripTrailing(), rtts.toString());
    }

    private static String row(final String algorithm, final int rate, final int buffer) {
        final StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%4d KiB", buffer));
        for (final double loss : LOSSES_PERCENT) {
            row.append(" |");
            for (final int rtt : RTTS_MS) {
                row.append(String.format(Locale.ROOT, "%8.2f", goodputMbit(algorithm, rate, buffer, loss, rtt)));
            }
        }
        return row.toString();
    }

    private static double goodputMbit(final String algorithm, final int rate, final int buffer, final double loss,
            final int rtt) {
        final TcpSettings settings = TcpSettings.DEFAULT.toBuilder().congestionControl(algorithm)
                .sendBuffer(buffer << 10).receiveBuffer(buffer << 10).build();
        final BulkTransfer.Link link = new BulkTransfer.Link((long) (rate * MBIT), rtt * MILLISECOND_NS,
                loss / 100);
        final double mbit = new BulkTransfer(link, settings).goodput() / MBIT;
        if (!(mbit > 0 && mbit < rate)) {
            throw new AssertionError(mbit + " Mbit/s: " + algorithm + ", " + buffer + " KiB, " + link);
        }
        return mbit;
    }
}
