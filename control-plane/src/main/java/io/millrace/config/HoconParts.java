package io.millrace.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Values that are objects with parts of their own, read and written. What is wrong is told with the line of the part. */
final class HoconParts {
    private HoconParts() {}

    /** An object, or its text. */
    static ConfigObject object(final ConfigValue value, final ValueType<?> type) throws RefusedValueException {
        if (value instanceof final ConfigObject group) {
            return group;
        }
        try {
            return ConfigFactory.parseString(type.scalar(value)).root();
        } catch (final ConfigException e) {
            throw type.refused();
        }
    }

    /** The parts in the order of their lines. */
    static List<Map.Entry<String, ConfigValue>> parts(final ConfigObject object) {
        return object.entrySet().stream().sorted(HoconSource.BY_LINE).toList();
    }

    static <T> Optional<T> part(final ConfigObject object, final String name, final ValueType<T> type)
            throws RefusedValueException {
        return part(object, "", name, type);
    }

    /** @param group in which the object is, with a dot behind it; or empty. */
    static <T> Optional<T> part(final ConfigObject object, final String group, final String name,
            final ValueType<T> type) throws RefusedValueException {
        final ConfigValue value = object.get(name);
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(type.read(value));
        } catch (final RefusedValueException e) {
            throw new RefusedValueException(group + name + ' ' + e.getMessage(), Origin.of(value.origin()));
        }
    }

    /** A part that does not exist, with the name of the one that is most like it. */
    static RefusedValueException unknown(final Map.Entry<String, ConfigValue> part, final List<String> names) {
        return unknown(part.getKey(), part.getValue(), names);
    }

    static RefusedValueException unknown(final String name, final ConfigValue value, final List<String> names) {
        return new RefusedValueException(
                "has an unknown key " + name + ", did you mean " + NearestKey.nearest(name, names) + "?",
                Origin.of(value.origin()));
    }

    /** Names and rendered values as an object. */
    static String render(final Map<String, String> parts) {
        return parts.entrySet().stream().map(part -> path(part.getKey()) + " = " + part.getValue())
                .collect(Collectors.joining(", ", "{ ", " }"));
    }

    /** Names within groups have dots. */
    private static String path(final String name) {
        return ConfigUtil.joinPath(name.split("\\."));
    }

    /** A value of a key as HOCON text. */
    @SuppressWarnings("unchecked")
    static <T> String text(final ConfigKey<T> key, final Object value) {
        return key.render((T) value);
    }
}
