package io.millrace.config;

import com.typesafe.config.ConfigValue;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One of a few names.
 *
 * @param <T> an enum, {@link Boolean} or {@link String}.
 */
final class ChoiceType<T> extends ValueType<T> {
    private final List<T> choices;
    private final Function<T, String> name;

    private ChoiceType(final List<T> choices, final Function<T, String> name) {
        this.choices = choices;
        this.name = name;
    }

    static <E extends Enum<E>> ChoiceType<E> of(final Class<E> type) {
        return new ChoiceType<>(List.of(type.getEnumConstants()),
                constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }

    static ChoiceType<String> of(final List<String> names) {
        return new ChoiceType<>(names, Function.identity());
    }

    static ChoiceType<Boolean> ofBoolean() {
        return new ChoiceType<>(List.of(true, false), String::valueOf);
    }

    @Override
    String allowed() {
        final String names = choices.stream().map(name).collect(Collectors.joining(", "));
        final int last = names.lastIndexOf(", ");
        return last < 0 ? names : names.substring(0, last) + " or " + names.substring(last + 2);
    }

    @Override
    T parse(final ConfigValue value) throws RefusedValueException {
        final String text = scalar(value);
        for (final T choice : choices) {
            if (name.apply(choice).equalsIgnoreCase(text) || choice instanceof final Boolean on && means(text, on)) {
                return choice;
            }
        }
        throw refused();
    }

    /** HOCON's other words for true and false. */
    private static boolean means(final String text, final boolean on) {
        return text.equalsIgnoreCase(on ? "on" : "off") || text.equalsIgnoreCase(on ? "yes" : "no");
    }

    @Override
    void check(final T value) throws RefusedValueException {
        if (!choices.contains(value)) {
            throw refused();
        }
    }

    @Override
    String render(final T value) {
        return name.apply(value);
    }
}
