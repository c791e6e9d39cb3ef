package io.millrace.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The declaration of one setting: path, type with unit and range, default, documentation, what it is called in Linux.
 * All declarations stand in {@link ConfigKeys}; two keys are equal only where they are the same object. Thread: any.
 *
 * @param <T> type of the value: {@link Integer} for counts, {@link Long} for bytes, {@link java.time.Duration}, ...
 */
public final class ConfigKey<T> {
    private final String path;
    private final ValueType<T> type;
    private final T defaultValue;
    private final String documentation;
    private final @Nullable String linux;
    private final AtRunTime atRunTime;

    private ConfigKey(final String path, final ValueType<T> type, final T defaultValue, final String documentation,
            final @Nullable String linux, final AtRunTime atRunTime) {
        this.path = path;
        this.type = type;
        this.defaultValue = defaultValue;
        this.documentation = documentation.strip();
        this.linux = linux;
        this.atRunTime = atRunTime;
    }

    /**
     * A key that needs a restart.
     *
     * @param linux the sysctl or socket option of Linux that corresponds; null where there is none.
     * @throws IllegalArgumentException where the default is not a legal value.
     */
    static <T> ConfigKey<T> of(final String path, final ValueType<T> type, final T defaultValue,
            final @Nullable String linux, final String documentation) {
        try {
            type.check(defaultValue);
        } catch (final RefusedValueException e) {
            throw new IllegalArgumentException(path + ": default " + e.getMessage(), e);
        }
        return new ConfigKey<>(path, type, defaultValue, documentation, linux, AtRunTime.RESTART);
    }

    /** The same key, which what runs follows at once. */
    ConfigKey<T> changingAtOnce() {
        return new ConfigKey<>(path, type, defaultValue, documentation, linux, AtRunTime.AT_ONCE);
    }

    /** The same key, which connections follow that are opened later. */
    ConfigKey<T> changingForNewConnections() {
        return new ConfigKey<>(path, type, defaultValue, documentation, linux, AtRunTime.NEW_CONNECTIONS);
    }

    /** Full path, e.g. {@code millrace.tcp.mss}. */
    public String path() {
        return path;
    }

    /** Path of the group, e.g. {@code millrace.tcp}. */
    public String group() {
        return path.substring(0, path.lastIndexOf('.'));
    }

    /** Last part of the path, e.g. {@code mss}. */
    public String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** What the value is where nothing sets it. */
    public T defaultValue() {
        return defaultValue;
    }

    /** What the setting does, one to four lines. */
    public String documentation() {
        return documentation;
    }

    /** The lines of {@link #documentation}. */
    List<String> documentationLines() {
        return documentation.lines().toList();
    }

    /** The sysctl or socket option of Linux that corresponds; null where there is none. */
    public @Nullable String linux() {
        return linux;
    }

    /** What becomes of a change while a stack runs. */
    public AtRunTime atRunTime() {
        return atRunTime;
    }

    /** What is allowed, with units, e.g. {@code 0 or 88 to 65495 bytes}. */
    public String allowed() {
        return type.allowed();
    }

    /** A value of this key as HOCON text, e.g. {@code 40ms}. */
    public String render(final T value) {
        return type.render(value);
    }

    ValueType<T> type() {
        return type;
    }

    @Override
    public String toString() {
        return path;
    }
}
