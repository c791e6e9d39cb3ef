package io.millrace.config;

import com.typesafe.config.ConfigValueFactory;
import io.millrace.config.Origin.Source;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.ip.PathMtuSettings;
import io.millrace.fastpath.ip.ReassemblySettings;
import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.IdleTimes;
import io.millrace.fastpath.idle.Idling;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.tcp.TcpSettings;
import java.net.Inet6Address;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A whole configuration: a legal value for every key of {@link ConfigKeys}, and where each comes from. Later wins: the
 * default, a file, a system property ({@code -Dmillrace.tcp.mss=1400}), what the program sets. Immutable. Thread: any.
 */
public final class MillraceConfig {
    private final Map<ConfigKey<?>, Setting<?>> settings;

    private MillraceConfig(final Map<ConfigKey<?>, Setting<?>> settings) {
        this.settings = new IdentityHashMap<>(settings);
    }

    /** Every key at its default; system properties are not looked at. */
    public static MillraceConfig defaults() {
        return builder().build();
    }

    /**
     * Defaults and system properties.
     *
     * @throws ConfigException with everything that is wrong.
     */
    public static MillraceConfig load() {
        return builder().systemProperties().build();
    }

    /**
     * Defaults, a HOCON file and system properties.
     *
     * @throws ConfigException with everything that is wrong; also where the file cannot be read.
     */
    public static MillraceConfig load(final Path file) {
        return builder().file(file).systemProperties().build();
    }

    /**
     * Defaults and HOCON text; system properties are not looked at.
     *
     * @throws ConfigException with everything that is wrong.
     */
    public static MillraceConfig parse(final String text) {
        return builder().text(text).build();
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this configuration. */
    public Builder toBuilder() {
        return new Builder().add(into -> into.putAll(this));
    }

    /** The value of a key. */
    public <T> T get(final ConfigKey<T> key) {
        return setting(key).value();
    }

    /** Where the value of a key comes from. */
    public Origin origin(final ConfigKey<?> key) {
        return setting(key).origin();
    }

    /** The value of a key as HOCON text, e.g. {@code 40ms}. */
    public <T> String text(final ConfigKey<T> key) {
        return key.render(get(key));
    }

    @SuppressWarnings("unchecked")
    <T> Setting<T> setting(final ConfigKey<T> key) {
        final Setting<?> setting = settings.get(key);
        if (setting == null) {
            throw new IllegalArgumentException(key + " is not declared in ConfigKeys.ALL");
        }
        return (Setting<T>) setting;
    }

    /** Whether the stack takes only some ports of the host's own addresses: {@link PortKeys#SHARED_PORTS}. */
    public boolean isShared() {
        return !get(PortKeys.SHARED_PORTS).isEmpty();
    }

    /** The addresses that are set: the default counts only where none are asked for by DHCP, or those of the host taken. */
    public List<Cidr> addresses() {
        return (get(DhcpKeys.DHCP) || isShared()) && origin(IpKeys.ADDRESSES).source() == Source.DEFAULT
                ? List.of()
                : get(IpKeys.ADDRESSES);
    }

    /** Whether the stack speaks IPv6: {@link Ipv6Keys#MODE}. */
    public boolean isIpv6() {
        final boolean named = Stream.of(addresses(), get(IpKeys.OWN_PREFIXES),
                get(IpKeys.ROUTES).stream().map(Route::destination).toList()).flatMap(List::stream)
                .anyMatch(cidr -> cidr.address() instanceof Inet6Address)
                || get(IpKeys.GATEWAY).filter(Inet6Address.class::isInstance).isPresent();
        return get(Ipv6Keys.MODE) == Ipv6Mode.ON || get(Ipv6Keys.MODE) == Ipv6Mode.AUTO && named;
    }

    /** How many links the stack has: one for each port. */
    public int links() {
        return 1 + get(PortKeys.FURTHER).size();
    }

    /**
     * The configuration as one link has it, whose {@link #addresses}, {@link #deviceRequest}, {@link #isIpv6} and keys of
     * DHCP are of its port alone.
     *
     * @param link 0 for {@code millrace.port}, then those of {@link PortKeys#FURTHER} in their order.
     * @throws ConfigException where its keys do not go with the others; never for a port of this configuration.
     */
    public MillraceConfig link(final int link) {
        if (link == 0) {
            return this;
        }
        final Builder builder = toBuilder().set(PortKeys.FURTHER, List.of()).set(PortKeys.VLAN, 0)
                .set(PortKeys.HOST_ADDRESS, Optional.empty()).set(PortKeys.CAPTURE, Optional.empty())
                .set(IpKeys.ADDRESSES, List.of()).set(IpKeys.OWN_PREFIXES, List.of())
                .set(IpKeys.GATEWAY, Optional.empty()).set(DhcpKeys.DHCP, false)
                .withoutPortOptions()
                .set(IpKeys.ROUTES, get(IpKeys.ROUTES).stream().filter(route -> route.link() == link)
                        .map(route -> new Route(route.destination(), route.gateway())).toList());
        get(PortKeys.FURTHER).get(link - 1).settings().forEach((key, value) -> set(builder, key, value));
        return builder.build();
    }

    /** The addresses that are set, of each link in turn. */
    List<List<Cidr>> addressesOfLinks() {
        final List<List<Cidr>> all = new ArrayList<>(List.of(addresses()));
        get(PortKeys.FURTHER).forEach(port -> all.add(port.addresses()));
        return all;
    }

    /** What connections start from. */
    public TcpSettings tcpSettings() {
        return TcpValues.of(this);
    }

    /**
     * What connections of the listeners of a rule start from.
     *
     * @throws ConfigException where its keys do not go with the others; never for a rule of this configuration.
     */
    public TcpSettings tcpSettings(final ListenRule rule) {
        final Builder builder = toBuilder().set(ListenKeys.RULES, List.of());
        rule.tcp().forEach((key, value) -> set(builder, key, value));
        return builder.build().tcpSettings();
    }

    @SuppressWarnings("unchecked")
    private static <T> void set(final Builder builder, final ConfigKey<T> key, final Object value) {
        builder.set(key, (T) value);
    }

    /** Sizes of each engine. */
    public EngineSettings engineSettings() {
        return new EngineSettings(get(EngineKeys.MAX_CONNECTIONS), get(EngineKeys.MAX_TIME_WAIT), get(EngineKeys.SLAB),
                get(EngineKeys.BURST), get(EngineKeys.TIMER_TICK).toNanos(), links() * get(NeighbourKeys.CACHE_SIZE),
                get(NeighbourKeys.QUEUE), get(IcmpKeys.RATE), get(EngineKeys.MAX_ORPHANS),
                get(EngineKeys.MAX_LENT_FRAMES),
                new ReassemblySettings(get(IpKeys.REASSEMBLY_MEMORY), get(IpKeys.REASSEMBLY_TIMEOUT).toNanos()),
                get(EngineKeys.DATAGRAMS), new PathMtuSettings(get(IpKeys.PATH_MTUS), get(IpKeys.MIN_PATH_MTU),
                        get(IpKeys.PATH_MTU_EXPIRY).toNanos()));
    }

    /** {@link PortKeys#DEVICE} with every setting of its kind in its argument, where a user may write it too. */
    public DeviceSpec device() {
        return device(get(PortKeys.DEVICE));
    }

    /** The same for another device of this port. */
    public DeviceSpec device(final DeviceSpec other) {
        return PortOptionKey.withOptions(other, this);
    }

    /** What to ask of the provider of {@link PortKeys#DEVICE}: one queue for each engine. */
    public DeviceRequest deviceRequest() {
        return deviceRequest(get(PortKeys.DEVICE));
    }

    /** What to ask of the provider of another device of this port. */
    public DeviceRequest deviceRequest(final DeviceSpec other) {
        return new DeviceRequest(device(other).argument(), Math.toIntExact(get(PortKeys.MTU)),
                get(ThreadingKeys.ENGINES), get(PortKeys.FRAMES), get(PortKeys.OFFLOADS),
                get(PortKeys.SEPARATE_SYNS), get(PortKeys.HOST_ADDRESS).map(Cidr::toString).orElse(null));
    }

    /** How loops idle. @param host what the system can do for their threads. */
    public Idling idling(final HostThreads host) {
        final long pollNs = get(ThreadingKeys.IDLE_SPIN).toNanos();
        return get(ThreadingKeys.IDLE).idling(host,
                new IdleTimes(pollNs - (pollNs >> 1), pollNs >> 1, get(ThreadingKeys.IDLE_MAX_SLEEP).toNanos()));
    }

    /** The CPU of each engine's loop; empty where the system chooses. */
    public List<Integer> loopCpus() {
        return cpus().stream().limit(get(ThreadingKeys.ENGINES)).toList();
    }

    /** Every CPU that is named. */
    List<Integer> cpus() {
        return get(ThreadingKeys.CPUS).stream().flatMapToInt(CpuRange::cpus).boxed().toList();
    }

    /** Collects sources; nothing is read before {@link #build}. Thread: one. */
    public static final class Builder {
        private final List<Consumer<Settings>> files = new ArrayList<>();
        private final List<Consumer<Settings>> overrides = new ArrayList<>();
        private boolean withSystemProperties;

        private Builder() {}

        private Builder add(final Consumer<Settings> source) {
            files.add(source);
            return this;
        }

        /** Adds a HOCON file; of two files the later wins. */
        public Builder file(final Path file) {
            return add(into -> HoconSource.file(file, into));
        }

        /** Adds HOCON text, called {@code text} where something is wrong with it. */
        public Builder text(final String text) {
            return add(into -> HoconSource.text(text, into));
        }

        /**
         * Adds the system properties of this JVM whose names begin with {@code millrace.}; those that begin with
         * {@code millrace.test.} are left alone.
         */
        public Builder systemProperties() {
            withSystemProperties = true;
            return this;
        }

        /** Sets a value; wins over files and system properties. */
        public <T> Builder set(final ConfigKey<T> key, final T value) {
            overrides.add(into -> into.put(key, value, Origin.override("set by the program")));
            return this;
        }

        /**
         * Sets a value by its text; wins over files and system properties.
         *
         * @param option what the text comes from, e.g. {@code --port}; shown as the origin.
         */
        public Builder option(final String option, final ConfigKey<?> key, final String text) {
            overrides.add(into -> into.read(key, ConfigValueFactory.fromAnyRef(text), Origin.override(option)));
            return this;
        }

        private Builder withoutPortOptions() {
            PortOptionKey.ALL.forEach(option -> overrides.add(into -> into.putDefault(option.key())));
            return this;
        }

        /**
         * Reads and checks everything.
         *
         * @throws ConfigException with everything that is wrong.
         */
        public MillraceConfig build() {
            final Settings settings = new Settings();
            files.forEach(source -> source.accept(settings));
            if (withSystemProperties) {
                SystemProperties.read(System.getProperties(), settings);
            }
            overrides.forEach(source -> source.accept(settings));
            final MillraceConfig config = new MillraceConfig(settings.values());
            CrossChecks.run(config, settings);
            if (!settings.problems().isEmpty()) {
                throw new ConfigException(settings.problems(), config);
            }
            return config;
        }
    }
}
