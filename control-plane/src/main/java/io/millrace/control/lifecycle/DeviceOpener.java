package io.millrace.control.lifecycle;

import io.millrace.config.ConfigException;
import io.millrace.config.ConfigKey;
import io.millrace.config.ConfigProblem;
import io.millrace.config.DeviceSpec;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.shared.KernelPorts;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.HostNetwork;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.SharedPorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Finds the device that a configuration names. {@code memory} is built in: a link with nobody at its other end. The
 * rest comes from providers. Immutable. Thread: any.
 */
public final class DeviceOpener {
    private static final String MEMORY = "memory";

    private final List<PacketDeviceProvider> providers;
    private final List<String> broken;

    DeviceOpener(final List<PacketDeviceProvider> providers, final List<String> broken) {
        this.providers = List.copyOf(providers);
        this.broken = List.copyOf(broken);
    }

    /** With every provider that {@link ServiceLoader} finds; one that does not load is told of, not fatal. */
    public static DeviceOpener discover() {
        final List<PacketDeviceProvider> providers = new ArrayList<>();
        final List<String> broken = new ArrayList<>();
        final Iterator<PacketDeviceProvider> found = ServiceLoader.load(PacketDeviceProvider.class).iterator();
        while (true) {
            try {
                if (!found.hasNext()) {
                    return new DeviceOpener(providers, broken);
                }
                providers.add(found.next());
            } catch (final ServiceConfigurationError e) {
                broken.add(e.getMessage());
            }
        }
    }

    /** The providers found. */
    public List<PacketDeviceProvider> providers() {
        return providers;
    }

    /**
     * Looks whether there is such a device at all, and whether it has such options; opens nothing.
     *
     * @throws ConfigException where no provider has the scheme, or the argument is none of its: a key with a wrong value,
     *                         not a failure.
     */
    public void check(final MillraceConfig config) {
        for (int link = 0; link < config.links(); link++) {
            check(config, link == 0 ? PortKeys.DEVICE : PortKeys.FURTHER, config.link(link).device());
        }
    }

    private void check(final MillraceConfig config, final ConfigKey<?> key, final DeviceSpec device) {
        final String problem = problem(device);
        if (problem != null) {
            throw new ConfigException(
                    List.of(new ConfigProblem(config.origin(key), key + " = " + config.text(key), problem)));
        }
    }

    /** Why there can be no such device, one clause, with the schemes that there are; null where there can. */
    public @Nullable String problem(final DeviceSpec spec) {
        if (spec.scheme().equals(MEMORY)) {
            return null;
        }
        final Optional<PacketDeviceProvider> provider = provider(spec.scheme());
        if (provider.isEmpty()) {
            return unknown(spec.scheme());
        }
        try {
            provider.get().check(spec.argument());
            return null;
        } catch (final IOException e) {
            return e.getMessage();
        }
    }

    private Optional<PacketDeviceProvider> provider(final String scheme) {
        return providers.stream().filter(provider -> provider.scheme().equals(scheme)).findFirst();
    }

    /**
     * Opens a device.
     *
     * @throws IOException saying why it cannot be opened; for an unknown scheme, which schemes there are.
     */
    public PacketDevice open(final DeviceSpec spec, final DeviceRequest request) throws IOException {
        if (spec.scheme().equals(MEMORY)) {
            return openMemory(request);
        }
        return usable(spec).open(request);
    }

    /**
     * Opens the device of a configuration.
     *
     * @param port   the configuration of one link.
     * @param rssKey of the hash that places flows on several queues.
     * @throws IOException as the other {@code open}.
     */
    public PacketDevice open(final MillraceConfig port, final RssKey rssKey) throws IOException {
        return open(port.device(), port.deviceRequest().withRssKey(rssKey));
    }

    /**
     * What the kernel has on the interface of a device whose addresses a stack is to share.
     *
     * @throws IOException one sentence: why that cannot be.
     */
    public HostNetwork hostNetwork(final DeviceSpec spec) throws IOException {
        return usable(spec).hostNetwork(spec.argument());
    }

    /**
     * Opens the ports that are a stack's of an interface whose addresses it shares, unless the kernel uses them.
     *
     * @param port  the configuration in effect; {@code rssKey} as in {@link #open(MillraceConfig, RssKey)}.
     * @param ports which they are.
     * @throws IOException one sentence: why that cannot be.
     */
    public PacketDevice openShared(final MillraceConfig port, final RssKey rssKey, final SharedPorts ports)
            throws IOException {
        final DeviceSpec spec = port.device();
        final PacketDeviceProvider provider = usable(spec);
        for (final KernelPorts.Conflict conflict : provider.atHost(spec.argument(),
                (name, here) -> KernelPorts.conflicts(ports))) {
            throw new IOException("cannot share the addresses of " + spec + ": " + conflict.what() + "; "
                    + conflict.remedy());
        }
        return provider.openShared(port.deviceRequest().withRssKey(rssKey), ports);
    }

    private PacketDeviceProvider usable(final DeviceSpec spec) throws IOException {
        if (spec.scheme().equals(MEMORY)) {
            throw new IOException("memory has no addresses of a host to share; " + PortKeys.SHARED_PORTS
                    + " needs af-packet:IF");
        }
        final PacketDeviceProvider provider = provider(spec.scheme())
                .orElseThrow(() -> new IOException(unknown(spec.scheme())));
        final String cause = provider.unavailabilityCause();
        if (cause != null) {
            throw new IOException("cannot open " + spec + ": " + cause);
        }
        return provider;
    }

    private String unknown(final String scheme) {
        return "no device of the kind \"" + scheme + "\"; there is " + describe();
    }

    /** One clause for each scheme, with the reason where it cannot be used: {@code memory; tap (not available: ...)}. */
    public String describe() {
        final StringBuilder text = new StringBuilder(MEMORY);
        for (final PacketDeviceProvider provider : providers) {
            text.append("; ").append(provider.scheme());
            final String cause = provider.unavailabilityCause();
            if (cause != null) {
                text.append(" (not available: ").append(cause).append(')');
            }
        }
        broken.forEach(message -> text.append("; a provider that does not load: ").append(message));
        return text.toString();
    }

    private static PacketDevice openMemory(final DeviceRequest request) {
        final MemoryLink link = MemoryLink.builder().mtu(request.mtu()).queues(request.queues())
                .framesPerSide(request.frames()).offloads(request.offloads()).build();
        link.side(1).close();
        return link.side(0);
    }
}
