package io.millrace.fastpath.testing.script;

import io.millrace.fastpath.testing.script.PacketSpec.Tcp;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares a segment with what a script expects: what the script does not say is not compared, but a script that writes
 * no options says that there are none. Pure functions.
 */
final class SegmentMatcher {
    private SegmentMatcher() {}

    /**
     * @param actual             with the numbers of the script.
     * @param timestampTolerance allowed difference of a timestamp's value in its ticks; negative: values are not compared.
     * @return what differs, for a message; empty where nothing does.
     */
    static List<String> differences(final Tcp expected, final Segment actual, final long timestampTolerance) {
        final List<String> found = new ArrayList<>();
        if (expected.flags() != actual.flags()) {
            found.add("flags " + Segment.flagsText(actual.flags()) + " instead of "
                    + Segment.flagsText(expected.flags()));
        }
        number(found, "sequence number", expected.seq(), actual.seq());
        number(found, "payload length", expected.length(), actual.length());
        if (expected.ack() != PacketSpec.UNSAID && actual.has(Segment.ACK)) {
            number(found, "acknowledgement number", expected.ack(), actual.ack());
        }
        if (expected.window() != PacketSpec.UNSAID) {
            number(found, "window", expected.window(), actual.window());
        }
        number(found, "urgent pointer", expected.urgent(), actual.urgent());
        if (expected.ecn() != null && !expected.ecn().matches(actual.ecn())) {
            found.add("ECN field " + actual.ecn() + " instead of " + expected.ecn().text());
        }
        if (expected.options() != null && !same(expected.options(), actual.options(), timestampTolerance)) {
            found.add("options " + shown(actual.options()) + " instead of " + shown(expected.options()));
        }
        return found;
    }

    private static void number(final List<String> found, final String what, final long expected, final long actual) {
        if (expected != actual) {
            found.add(what + " " + actual + " instead of " + expected);
        }
    }

    private static String shown(final List<TcpOption> options) {
        return options.isEmpty() ? "none" : Segment.text(options).strip();
    }

    private static boolean same(final List<TcpOption> expected, final List<TcpOption> actual, final long tolerance) {
        if (expected.size() != actual.size()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!same(expected.get(i), actual.get(i), tolerance)) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(final TcpOption expected, final TcpOption actual, final long tolerance) {
        if (expected instanceof TcpOption.Timestamps want && actual instanceof TcpOption.Timestamps got) {
            return want.echo() == got.echo()
                    && (tolerance < 0 || Math.abs((int) (want.value() - got.value())) <= tolerance);
        }
        return expected.equals(actual);
    }
}
