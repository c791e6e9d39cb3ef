package io.millrace.control.lifecycle;

import io.millrace.config.ConfigException;
import io.millrace.config.ConfigKey;
import io.millrace.config.ConfigProblem;
import io.millrace.config.DeviceSpec;
import io.millrace.config.DhcpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.lifecycle.PortChooser.Wishes;
import io.millrace.control.shared.KernelPorts;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.HostNetwork;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortOption;
import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.SharedPorts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the device that a configuration names. {@code memory} is built in: a link with nobody at its other end,
 * and {@code auto}, which chooses. The rest comes from providers. Immutable. Thread: any.
 */
public final class DeviceOpener {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceOpener.class);
    private static final String MEMORY = "memory";
    /** The setting of kinds that let in what is for one address. */
    private static final String FILTER = "filter";
    private static final String NO_FILTER = "none";

    private final List<PacketDeviceProvider> providers;
    private final List<String> broken;
    private final Consumer<PortChoice> choices;

    DeviceOpener(final List<PacketDeviceProvider> providers, final List<String> broken) {
        this(providers, broken, DeviceOpener::log);
    }

    private DeviceOpener(final List<PacketDeviceProvider> providers, final List<String> broken,
            final Consumer<PortChoice> choices) {
        this.providers = List.copyOf(providers);
        this.broken = List.copyOf(broken);
        this.choices = choices;
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

    /** With these providers. */
    public static DeviceOpener of(final List<PacketDeviceProvider> providers) {
        return new DeviceOpener(providers, List.of());
    }

    /** The same, that tells others than the log what {@code auto} has taken; where they throw it is closed again. */
    public DeviceOpener telling(final Consumer<PortChoice> listener) {
        return new DeviceOpener(providers, broken, listener);
    }

    private static void log(final PortChoice choice) {
        if (choice.isMemory()) {
            LOG.warn("{}", choice.sentence());
        } else {
            LOG.info("{}", choice.sentence());
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
        if (spec.scheme().equals(PortChooser.SCHEME)) {
            return PortChooser.problem(spec.argument());
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
        if (spec.scheme().equals(PortChooser.SCHEME)) {
            return openBest(spec, new Wishes(device -> request.withArgument(device.argument()), false, Set.of()));
        }
        return usable(spec).open(request);
    }

    /**
     * Opens a device that brings every frame, whatever address it is for, where its kind can be told so.
     *
     * @throws IOException as {@code open}.
     */
    public PacketDevice openForAll(final DeviceSpec spec, final DeviceRequest request) throws IOException {
        return spec.scheme().equals(PortChooser.SCHEME)
                ? openBest(spec, new Wishes(device -> request.withArgument(forAll(device)), true, Set.of()))
                : open(spec, request.withArgument(forAll(spec)));
    }

    private String forAll(final DeviceSpec device) {
        String argument = device.argument();
        for (final PortOption option : provider(device.scheme()).map(PacketDeviceProvider::options).orElse(List.of())) {
            if (option.name().equals(FILTER) && option.in(argument) == null) {
                argument = option.addedTo(argument, NO_FILTER);
            }
        }
        return argument;
    }

    /**
     * Opens the device of a configuration; of {@code auto} it is told what was chosen, where nobody else listens in the log.
     *
     * @param link   which of its ports.
     * @param rssKey of the hash that places flows on several queues.
     * @throws IOException as the other {@code open}.
     */
    public PacketDevice open(final MillraceConfig config, final int link, final RssKey rssKey) throws IOException {
        final Wishes wishes = wishes(config, link, rssKey);
        final DeviceSpec device = config.link(link).device();
        return device.scheme().equals(PortChooser.SCHEME)
                ? openBest(device, wishes)
                : open(device, wishes.requests().apply(device));
    }

    /** What {@code auto} would choose; null where another device is configured. Opens nothing. */
    public @Nullable PortChoice choice(final MillraceConfig config, final int link) {
        final DeviceSpec device = config.link(link).device();
        if (!device.scheme().equals(PortChooser.SCHEME)) {
            return null;
        }
        final Wishes wishes = wishes(config, link, RssKey.EXAMPLE);
        for (int before = 0; before < link; before++) {
            final PortChoice other = choice(config, before);
            if (other != null && other.picked() != null) {
                wishes.taken().add(interfaceOf(other.picked()));
            }
        }
        return chooser(wishes).choose(device, candidate -> {});
    }

    private PortChooser chooser(final Wishes wishes) {
        return new PortChooser(providers, HostPorts.ofThread(), wishes);
    }

    private PacketDevice openBest(final DeviceSpec asked, final Wishes wishes) throws IOException {
        final List<PacketDevice> opened = new ArrayList<>();
        final PortChoice choice = chooser(wishes).choose(asked,
                device -> opened.add(open(device, wishes.requests().apply(device))));
        if (choice.picked() == null) {
            throw new IOException("no port can be opened: " + choice.sentence());
        }
        boolean done = false;
        try {
            choices.accept(choice);
            done = true;
            return opened.getFirst();
        } finally {
            if (!done) {
                opened.getFirst().close();
            }
        }
    }

    private static String interfaceOf(final DeviceSpec device) {
        return device.argument().split("[@,]", 2)[0];
    }

    private static Wishes wishes(final MillraceConfig config, final int link, final RssKey rssKey) {
        final MillraceConfig port = config.link(link);
        final Set<String> taken = new HashSet<>();
        for (int other = 0; other < config.links(); other++) {
            if (other != link) {
                taken.add(interfaceOf(config.link(other).device()));
            }
        }
        return new Wishes(device -> port.deviceRequest(device).withRssKey(rssKey),
                port.get(DhcpKeys.DHCP) || port.get(PortKeys.VLAN) != 0, taken);
    }

    /**
     * What the kernel has on the interface of a device whose addresses a stack is to share.
     *
     * @throws IOException one sentence: why that cannot be.
     */
    public HostNetwork hostNetwork(final DeviceSpec spec) throws IOException {
        if (spec.scheme().equals(MEMORY) || spec.scheme().equals(PortChooser.SCHEME)) {
            throw new IOException(PortKeys.SHARED_PORTS + " needs the interface whose addresses are shared, as "
                    + PortKeys.DEVICE + " = \"af-packet:IF\", which \"" + spec + "\" does not name");
        }
        return usable(spec).hostNetwork(spec.argument());
    }

    /**
     * Opens the ports that are a stack's of an interface whose addresses it shares, unless the kernel uses them.
     *
     * @param port  the configuration in effect; {@code rssKey} as in {@link #open(MillraceConfig, int, RssKey)}.
     * @param ports which they are.
     * @throws IOException one sentence: why that cannot be.
     */
    public PacketDevice openShared(final MillraceConfig port, final RssKey rssKey, final SharedPorts ports)
            throws IOException {
        final DeviceSpec spec = port.device();
        for (final PortFinding conflict : conflicts(spec, ports)) {
            throw new IOException("cannot share the addresses of " + spec + ": " + conflict.what() + "; "
                    + conflict.remedy());
        }
        return usable(spec).openShared(port.deviceRequest().withRssKey(rssKey), ports);
    }

    /**
     * What stands against {@link #openShared}; opens nothing.
     *
     * @throws IOException one sentence: why that cannot be looked at.
     */
    public List<PortFinding> examineShared(final MillraceConfig port, final SharedPorts ports) throws IOException {
        final List<PortFinding> findings = new ArrayList<>(conflicts(port.device(), ports));
        findings.addAll(usable(port.device()).examineShared(port.deviceRequest(), ports));
        return findings;
    }

    private List<PortFinding> conflicts(final DeviceSpec spec, final SharedPorts ports) throws IOException {
        return usable(spec).atHost(spec.argument(), (name, here) -> KernelPorts.conflicts(ports));
    }

    private PacketDeviceProvider usable(final DeviceSpec spec) throws IOException {
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
        final StringBuilder text = new StringBuilder(MEMORY).append("; ").append(PortChooser.SCHEME);
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
