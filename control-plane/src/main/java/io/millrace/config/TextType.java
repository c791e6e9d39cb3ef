package io.millrace.config;

import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.function.Function;

/**
 * Something that is written as one string: an address, a prefix, a device.
 *
 * @param <T> type of the value; its {@code toString} is read as the same value.
 */
final class TextType<T> extends ValueType<T> {
    private final String allowed;
    private final Function<String, T> reader;
    private final Function<T, String> writer;

    /**
     * @param reader throws {@link IllegalArgumentException} for what is not allowed.
     * @param writer the opposite of the reader.
     */
    TextType(final String allowed, final Function<String, T> reader, final Function<T, String> writer) {
        this.allowed = allowed;
        this.reader = reader;
        this.writer = writer;
    }

    @Override
    String allowed() {
        return allowed;
    }

    @Override
    T parse(final ConfigValue value) throws RefusedValueException {
        return parse(scalar(value));
    }

    T parse(final String text) throws RefusedValueException {
        try {
            return reader.apply(text);
        } catch (final IllegalArgumentException e) {
            final String message = e.getMessage();
            throw message == null ? refused() : new RefusedValueException("must be " + allowed + "; " + message);
        }
    }

    @Override
    void check(final T value) throws RefusedValueException {
        parse(writer.apply(value));
    }

    @Override
    String render(final T value) {
        return ConfigUtil.quoteString(writer.apply(value));
    }
}
