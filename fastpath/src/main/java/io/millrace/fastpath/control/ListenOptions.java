package io.millrace.fastpath.control;

import io.millrace.fastpath.wire.IpPrefix;
import java.util.List;

/**
 * How a listener is opened. Immutable. Thread: any.
 *
 * @param backlog      connections that may wait to be accepted; 0 or less: as the stack is configured, which also bounds
 *                     it.
 * @param reuseAddress as {@code SO_REUSEADDR}: connections of an earlier listener do not keep the port.
 * @param reusePort    as {@code SO_REUSEPORT}: other listeners that have it too may have the same address and port; each
 *                     flow goes to one of them.
 * @param sources      networks that connections are taken from; empty: from everybody the stack is not configured to
 *                     refuse.
 */
public record ListenOptions(int backlog, boolean reuseAddress, boolean reusePort, List<IpPrefix> sources) {
    /** The configured backlog, nothing shared, connections from everybody. */
    public static final ListenOptions DEFAULT = new ListenOptions(0, false, false, List.of());

    public ListenOptions {
        sources = List.copyOf(sources);
    }

    public ListenOptions withBacklog(final int value) {
        return new ListenOptions(value, reuseAddress, reusePort, sources);
    }

    public ListenOptions withReuseAddress(final boolean value) {
        return new ListenOptions(backlog, value, reusePort, sources);
    }

    public ListenOptions withReusePort(final boolean value) {
        return new ListenOptions(backlog, reuseAddress, value, sources);
    }

    public ListenOptions withSources(final List<IpPrefix> value) {
        return new ListenOptions(backlog, reuseAddress, reusePort, value);
    }
}
