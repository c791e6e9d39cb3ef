package io.millrace.config;

import org.jspecify.annotations.Nullable;

/** A value is not one of those allowed; the message says what is, e.g. {@code must be true or false}. */
final class RefusedValueException extends Exception {
    private static final long serialVersionUID = 1;

    /** Of the part of the value that is not allowed; null where it is the whole. */
    private final transient @Nullable Origin origin;

    RefusedValueException(final String message) {
        this(message, null);
    }

    RefusedValueException(final String message, final @Nullable Origin origin) {
        super(message, null, false, false);
        this.origin = origin;
    }

    /** Where in the file the part stands that is not allowed, where it lies within this value; else that of the value. */
    Origin within(final Origin value) {
        return origin != null && origin.name().equals(value.name()) && origin.line() > 0 ? origin : value;
    }

    @Nullable
    Origin origin() {
        return origin;
    }
}
