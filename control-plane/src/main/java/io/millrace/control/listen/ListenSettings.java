package io.millrace.control.listen;

/**
 * Limits of listeners. Checked by the configuration, not here.
 *
 * @param backlog       accept queue where the application asks for none, 1 to {@code maxBacklog}.
 * @param maxBacklog    accept queue at the most (Linux net.core.somaxconn), 1 to 1,048,576.
 * @param synQueue      half-open connections of a listener at the most (Linux net.ipv4.tcp_max_syn_backlog).
 * @param ephemeralLow  lowest port given to who asks for port 0, 1 to 65,535.
 * @param ephemeralHigh highest such port, {@code ephemeralLow} to 65,535.
 */
public record ListenSettings(int backlog, int maxBacklog, int synQueue, int ephemeralLow, int ephemeralHigh) {
    /** As Linux: 4,096 and 4,096; ports 32,768 to 60,999. */
    public static final ListenSettings DEFAULT = new ListenSettings(1_024, 4_096, 4_096, 32_768, 60_999);

    int backlogFor(final int asked) {
        return Math.min(asked <= 0 ? backlog : asked, maxBacklog);
    }
}
