package io.millrace.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A list; where only a string can be given (a system property, an option) its items are separated by commas, or it is a
 * whole list in brackets.
 *
 * @param <T> type of one item.
 */
final class ListType<T> extends ValueType<List<T>> {
    private final ValueType<T> type;
    private final int max;

    ListType(final ValueType<T> type, final int max) {
        this.type = type;
        this.max = max;
    }

    @Override
    String allowed() {
        return "a list of at most " + max + " items, each " + type.allowed();
    }

    @Override
    List<T> parse(final ConfigValue value) throws RefusedValueException {
        final List<T> items = new ArrayList<>();
        if (value instanceof final ConfigList list) {
            for (final ConfigValue item : list) {
                items.add(item(item));
            }
        } else if (scalar(value).startsWith("[")) {
            return parse(ofText(value));
        } else {
            for (final String item : scalar(value).split(",", -1)) {
                if (!item.isBlank()) {
                    items.add(item(ConfigValueFactory.fromAnyRef(item.strip())));
                }
            }
        }
        return List.copyOf(items);
    }

    /** A whole list as text: the only way for items that have commas themselves. */
    private ConfigList ofText(final ConfigValue value) throws RefusedValueException {
        try {
            return ConfigFactory.parseString("list = " + scalar(value)).getList("list");
        } catch (final ConfigException e) {
            throw refused();
        }
    }

    private T item(final ConfigValue item) throws RefusedValueException {
        try {
            return type.read(item);
        } catch (final RefusedValueException e) {
            throw new RefusedValueException(
                    "item " + item.render(ConfigRenderOptions.concise()) + ' ' + e.getMessage(), e.origin());
        }
    }

    @Override
    void check(final List<T> value) throws RefusedValueException {
        if (value.size() > max) {
            throw refused();
        }
        for (final T item : value) {
            type.check(item);
        }
    }

    @Override
    String render(final List<T> value) {
        return value.stream().map(type::render).collect(Collectors.joining(", ", "[", "]"));
    }
}
