package io.millrace.config;

import com.typesafe.config.ConfigValueFactory;
import io.millrace.config.Origin.Source;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortOption;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * A setting of one kind of port, as its provider declares it, and the key that it is in the configuration.
 *
 * @param scheme kind of port, e.g. {@code af-packet}.
 * @param option what its provider declares.
 * @param key    {@code millrace.port.SCHEME.NAME}.
 */
record PortOptionKey(String scheme, PortOption option, ConfigKey<?> key) {
    private static final int NANO_DIGITS = 9;

    /** What each kind of port is, by the group of its keys; only those that have keys. */
    static final Map<String, String> GROUPS = new LinkedHashMap<>();
    /** Of every provider that {@link ServiceLoader} finds; one that does not load has none. */
    static final List<PortOptionKey> ALL = discover();

    private static List<PortOptionKey> discover() {
        final List<PortOptionKey> keys = new ArrayList<>();
        final Iterator<PacketDeviceProvider> found = ServiceLoader
                .load(PacketDeviceProvider.class, PortOptionKey.class.getClassLoader()).iterator();
        while (true) {
            try {
                if (!found.hasNext()) {
                    return List.copyOf(keys);
                }
                addAll(keys, found.next());
            } catch (final ServiceConfigurationError e) {
                // told of by who opens devices, and by `millrace --version`
            }
        }
    }

    private static void addAll(final List<PortOptionKey> keys, final PacketDeviceProvider provider) {
        final String group = PortKeys.GROUP + '.' + provider.scheme();
        for (final PortOption option : provider.options()) {
            GROUPS.put(group, "Of a port " + provider.usage().split(" {2}", 2)[0] + '.');
            keys.add(new PortOptionKey(provider.scheme(), option, key(group + '.' + option.name(), option)));
        }
    }

    private static ConfigKey<?> key(final String path, final PortOption option) {
        return switch (option.type()) {
            case PortOption.Type.Whole whole -> key(path, option, ValueTypes.whole(whole.least(), whole.most()));
            case PortOption.Type.Time time -> key(path, option, ValueTypes
                    .time(Duration.ofSeconds(time.leastSeconds()), Duration.ofSeconds(time.mostSeconds())));
            case PortOption.Type.Choice choice -> key(path, option, ValueTypes.choice(choice.words()));
            case PortOption.Type.Text text -> key(path, option, ValueTypes.text(text.allowed(), text.pattern()));
        };
    }

    private static <T> ConfigKey<T> key(final String path, final PortOption option, final ValueType<T> type) {
        try {
            return ConfigKey.of(path, type, type.read(ConfigValueFactory.fromAnyRef(option.defaultValue())), null,
                    option.documentation());
        } catch (final RefusedValueException e) {
            throw new IllegalArgumentException(path + ": default " + e.getMessage(), e);
        }
    }

    /** A device with every option of its kind that is set in its argument. */
    static DeviceSpec withOptions(final DeviceSpec device, final MillraceConfig config) {
        String argument = device.argument();
        for (final PortOptionKey of : ALL) {
            final String value = of.scheme.equals(device.scheme()) ? of.set(config) : null;
            if (value != null && !value.isEmpty() && of.option.in(argument) == null) {
                argument = of.option.addedTo(argument, value);
            }
        }
        return new DeviceSpec(device.scheme(), argument);
    }

    /** A rule between keys: the argument of the port says nothing else; the answer follows the key and its value. */
    @Nullable
    String isSaidOnce(final MillraceConfig config) {
        final DeviceSpec device = config.get(PortKeys.DEVICE);
        final String here = scheme.equals(device.scheme()) ? set(config) : null;
        final String there = here == null ? null : option.in(device.argument());
        return there == null || there.equals(here)
                ? null
                : "and " + PortKeys.DEVICE + " = " + config.text(PortKeys.DEVICE) + " ("
                        + config.origin(PortKeys.DEVICE)
                        + ") says " + there + ": leave out one of both";
    }

    /** As an argument has it; null where it is not set. */
    private @Nullable String set(final MillraceConfig config) {
        return config.origin(key).source() == Source.DEFAULT ? null : text(config.get(key));
    }

    private static String text(final Object value) {
        return value instanceof final Duration time
                ? BigDecimal.valueOf(time.toNanos(), NANO_DIGITS).stripTrailingZeros().toPlainString()
                : value.toString();
    }
}
