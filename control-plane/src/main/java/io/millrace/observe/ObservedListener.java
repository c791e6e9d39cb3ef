package io.millrace.observe;

import java.util.Map;

/**
 * A listener and its queues, as they were when asked.
 *
 * @param local              address and port, e.g. {@code 0.0.0.0:80}.
 * @param backlog            places of the accept queue.
 * @param acceptQueue        places of it taken now.
 * @param acceptQueueHighest the most that ever were.
 * @param synQueue           half-open connections now.
 * @param synQueueHighest    the most that ever were.
 * @param accepted           connections that the application took.
 * @param overflows          SYNs and handshakes dropped because the accept queue was full.
 * @param drops              SYNs and handshakes dropped for any reason.
 * @param synQueueFull       SYNs dropped because the SYN queue was full.
 * @param cookiesSent        SYN cookies sent, brought back, and found to be none.
 * @param cookiesReceived    of those.
 * @param cookiesFailed      of those.
 * @param sourcesRefused     SYNs from sources that may not connect.
 * @param deadBeforeAccept   connections that died before the application took them.
 */
public record ObservedListener(String local, int backlog, int acceptQueue, int acceptQueueHighest, int synQueue,
        int synQueueHighest, long accepted, long overflows, long drops, long synQueueFull, long cookiesSent,
        long cookiesReceived, long cookiesFailed, long sourcesRefused, long deadBeforeAccept) {

    static ObservedListener of(final Map<String, String> row) {
        return new ObservedListener(row.get("local"), number(row, "backlog"), number(row, "accept-queue"),
                number(row, "accept-queue-highest"), number(row, "syn-queue"), number(row, "syn-queue-highest"),
                longNumber(row, "accepted"), longNumber(row, "overflows"), longNumber(row, "drops"),
                longNumber(row, "syn-queue-full"), longNumber(row, "cookies-sent"),
                longNumber(row, "cookies-received"), longNumber(row, "cookies-failed"),
                longNumber(row, "sources-refused"), longNumber(row, "dead-before-accept"));
    }

    private static int number(final Map<String, String> row, final String name) {
        return Integer.parseInt(row.getOrDefault(name, "0"));
    }

    private static long longNumber(final Map<String, String> row, final String name) {
        return Long.parseLong(row.getOrDefault(name, "0"));
    }
}
