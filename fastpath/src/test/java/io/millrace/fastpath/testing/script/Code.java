package io.millrace.fastpath.testing.script;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The statements of a block of code. Numbers are doubles, as exact as any counter of a script needs. */
record Code(List<Statement> statements) {
    /** Reads the value of a name; null where it is not known. */
    interface Names {
        @Nullable
        Double value(String name);
    }

    /** A part of an expression. */
    interface Node {
        double value(Names names);
    }

    /**
     * One statement.
     *
     * @param condition what is asserted; null for {@code print} and {@code pass}.
     */
    record Statement(int line, String text, @Nullable Node condition) {
        /**
         * What is wrong, with the values that led to it; null where the assertion holds.
         */
        @Nullable
        String problem(final Names names) {
            if (condition == null) {
                return null;
            }
            final Map<String, String> read = new TreeMap<>();
            final Names recording = name -> {
                final Double value = names.value(name);
                if (value == null) {
                    throw new UnknownName(name);
                }
                read.put(name, shown(value));
                return value;
            };
            try {
                return condition.value(recording) != 0 ? null : "\"" + text + "\" does not hold: " + read;
            } catch (final UnknownName e) {
                return "\"" + text + "\": " + e.getMessage() + " is not known";
            }
        }

        private static String shown(final double value) {
            return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        }
    }

    /** A name that has no value. */
    private static final class UnknownName extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownName(final String name) {
            super(name);
        }
    }
}
