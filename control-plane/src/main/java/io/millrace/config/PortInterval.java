package io.millrace.config;

/**
 * Ports of TCP or UDP that follow each other. Thread: any.
 *
 * @param low  the first, 1 to 65,535.
 * @param high the last, {@code low} to 65,535.
 */
public record PortInterval(int low, int high) {
    private static final int LAST_PORT = 65_535;

    /** @throws IllegalArgumentException where it is none. */
    public PortInterval {
        if (low < 1 || high > LAST_PORT || low > high) {
            throw new IllegalArgumentException("ports are 1 to 65535, the lower one first");
        }
    }

    /**
     * Reads {@code 80} or {@code 8000-8010}.
     *
     * @throws IllegalArgumentException where the text is none.
     */
    public static PortInterval parse(final String text) {
        if (!text.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            throw new IllegalArgumentException();
        }
        final int hyphen = text.indexOf('-');
        final int low = Integer.parseInt(hyphen < 0 ? text : text.substring(0, hyphen));
        return new PortInterval(low, hyphen < 0 ? low : Integer.parseInt(text.substring(hyphen + 1)));
    }

    @Override
    public String toString() {
        return low == high ? Integer.toString(low) : low + "-" + high;
    }
}
