package io.millrace.cli;

import io.millrace.config.Cidr;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.observe.ObservedConnection;
import io.millrace.observe.ObservedEndpoint;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options that choose connections; what is given must all be true. Thread: one. */
final class ConnectionFilter {
    @Option(names = "--state", split = ",", paramLabel = "STATE", converter = StateConverter.class, description = "Only in one of these states, e.g. established,time-wait.")
    private List<TcpState> states = List.of();

    @Option(names = "--address", paramLabel = "CIDR", converter = PrefixConverter.class, description = "Only where one of the ends is this address, or lies in this prefix.")
    private @Nullable Cidr address;

    @Option(names = "--port", paramLabel = "PORT", description = "Only where one of the ends has this port.")
    private @Nullable Integer port;

    @Option(names = "--owner", paramLabel = "TEXT", description = "Only where the owner's name contains this.")
    private @Nullable String owner;

    boolean matches(final ObservedConnection connection) {
        final Set<TcpState> wanted = states.isEmpty() ? EnumSet.allOf(TcpState.class) : EnumSet.copyOf(states);
        return wanted.contains(connection.state())
                && (address == null || address.contains(connection.localAddress())
                        || address.contains(connection.remoteAddress()))
                && (port == null || connection.localPort() == port || connection.remotePort() == port)
                && (owner == null || connection.ownerName().contains(owner));
    }

    boolean matches(final ObservedEndpoint endpoint) {
        final InetSocketAddress local = endpoint.local();
        final InetSocketAddress remote = endpoint.remote();
        return (address == null || address.contains(local.getAddress())
                || remote != null && address.contains(remote.getAddress()))
                && (port == null || local.getPort() == port || remote != null && remote.getPort() == port)
                && (owner == null || endpoint.owner().contains(owner));
    }

    /** True where only connections in some states are wanted. */
    boolean isOfStates() {
        return !states.isEmpty();
    }

    /** Reads {@code time-wait}, {@code TIME_WAIT}. */
    static final class StateConverter implements ITypeConverter<TcpState> {
        @Override
        public TcpState convert(final String value) {
            try {
                return TcpState.valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(value + ": must be one of " + Arrays.stream(TcpState.values())
                        .map(state -> state.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .collect(Collectors.joining(", ")));
            }
        }
    }

    /** Reads a prefix; an address alone is the prefix of all its bits. */
    static final class PrefixConverter implements ITypeConverter<Cidr> {
        @Override
        public Cidr convert(final String value) {
            try {
                return Cidr.parse(value.indexOf('/') >= 0 ? value : value + (value.indexOf(':') < 0 ? "/32" : "/128"));
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(value + ": must be an address or a prefix, such as 10.0.0.0/8");
            }
        }
    }
}
