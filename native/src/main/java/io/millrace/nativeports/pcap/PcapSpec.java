package io.millrace.nativeports.pcap;

import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.PortOption.Place;
import io.millrace.fastpath.port.PortOption.Type;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What {@code pcap:} is told: {@code FILE[,speed=FACTOR|max][,after=SECONDS]}.
 *
 * @param file    to replay.
 * @param speed   how much faster than it was captured; {@link #UNLIMITED}: as fast as it is taken.
 * @param afterNs when the first packet comes, after the port has been polled for the first time.
 */
record PcapSpec(Path file, double speed, long afterNs) {
    static final double UNLIMITED = Double.POSITIVE_INFINITY;

    private static final int LONGEST_SECONDS = 86_400;
    static final PortOption SPEED_OPTION = new PortOption("speed",
            new Type.Text("max, or a number, 0.000001 to 1000000", "max|[0-9]+(\\.[0-9]+)?"), "1", Place.COMMA, """
                    How much faster than it was captured a file is played; max: as fast as its frames are taken.
                    """);
    static final PortOption AFTER_OPTION = new PortOption("after",
            new Type.Time(0, LONGEST_SECONDS), "1s", Place.COMMA, """
                    When the first frame of a capture comes, after the start: a server listens by then.
                    """);

    private static final String FORM = "FILE[,speed=FACTOR|max][,after=SECONDS]";
    private static final String SPEED = ",speed=";
    private static final String AFTER = ",after=";
    /** Time for a server to begin to listen. */
    private static final double DEFAULT_AFTER_SECONDS = 1;
    private static final double LOWEST_SPEED = 1e-6;
    private static final double HIGHEST_SPEED = 1e6;

    /** @throws IOException one sentence: what is wrong, and what is expected. */
    static PcapSpec parse(final String argument) throws IOException {
        String rest = argument;
        double speed = 1;
        double after = DEFAULT_AFTER_SECONDS;
        for (int comma = option(rest); comma >= 0; comma = option(rest)) {
            final String text = rest.substring(comma);
            if (text.startsWith(SPEED)) {
                final String value = text.substring(SPEED.length());
                speed = value.equals("max") ? UNLIMITED : number(text, value, LOWEST_SPEED, HIGHEST_SPEED);
            } else {
                after = number(text, text.substring(AFTER.length()), 0, LONGEST_SECONDS);
            }
            rest = rest.substring(0, comma);
        }
        if (rest.isEmpty()) {
            throw new IOException("pcap needs the name of a capture file; the form is pcap:" + FORM);
        }
        return new PcapSpec(Path.of(rest), speed, (long) (after * TimeUnit.SECONDS.toNanos(1)));
    }

    /** Where what the stack sends is recorded. */
    Path output() {
        return file.resolveSibling(file.getFileName() + ".out.pcapng");
    }

    /** Where the last option begins; -1 where there is none: a file's name may have commas. */
    private static int option(final String text) {
        final int comma = text.lastIndexOf(',');
        return comma >= 0 && (text.startsWith(SPEED, comma) || text.startsWith(AFTER, comma)) ? comma : -1;
    }

    private static double number(final String option, final String text, final double least, final double most)
            throws IOException {
        try {
            final double value = Double.parseDouble(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (final NumberFormatException e) {
            // said below
        }
        throw new IOException("\"" + option.substring(1) + "\" of a capture must be a number, " + least + " to " + most
                + "; the form is " + FORM);
    }
}
