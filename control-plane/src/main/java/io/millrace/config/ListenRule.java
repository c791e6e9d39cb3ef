package io.millrace.config;

import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is configured for the listeners of one port. Immutable. Thread: any.
 *
 * @param port    1 to 65,535.
 * @param address that they are bound to; every listener of the port where none is named.
 * @param backlog of {@code millrace.listen.backlog}; the most, too.
 * @param sources networks that connections are taken from; empty: from everybody.
 * @param tcp     keys of {@code millrace.tcp} and their values.
 */
public record ListenRule(int port, Optional<InetAddress> address, Optional<Integer> backlog, List<Cidr> sources,
        Map<ConfigKey<?>, Object> tcp) {
    public ListenRule {
        sources = List.copyOf(sources);
        tcp = new LinkedHashMap<>(tcp);
    }

    /** By line, then by name; a copy. */
    @Override
    public Map<ConfigKey<?>, Object> tcp() {
        return new LinkedHashMap<>(tcp);
    }

    /** The same listeners as those of the other. */
    boolean isForSameAs(final ListenRule other) {
        return port == other.port && address.equals(other.address);
    }
}
