package io.millrace.config;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Optional;

/**
 * A value or none; none is written as the empty string (or as HOCON's null).
 *
 * @param <T> type of the value where there is one.
 */
final class OptionalType<T> extends ValueType<Optional<T>> {
    private final ValueType<T> type;

    OptionalType(final ValueType<T> type) {
        this.type = type;
    }

    @Override
    String allowed() {
        return type.allowed() + ", or \"\" for none";
    }

    @Override
    Optional<T> parse(final ConfigValue value) throws RefusedValueException {
        if (value.valueType() == ConfigValueType.NULL || scalar(value).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(type.parse(value));
    }

    @Override
    void check(final Optional<T> value) throws RefusedValueException {
        if (value.isPresent()) {
            type.check(value.get());
        }
    }

    @Override
    String render(final Optional<T> value) {
        return value.map(type::render).orElse("\"\"");
    }
}
