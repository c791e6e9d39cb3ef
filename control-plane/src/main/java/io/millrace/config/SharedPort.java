package io.millrace.config;

/**
 * Ports of the host's addresses that a stack takes. Thread: any.
 *
 * @param ports which.
 * @param tcp   true: those of TCP.
 * @param udp   true: those of UDP.
 */
public record SharedPort(PortInterval ports, boolean tcp, boolean udp) {
    private static final String TCP = "/tcp";
    private static final String UDP = "/udp";

    /**
     * Reads {@code 80}, {@code 8000-8010/tcp} or {@code 53/udp}.
     *
     * @throws IllegalArgumentException where the text is none.
     */
    public static SharedPort parse(final String text) {
        final int slash = text.indexOf('/');
        final String protocol = slash < 0 ? "" : text.substring(slash);
        if (slash >= 0 && !protocol.equals(TCP) && !protocol.equals(UDP)) {
            throw new IllegalArgumentException();
        }
        return new SharedPort(PortInterval.parse(slash < 0 ? text : text.substring(0, slash)), !protocol.equals(UDP),
                !protocol.equals(TCP));
    }

    @Override
    public String toString() {
        return ports + (tcp && udp ? "" : tcp ? TCP : UDP);
    }
}
