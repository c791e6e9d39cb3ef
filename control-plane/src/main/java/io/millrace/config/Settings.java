package io.millrace.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A configuration in the making: values so far, and everything wrong so far. Thread: one. */
final class Settings {
    private static final int SHOWN_LENGTH = 80;

    private final Map<ConfigKey<?>, Setting<?>> values = new IdentityHashMap<>();
    private final List<ConfigProblem> problems = new ArrayList<>();
    private final Set<ConfigKey<?>> refused = new HashSet<>();

    Settings() {
        ConfigKeys.ALL.forEach(this::putDefault);
    }

    /** Forgets what was set. */
    <T> void putDefault(final ConfigKey<T> key) {
        values.put(key, new Setting<>(key.defaultValue(), Origin.DEFAULTS));
    }

    /** Starts from the values of another configuration, with their origins. */
    void putAll(final MillraceConfig other) {
        ConfigKeys.ALL.forEach(key -> values.put(key, other.setting(key)));
    }

    /** Takes a value as it was read; what is wrong with it is noted. */
    <T> void read(final ConfigKey<T> key, final ConfigValue value, final Origin origin) {
        try {
            values.put(key, new Setting<>(key.type().read(value), origin));
        } catch (final RefusedValueException e) {
            refuse(key, shown(value), origin, e);
        }
    }

    /** Takes a value that a program made; what is wrong with it is noted. */
    <T> void put(final ConfigKey<T> key, final T value, final Origin origin) {
        try {
            key.type().check(value);
            values.put(key, new Setting<>(value, origin));
        } catch (final RefusedValueException e) {
            refuse(key, key.render(value), origin, e);
        }
    }

    private void refuse(final ConfigKey<?> key, final String value, final Origin origin,
            final RefusedValueException cause) {
        refused.add(key);
        problem(cause.within(origin), key + " = " + value, String.valueOf(cause.getMessage()));
    }

    /** A value as the user wrote it, as far as it is known. */
    private static String shown(final ConfigValue value) {
        final boolean text = value.valueType() == ConfigValueType.STRING
                && !String.valueOf(value.unwrapped()).isEmpty();
        final String whole = text ? String.valueOf(value.unwrapped()) : value.render(ConfigRenderOptions.concise());
        return whole.length() > SHOWN_LENGTH ? whole.substring(0, SHOWN_LENGTH) + "..." : whole;
    }

    void problem(final Origin origin, final String subject, final String message) {
        problems.add(new ConfigProblem(origin, subject, message));
    }

    /** True where a value of this key was refused, so that the value held now is not what the user wants. */
    boolean isRefused(final ConfigKey<?> key) {
        return refused.contains(key);
    }

    Map<ConfigKey<?>, Setting<?>> values() {
        return values;
    }

    List<ConfigProblem> problems() {
        return problems;
    }
}
