package io.millrace.config;

import com.typesafe.config.ConfigValueFactory;
import java.util.Properties;
import java.util.TreeSet;

/** Reads settings from system properties. */
final class SystemProperties {
    private static final String PREFIX = "millrace.";
    private static final String RESERVED = "millrace.test.";

    private SystemProperties() {}

    static void read(final Properties properties, final Settings into) {
        for (final String name : new TreeSet<>(properties.stringPropertyNames())) {
            if (!name.startsWith(PREFIX) || name.startsWith(RESERVED)) {
                continue;
            }
            final ConfigKey<?> key = ConfigKeys.find(name);
            if (key == null) {
                into.problem(Origin.SYSTEM_PROPERTIES, name, NearestKey.unknown(name));
            } else {
                into.read(key, ConfigValueFactory.fromAnyRef(properties.getProperty(name)), Origin.SYSTEM_PROPERTIES);
            }
        }
    }
}
