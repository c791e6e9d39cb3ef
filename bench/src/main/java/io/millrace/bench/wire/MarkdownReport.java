package io.millrace.bench.wire;

import io.millrace.bench.machine.Environment;
import java.util.List;
import java.util.Locale;

/** The page: a table of every cell, with the plots. Pure functions. */
public final class MarkdownReport {
    private static final double TARGET = 0.95;

    private MarkdownReport() {}

    /**
     * Renders it.
     *
     * @param plot       file of the goodput plot, beside the page.
     * @param sharesPlot file of the plot of the shares, where there are any.
     * @param command    what was run.
     */
    public static String render(final MatrixReport report, final String plot, final String sharesPlot,
            final String command) {
        final StringBuilder page = new StringBuilder("# Beside Linux: the same wire, the same losses\n\n");
        page.append(report.description()).append(".\n\n");
        final Environment where = report.environment();
        page.append("Measured ").append(where.date()).append(", ").append(where.cpu()).append(" (shared), Linux ")
                .append(where.kernel()).append(", JDK ").append(where.jdk()).append(", load ").append(where.load())
                .append(", by\n\n```sh\n").append(command).append("\n```\n\n");
        page.append(format(
                "The wire itself: kept from its work by other threads, for over 1 ms at a time, in %.1f %% of"
                        + " the time; without room for %d frames.%n%n",
                report.wireAwayPercent(), report.notForwarded()));
        page.append("Goodput in Mbit/s, the median of the rounds and in brackets the least and the most; × is the"
                + " share of kernel → kernel's goodput, the geometric mean over the rounds, each beside the kernel's"
                + " transfer with the same seed, and ± its standard error; R is the median of segments sent again. **Bold**: below 0.95."
                + " A stall is a transfer in which the receiver got nothing for ")
                .append(report.settings().stallNs() / 1_000_000_000).append(" s.\n\n![goodput](").append(plot)
                .append(")\n");
        for (final double reordering : report.reorderings()) {
            page.append("\n## Reordering ").append(Cell.number(reordering)).append(" %\n\n");
            table(page, report, reordering);
        }
        shares(page, report, sharesPlot);
        return page.toString();
    }

    private static void table(final StringBuilder page, final MatrixReport report, final double reordering) {
        page.append("| loss | RTT |");
        report.contenders().forEach(contender -> page.append(' ').append(contender).append(" |"));
        page.append("\n|---|---|").append("---|".repeat(report.contenders().size())).append('\n');
        for (final CellResult result : report.results()) {
            if (result.cell().reordering() == reordering) {
                page.append("| ").append(Cell.number(result.cell().loss())).append(" % | ")
                        .append(result.cell().rttMs()).append(" ms |");
                report.contenders().forEach(contender -> page.append(' ')
                        .append(figure(result, contender, report.settings().stallNs())).append(" |"));
                page.append('\n');
            }
        }
    }

    private static String figure(final CellResult result, final Contender contender, final long stallNs) {
        final StringBuilder text = new StringBuilder(format("%s (%s–%s)", number(result.goodput(contender)),
                number(result.least(contender)), number(result.most(contender))));
        if (contender != Contender.KERNEL_TO_KERNEL && !Double.isNaN(result.ratio(contender))) {
            final String ratio = result.ratioText(contender);
            text.append(' ').append(result.ratio(contender) < TARGET ? "**" + ratio + "**" : ratio);
        }
        text.append(format(" R %.0f", result.retransmissions(contender)));
        final long stalls = result.stalls(contender, stallNs);
        return stalls == 0 ? text.toString() : text.append(" **").append(stalls).append(" stalls**").toString();
    }

    private static void shares(final StringBuilder page, final MatrixReport report, final String plot) {
        if (report.shares().isEmpty()) {
            return;
        }
        page.append("\n## Two flows, one link\n\nA flow of the kernel and a flow of Millrace at once, to a kernel"
                + " that receives both; both senders stand behind a bridge in front of the same bottleneck, RTT 20 ms,"
                + " no loss but that of its queue. Target: 40:60 or closer.\n\n![shares](").append(plot)
                .append(")\n\n| kernel, Mbit/s | Millrace, Mbit/s | shares | sent again: kernel, Millrace |\n"
                        + "|---|---|---|---|\n");
        rows(page, report.shares());
        page.append(
                "\nThe same link shared by two flows of the kernel, in the same rounds: what chance does in that time.\n\n"
                        + "| kernel, Mbit/s | kernel, Mbit/s | shares | sent again |\n|---|---|---|---|\n");
        rows(page, report.control());
    }

    private static void rows(final StringBuilder page, final List<Fairness.Shares> all) {
        for (final Fairness.Shares shares : all) {
            page.append(format("| %.1f | %.1f | %.0f:%.0f | %d, %d |%n", shares.kernelBits() / 1e6,
                    shares.millraceBits() / 1e6, 100 - 100 * shares.millraceShare(), 100 * shares.millraceShare(),
                    shares.kernelRetransmissions(), shares.millraceRetransmissions()));
        }
    }

    /** Three digits that count. */
    private static String number(final double value) {
        return value >= 100 ? format("%.0f", value) : value >= 10 ? format("%.1f", value) : format("%.2f", value);
    }

    private static String format(final String format, final Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
