package io.millrace.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A rule for the listeners of a port: a HOCON object, or its text. What is wrong is told with the line of the part of it
 * that is.
 */
final class ListenRuleType extends ValueType<ListenRule> {
    private static final String PORT = "port";
    private static final String ADDRESS = "address";
    private static final String BACKLOG = "backlog";
    private static final String SOURCES = "sources";
    private static final String TCP = TcpKeys.GROUP + '.';
    private static final ValueType<Integer> PORTS = ValueTypes.whole(1, 65_535);
    private static final ValueType<Integer> BACKLOGS = ValueTypes.whole(1, 1_048_576);
    private static final ValueType<InetAddress> ADDRESSES = ValueTypes.address();
    private static final ValueType<List<Cidr>> NETWORKS = ValueTypes.list(ValueTypes.network());

    @Override
    String allowed() {
        return "a rule such as { port = 443, backlog = 100, mss = 1400 }";
    }

    @Override
    ListenRule parse(final ConfigValue value) throws RefusedValueException {
        final ConfigObject object = value instanceof final ConfigObject group ? group : ofText(value);
        final Map<ConfigKey<?>, Object> tcp = new LinkedHashMap<>();
        for (final Map.Entry<String, ConfigValue> entry : object.entrySet().stream().sorted(HoconSource.BY_LINE)
                .toList()) {
            if (!List.of(PORT, ADDRESS, BACKLOG, SOURCES).contains(entry.getKey())) {
                final ConfigKey<?> key = tcpKey(entry);
                tcp.put(key, part(object, entry.getKey(), key.type()).orElseThrow());
            }
        }
        return new ListenRule(part(object, PORT, PORTS).orElseThrow(this::refused),
                part(object, ADDRESS, ADDRESSES), part(object, BACKLOG, BACKLOGS),
                part(object, SOURCES, NETWORKS).orElse(List.of()), tcp);
    }

    private ConfigObject ofText(final ConfigValue value) throws RefusedValueException {
        try {
            return ConfigFactory.parseString(scalar(value)).root();
        } catch (final ConfigException e) {
            throw refused();
        }
    }

    private static ConfigKey<?> tcpKey(final Map.Entry<String, ConfigValue> entry) throws RefusedValueException {
        final ConfigKey<?> key = ConfigKeys.find(TCP + entry.getKey());
        if (key == null) {
            throw new RefusedValueException(unknown(entry.getKey()), Origin.of(entry.getValue().origin()));
        }
        return key;
    }

    private static String unknown(final String name) {
        final List<String> names = new ArrayList<>(List.of(PORT, ADDRESS, BACKLOG, SOURCES));
        ConfigKeys.ALL.stream().filter(key -> key.group().equals(TcpKeys.GROUP)).map(ConfigKey::name)
                .forEach(names::add);
        return "has an unknown key " + name + ", did you mean " + NearestKey.nearest(name, names) + "?";
    }

    private static <T> Optional<T> part(final ConfigObject object, final String name, final ValueType<T> type)
            throws RefusedValueException {
        final ConfigValue value = object.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(type.read(value));
        } catch (final RefusedValueException e) {
            throw new RefusedValueException(name + ' ' + e.getMessage(), Origin.of(value.origin()));
        }
    }

    @Override
    void check(final ListenRule value) throws RefusedValueException {
        PORTS.check(value.port());
        if (value.backlog().isPresent()) {
            BACKLOGS.check(value.backlog().get());
        }
        NETWORKS.check(value.sources());
    }

    @Override
    String render(final ListenRule value) {
        final Map<String, String> parts = new LinkedHashMap<>();
        parts.put(PORT, PORTS.render(value.port()));
        value.address().ifPresent(address -> parts.put(ADDRESS, ADDRESSES.render(address)));
        value.backlog().ifPresent(backlog -> parts.put(BACKLOG, BACKLOGS.render(backlog)));
        if (!value.sources().isEmpty()) {
            parts.put(SOURCES, NETWORKS.render(value.sources()));
        }
        value.tcp().forEach((key, setting) -> parts.put(ConfigUtil.joinPath(key.name()), text(key, setting)));
        return parts.entrySet().stream().map(part -> part.getKey() + " = " + part.getValue())
                .collect(Collectors.joining(", ", "{ ", " }"));
    }

    @SuppressWarnings("unchecked")
    private static <T> String text(final ConfigKey<T> key, final Object value) {
        return key.render((T) value);
    }
}
