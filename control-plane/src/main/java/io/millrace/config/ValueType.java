package io.millrace.config;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;

/**
 * Type of a setting: reads a HOCON value, checks its range, writes it as HOCON again. Thread: any.
 *
 * @param <T> type of the value.
 */
abstract class ValueType<T> {
    /** What is allowed, with units, as it follows the words "must be". */
    abstract String allowed();

    /** Reads a value without looking at its range. */
    abstract T parse(ConfigValue value) throws RefusedValueException;

    /** Looks at the range. */
    abstract void check(T value) throws RefusedValueException;

    /** The value as HOCON that {@link #parse} reads as the same value. */
    abstract String render(T value);

    /** Reads a value and checks it. */
    final T read(final ConfigValue value) throws RefusedValueException {
        final T parsed = parse(value);
        check(parsed);
        return parsed;
    }

    /** The refusal of a value that is not one of those allowed. */
    final RefusedValueException refused() {
        return new RefusedValueException("must be " + allowed());
    }

    /** Text of a value that is neither null, nor a list, nor a group. */
    final String scalar(final ConfigValue value) throws RefusedValueException {
        final ConfigValueType type = value.valueType();
        if (type != ConfigValueType.STRING && type != ConfigValueType.NUMBER && type != ConfigValueType.BOOLEAN) {
            throw refused();
        }
        return String.valueOf(value.unwrapped()).strip();
    }
}
