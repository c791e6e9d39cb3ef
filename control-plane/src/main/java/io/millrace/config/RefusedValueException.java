package io.millrace.config;

/** A value is not one of those allowed; the message says what is, e.g. {@code must be true or false}. */
final class RefusedValueException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedValueException(final String message) {
        super(message, null, false, false);
    }
}
