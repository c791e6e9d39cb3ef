package io.millrace.config;

import static io.millrace.config.HoconParts.part;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        final ConfigObject object = HoconParts.object(value, this);
        final Map<ConfigKey<?>, Object> tcp = new LinkedHashMap<>();
        for (final Map.Entry<String, ConfigValue> part : HoconParts.parts(object)) {
            if (!List.of(PORT, ADDRESS, BACKLOG, SOURCES).contains(part.getKey())) {
                final ConfigKey<?> key = tcpKey(part);
                tcp.put(key, part(object, part.getKey(), key.type()).orElseThrow());
            }
        }
        return new ListenRule(part(object, PORT, PORTS).orElseThrow(this::refused),
                part(object, ADDRESS, ADDRESSES), part(object, BACKLOG, BACKLOGS),
                part(object, SOURCES, NETWORKS).orElse(List.of()), tcp);
    }

    private static ConfigKey<?> tcpKey(final Map.Entry<String, ConfigValue> part) throws RefusedValueException {
        final ConfigKey<?> key = ConfigKeys.find(TCP + part.getKey());
        if (key == null) {
            final List<String> names = new ArrayList<>(List.of(PORT, ADDRESS, BACKLOG, SOURCES));
            ConfigKeys.ALL.stream().filter(each -> each.group().equals(TcpKeys.GROUP)).map(ConfigKey::name)
                    .forEach(names::add);
            throw HoconParts.unknown(part, names);
        }
        return key;
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
        value.tcp().forEach((key, setting) -> parts.put(key.name(), HoconParts.text(key, setting)));
        return HoconParts.render(parts);
    }
}
