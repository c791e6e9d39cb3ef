package io.millrace.fastpath.counters;

/**
 * What an engine counts. One constant for every reason to drop: nothing is lost silently. Label and documentation are
 * one text.
 */
public enum Counter {
    FRAMES_RECEIVED("frames received from the port"), FRAMES_TRANSMITTED("frames given to the port"), BYTES_RECEIVED(
            "bytes received from the port, link-layer headers included"), BYTES_TRANSMITTED(
                    "bytes given to the port, link-layer headers included"), FRAMES_LOCAL(
                            "frames that the stack sent to itself"), TRANSMIT_NO_FRAME(
                                    "output postponed: the frame pool is empty"), TRANSMIT_PORT_FULL(
                                            "times the port took fewer frames than were there"), EXCEPTIONS(
                                                    "exceptions caught in the duty cycle: defects, please report"), EVENTS_LOST(
                                                            "events to the control plane lost: its ring was full");

    /** How many counters there are. */
    public static final int COUNT = values().length;

    private final String text;

    Counter(final String text) {
        this.text = text;
    }

    /** One line of documentation. */
    public String text() {
        return text;
    }

    /** The name as shown to users, e.g. {@code FramesReceived}. */
    public String label() {
        final StringBuilder label = new StringBuilder();
        for (final String word : name().split("_")) {
            label.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
        }
        return label.toString();
    }
}
