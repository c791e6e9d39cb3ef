package io.millrace.control.listen;

import io.millrace.config.SynCookieMode;
import java.util.List;

/**
 * Limits of listeners. Checked by the configuration, not here.
 *
 * @param backlog       accept queue where the application asks for none, 1 to {@code maxBacklog}.
 * @param maxBacklog    accept queue at the most (Linux net.core.somaxconn), 1 to 1,048,576.
 * @param synQueue      half-open connections of a listener at the most (Linux net.ipv4.tcp_max_syn_backlog).
 * @param synCookies    when SYNs are answered with a cookie (Linux net.ipv4.tcp_syncookies).
 * @param abortOnOverflow a handshake that finds the accept queue full is reset (Linux net.ipv4.tcp_abort_on_overflow).
 * @param rules         what is configured for single listeners; the first that fits counts.
 * @param ephemeralLow  lowest port given to who asks for port 0, 1 to 65,535.
 * @param ephemeralHigh highest such port, {@code ephemeralLow} to 65,535.
 */
public record ListenSettings(int backlog, int maxBacklog, int synQueue, SynCookieMode synCookies,
        boolean abortOnOverflow, List<ListenerRule> rules, int ephemeralLow, int ephemeralHigh) {
    /** As Linux: 4,096 and 4,096; ports 32,768 to 60,999. */
    public static final ListenSettings DEFAULT = new ListenSettings(1_024, 4_096, 4_096, SynCookieMode.WHEN_FULL,
            false, List.of(), 32_768, 60_999);

    public ListenSettings {
        rules = List.copyOf(rules);
    }

    /** The other settings as in {@link #DEFAULT}. */
    public ListenSettings(final int backlog, final int maxBacklog, final int synQueue, final int ephemeralLow,
            final int ephemeralHigh) {
        this(backlog, maxBacklog, synQueue, SynCookieMode.WHEN_FULL, false, List.of(), ephemeralLow, ephemeralHigh);
    }

    /** What is configured for a listener that is bound to this address and port. */
    ListenerRule rule(final long hi, final long lo, final int port) {
        for (final ListenerRule rule : rules) {
            if (rule.isFor(hi, lo, port)) {
                return rule;
            }
        }
        return ListenerRule.NONE;
    }

    int backlogFor(final int asked) {
        return Math.min(asked <= 0 ? backlog : asked, maxBacklog);
    }
}
