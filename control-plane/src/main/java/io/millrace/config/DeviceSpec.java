package io.millrace.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which packet device to open. Thread: any.
 *
 * @param scheme   kind of device, e.g. {@code tap}: names the
 *                 {@link io.millrace.fastpath.port.PacketDeviceProvider provider}.
 * @param argument what the provider is told, e.g. {@code mr0}; may be empty.
 */
public record DeviceSpec(String scheme, String argument) {
    private static final Pattern TEXT = Pattern.compile("([a-z][a-z0-9-]*)(?::(.*))?");

    /**
     * Reads {@code SCHEME} or {@code SCHEME:ARGUMENT}.
     *
     * @throws IllegalArgumentException where the text is none.
     */
    public static DeviceSpec parse(final String text) {
        final Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException();
        }
        final String argument = matcher.group(2);
        return new DeviceSpec(matcher.group(1), argument == null ? "" : argument);
    }

    @Override
    public String toString() {
        return argument.isEmpty() ? scheme : scheme + ':' + argument;
    }
}
