package io.millrace.fastpath.port;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A setting of one kind of port: a key of its own in the configuration, and short hand for it in the port's argument.
 * Thread: any.
 *
 * @param name          lower case with hyphens, e.g. {@code rx-descriptors}.
 * @param type          what it may be.
 * @param defaultValue  what it is where nothing sets it, as text; legal by the type.
 * @param place         where its value stands in the argument.
 * @param documentation one to four lines of at most 100 columns that end in a full stop.
 */
public record PortOption(String name, Type type, String defaultValue, Place place, String documentation) {
    /** What an option may be. */
    public sealed interface Type {
        /** A whole number between two limits. */
        record Whole(int least, int most) implements Type {}

        /** A time between two limits in seconds; in the argument of a port a number of them, with a fraction or without. */
        record Time(int leastSeconds, int mostSeconds) implements Type {}

        /** One of a few words. */
        record Choice(List<String> words) implements Type {
            public Choice {
                words = List.copyOf(words);
            }
        }

        /**
         * A text.
         *
         * @param allowed what is allowed, as it follows "must be".
         * @param pattern that a legal one matches; no text that could not stand in an argument does.
         */
        record Text(String allowed, Pattern pattern) implements Type {
            /** As a regular expression has it. */
            public Text(final String allowed, final String pattern) {
                this(allowed, Pattern.compile(pattern));
            }
        }
    }

    /** Where the value of an option stands in the argument of a port. */
    public enum Place {
        /** {@code eth0,NAME=VALUE}. */
        COMMA {
            @Override
            @Nullable
            String find(final String argument, final String name) {
                final String key = ',' + name + '=';
                final int at = argument.indexOf(key);
                if (at < 0) {
                    return null;
                }
                final int comma = argument.indexOf(',', at + key.length());
                return argument.substring(at + key.length(), comma < 0 ? argument.length() : comma);
            }

            @Override
            String add(final String argument, final String name, final String value) {
                return argument + ',' + name + '=' + value;
            }
        },

        /** {@code eth0@VALUE}, in front of what stands behind commas. */
        AT {
            @Override
            @Nullable
            String find(final String argument, final String name) {
                final int at = argument.indexOf('@');
                final int comma = comma(argument);
                return at < 0 || at > comma ? null : argument.substring(at + 1, comma);
            }

            @Override
            String add(final String argument, final String name, final String value) {
                final int comma = comma(argument);
                return argument.substring(0, comma) + '@' + value + argument.substring(comma);
            }
        },

        /** {@code --no-huge -- NAME=VALUE}: a word behind a word of two hyphens. */
        DASHES {
            @Override
            @Nullable
            String find(final String argument, final String name) {
                final List<String> words = words(argument);
                final int dashes = words.indexOf(SEPARATOR);
                return dashes < 0
                        ? null
                        : words.stream().skip(dashes + 1L).filter(word -> word.startsWith(name + '='))
                                .map(word -> word.substring(name.length() + 1)).findFirst().orElse(null);
            }

            @Override
            String add(final String argument, final String name, final String value) {
                final String start = words(argument).contains(SEPARATOR) ? argument : argument + ' ' + SEPARATOR;
                return start.strip() + ' ' + name + '=' + value;
            }
        },

        /** The words in front of two hyphens, all of them. */
        FRONT {
            @Override
            @Nullable
            String find(final String argument, final String name) {
                final List<String> words = words(argument);
                final int dashes = words.indexOf(SEPARATOR);
                final String front = String.join(" ", dashes < 0 ? words : words.subList(0, dashes));
                return front.isEmpty() ? null : front;
            }

            @Override
            String add(final String argument, final String name, final String value) {
                return (value + ' ' + argument).strip();
            }
        };

        private static final String SEPARATOR = "--";

        abstract @Nullable String find(String argument, String name);

        abstract String add(String argument, String name, String value);

        private static int comma(final String argument) {
            final int comma = argument.indexOf(',');
            return comma < 0 ? argument.length() : comma;
        }

        private static List<String> words(final String argument) {
            return argument.isBlank() ? List.of() : List.of(argument.strip().split("\\s+"));
        }
    }

    /** The value that an argument gives to this option, as it is written there; null where it does not. */
    public @Nullable String in(final String argument) {
        return place.find(argument, name);
    }

    /** An argument that has not this option, and the same with it. */
    public String addedTo(final String argument, final String value) {
        return place.add(argument, name, value);
    }
}
