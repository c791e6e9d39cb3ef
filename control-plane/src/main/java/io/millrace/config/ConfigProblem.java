package io.millrace.config;

/**
 * One thing that is wrong with a configuration.
 *
 * @param origin  where.
 * @param subject the key, with its value where the key is valid; empty for an error of syntax.
 * @param message what is allowed, or what to do.
 */
public record ConfigProblem(Origin origin, String subject, String message) {
    /** One line, e.g. {@code millrace.conf:14: millrace.tcp.mss = 20: must be 0 or 88 to 65495 bytes}. */
    @Override
    public String toString() {
        return origin + ": " + (subject.isEmpty() ? "" : subject + ": ") + message;
    }
}
