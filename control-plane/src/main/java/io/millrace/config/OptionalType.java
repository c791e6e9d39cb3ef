package io.millrace.config;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Optional;

/**
 * A value or none; none is written as a word such as {@code auto}, or as the empty string (or as HOCON's null).
 *
 * @param <T> type of the value where there is one.
 */
final class OptionalType<T> extends ValueType<Optional<T>> {
    private final ValueType<T> type;
    private final String none;

    /** @param none how none is written; may be empty. */
    OptionalType(final ValueType<T> type, final String none) {
        this.type = type;
        this.none = none;
    }

    @Override
    String allowed() {
        return type.allowed() + (none.isEmpty() ? ", or \"\" for none" : " or " + none);
    }

    @Override
    Optional<T> parse(final ConfigValue value) throws RefusedValueException {
        if (value.valueType() == ConfigValueType.NULL || scalar(value).equalsIgnoreCase(none)) {
            return Optional.empty();
        }
        try {
            return Optional.of(type.parse(value));
        } catch (final RefusedValueException e) {
            throw refusal(e);
        }
    }

    @Override
    void check(final Optional<T> value) throws RefusedValueException {
        try {
            if (value.isPresent()) {
                type.check(value.get());
            }
        } catch (final RefusedValueException e) {
            throw refusal(e);
        }
    }

    /** Names the word too where there is one. */
    private RefusedValueException refusal(final RefusedValueException ofValue) {
        return none.isEmpty() ? ofValue : refused();
    }

    @Override
    String render(final Optional<T> value) {
        return value.map(type::render).orElse(none.isEmpty() ? "\"\"" : none);
    }
}
