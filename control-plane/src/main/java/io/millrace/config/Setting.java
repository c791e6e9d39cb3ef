package io.millrace.config;

/**
 * A value and where it comes from.
 *
 * @param <T> type of the key's value.
 */
record Setting<T>(T value, Origin origin) {}
