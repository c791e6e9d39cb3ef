package io.millrace.fastpath.testing.script;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An argument or a result of a system call, as written. */
sealed interface Expression {
    /** {@code ...}: whatever. */
    record Any() implements Expression {
        @Override
        public String toString() {
            return "...";
        }
    }

    /** A number. */
    record Number(long value) implements Expression {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /** A constant, e.g. {@code SOCK_STREAM}, or several of them with {@code |} between. */
    record Name(List<String> parts) implements Expression {
        @Override
        public String toString() {
            return String.join("|", parts);
        }
    }

    /** A string. */
    record Text(String value) implements Expression {
        @Override
        public String toString() {
            return "\"" + value + "\"";
        }
    }

    /** {@code [a, b]}. */
    record Array(List<Expression> elements) implements Expression {
        @Override
        public String toString() {
            return elements.stream().map(Object::toString).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** {@code name(a, b)}, e.g. {@code htons(8080)}. */
    record Function(String name, List<Expression> arguments) implements Expression {
        @Override
        public String toString() {
            return arguments.stream().map(Object::toString).collect(Collectors.joining(", ", name + "(", ")"));
        }
    }

    /** A member of a structure. @param name empty where only the value is written. */
    record Field(String name, Expression value) {
        @Override
        public String toString() {
            return name.isEmpty() ? value.toString() : name + "=" + value;
        }
    }

    /** {@code {name=value, ...}}. */
    record Structure(List<Field> fields) implements Expression {
        /** The value of a member; null where it is not written. */
        @Nullable
        Expression get(final String name) {
            return fields.stream().filter(field -> field.name.equals(name)).map(Field::value).findFirst().orElse(null);
        }

        @Override
        public String toString() {
            return fields.stream().map(Object::toString).collect(Collectors.joining(", ", "{", "}"));
        }
    }
}
