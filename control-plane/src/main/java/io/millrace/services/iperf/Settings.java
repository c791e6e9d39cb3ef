package io.millrace.services.iperf;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the client wants.
 *
 * @param streams       connections in each direction that is used, 1 to {@value #MOST_STREAMS}.
 * @param toClient      whether the server sends (-R, --bidir).
 * @param toServer      whether the client sends.
 * @param length        bytes of a write.
 * @param bitsPerSecond of a stream that the server sends; 0: no limit.
 * @param omitSeconds   at the start, not counted.
 * @param noDelay       TCP_NODELAY.
 * @param congestion    congestion control of streams that the server sends.
 */
record Settings(int streams, boolean toClient, boolean toServer, int length, long bitsPerSecond, long omitSeconds,
        boolean noDelay, @Nullable String congestion) {
    static final int MOST_STREAMS = 128;
    private static final int MOST_LENGTH = 1 << 20;
    private static final int DEFAULT_LENGTH = 128 << 10;
    /** The longest that iperf3 lets its users ask for. */
    private static final long MOST_OMITTED = 600;

    /** @throws IllegalArgumentException where that cannot be had. */
    static Settings of(final Map<String, Object> json) {
        if (isTrue(json, "udp") || isTrue(json, "sctp")) {
            throw new IllegalArgumentException("TCP only");
        }
        final boolean both = isTrue(json, "bidirectional");
        final boolean reverse = isTrue(json, "reverse");
        return new Settings((int) number(json, "parallel", 1, 1, MOST_STREAMS), reverse || both, !reverse || both,
                (int) number(json, "len", DEFAULT_LENGTH, 1, MOST_LENGTH),
                number(json, "bandwidth", 0, 0, Long.MAX_VALUE), number(json, "omit", 0, 0, MOST_OMITTED),
                isTrue(json, "nodelay"), json.get("congestion") instanceof final String name ? name : null);
    }

    /** Connections of the test. */
    int connections() {
        return toClient && toServer ? 2 * streams : streams;
    }

    /** Whether the server sends on this one; iperf3 opens those on which the client sends first. */
    boolean isToClient(final int connection) {
        return toClient && (!toServer || connection >= streams);
    }

    private static boolean isTrue(final Map<String, Object> json, final String name) {
        return switch (json.get(name)) {
            case final Boolean truth -> truth;
            case final Number number -> number.longValue() != 0;
            case null, default -> false;
        };
    }

    private static long number(final Map<String, Object> json, final String name, final long otherwise,
            final long least, final long most) {
        if (!(json.get(name) instanceof final Number given)) {
            return otherwise;
        }
        final long value = given.longValue();
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most);
        }
        return value;
    }
}
