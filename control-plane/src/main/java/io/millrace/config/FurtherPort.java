package io.millrace.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One more port of the stack beside {@code millrace.port}. Immutable. Thread: any.
 *
 * @param settings keys of {@code millrace.port}, {@code millrace.ip} and {@code millrace.ipv6}, and their values for this
 *                 port; {@link PortKeys#DEVICE} is among them.
 */
public record FurtherPort(Map<ConfigKey<?>, Object> settings) {
    public FurtherPort {
        settings = new LinkedHashMap<>(settings);
    }

    /** A copy. */
    @Override
    public Map<ConfigKey<?>, Object> settings() {
        return new LinkedHashMap<>(settings);
    }

    /** Its packet device. */
    public DeviceSpec device() {
        return get(PortKeys.DEVICE, PortKeys.DEVICE.defaultValue());
    }

    /** The stack's addresses there; empty where none is set. */
    public List<Cidr> addresses() {
        return get(IpKeys.ADDRESSES, List.of());
    }

    /** The same port without its addresses. */
    public FurtherPort withoutAddresses() {
        final Map<ConfigKey<?>, Object> rest = settings();
        rest.remove(IpKeys.ADDRESSES);
        return new FurtherPort(rest);
    }

    @SuppressWarnings("unchecked")
    private <T> T get(final ConfigKey<T> key, final T otherwise) {
        return (T) settings.getOrDefault(key, otherwise);
    }
}
