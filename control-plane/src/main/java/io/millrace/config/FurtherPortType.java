package io.millrace.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A further port: a HOCON object, or its text. Its keys are those of the first port, by their names. What is wrong is told
 * with the line of the part of it that is.
 */
final class FurtherPortType extends ValueType<FurtherPort> {
    private static final String DEVICE = PortKeys.DEVICE.name();
    private static final String IPV6 = "ipv6";

    @Override
    String allowed() {
        return "a port such as { device = \"tap:mr1\", addresses = [\"10.1.0.2/24\"] }";
    }

    @Override
    FurtherPort parse(final ConfigValue value) throws RefusedValueException {
        final ConfigObject object = HoconParts.object(value, this);
        final Map<String, ConfigKey<?>> keys = keys();
        final Map<ConfigKey<?>, Object> settings = new LinkedHashMap<>();
        for (final Map.Entry<String, ConfigValue> part : HoconParts.parts(object)) {
            final String name = part.getKey();
            if (part.getValue() instanceof final ConfigObject group && isGroup(name)) {
                read(group, name + '.', keys, settings);
            } else {
                read(object, name, "", keys, settings);
            }
        }
        if (!settings.containsKey(PortKeys.DEVICE)) {
            throw new RefusedValueException("must name a " + DEVICE);
        }
        return new FurtherPort(settings);
    }

    /** The settings of one kind of port. */
    private static void read(final ConfigObject group, final String prefix, final Map<String, ConfigKey<?>> keys,
            final Map<ConfigKey<?>, Object> settings) throws RefusedValueException {
        for (final Map.Entry<String, ConfigValue> part : HoconParts.parts(group)) {
            read(group, part.getKey(), prefix, keys, settings);
        }
    }

    private static void read(final ConfigObject object, final String name, final String prefix,
            final Map<String, ConfigKey<?>> keys, final Map<ConfigKey<?>, Object> settings)
            throws RefusedValueException {
        final ConfigKey<?> key = keys.get(prefix + name);
        if (key == null) {
            throw HoconParts.unknown(prefix + name, object.get(name), List.copyOf(keys.keySet()));
        }
        settings.put(key, HoconParts.part(object, prefix, name, key.type()).orElseThrow());
    }

    private static boolean isGroup(final String name) {
        return PortOptionKey.GROUPS.containsKey(PortKeys.GROUP + '.' + name);
    }

    @Override
    void check(final FurtherPort port) throws RefusedValueException {
        for (final Map.Entry<ConfigKey<?>, Object> setting : port.settings().entrySet()) {
            if (!keys().containsValue(setting.getKey())) {
                throw new RefusedValueException("must not set " + setting.getKey() + ", which is the whole stack's");
            }
            check(setting.getKey(), setting.getValue());
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> void check(final ConfigKey<T> key, final Object value) throws RefusedValueException {
        key.type().check((T) value);
    }

    @Override
    String render(final FurtherPort port) {
        final Map<ConfigKey<?>, Object> settings = port.settings();
        final Map<String, String> parts = new LinkedHashMap<>();
        keys().forEach((name, key) -> {
            if (settings.containsKey(key)) {
                parts.put(name, HoconParts.text(key, settings.get(key)));
            }
        });
        return HoconParts.render(parts);
    }

    /** Each key of a further port by its name, in the order in which they are shown. */
    private static Map<String, ConfigKey<?>> keys() {
        final Map<String, ConfigKey<?>> keys = new LinkedHashMap<>();
        for (final ConfigKey<?> key : List.of(PortKeys.DEVICE, IpKeys.ADDRESSES, PortKeys.MTU, PortKeys.FRAMES,
                PortKeys.OFFLOADS, PortKeys.SEPARATE_SYNS, PortKeys.VLAN, PortKeys.HOST_ADDRESS, PortKeys.CAPTURE,
                DhcpKeys.DHCP,
                DhcpKeys.RELEASE, DhcpKeys.PROBE, DhcpKeys.HOST_NAME, Ipv6Keys.ACCEPT_RA, Ipv6Keys.AUTOCONF,
                Ipv6Keys.ACCEPT_REDIRECTS)) {
            keys.put(key.name(), key);
        }
        keys.put(IPV6, Ipv6Keys.MODE);
        PortOptionKey.ALL.forEach(of -> keys.put(of.scheme() + '.' + of.option().name(), of.key()));
        return keys;
    }
}
