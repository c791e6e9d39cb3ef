package io.millrace.control.lifecycle;

import io.millrace.config.DeviceSpec;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How {@code auto} chooses: what can be opened is tried in the order of merit. For an interface that is none yet, or is a
 * TAP: that; for another the one of AF_XDP and AF_PACKET that is the faster on its kind. Without a name: a NIC that was
 * given to DPDK, then a TAP, and what needs nothing last. Thread: one.
 */
final class PortChooser {
    static final String SCHEME = "auto";

    private static final String MEMORY = "memory";
    private static final String DPDK = "dpdk";
    private static final String TAP = "tap";
    private static final String TUN = "tun";
    private static final String XDP = "af-xdp";
    private static final String PACKET = "af-packet";
    private static final String FREE_NAME = "mr";

    private final List<PacketDeviceProvider> providers;
    private final HostPorts host;
    private final Wishes wishes;
    private final List<Candidate> candidates = new ArrayList<>();

    /**
     * What the stack wants of its port.
     *
     * @param requests  what to ask for a device, with the settings of its kind.
     * @param linkLayer Ethernet, for DHCP or a VLAN.
     * @param taken     interfaces of other ports of the stack.
     */
    record Wishes(Function<DeviceSpec, DeviceRequest> requests, boolean linkLayer, Set<String> taken) {
        DeviceRequest request(final String scheme, final String argument) {
            return requests.apply(new DeviceSpec(scheme, argument));
        }
    }

    /** What might be opened, or why it is not even tried; just one of both is null. */
    private record Candidate(String scheme, @Nullable DeviceSpec device, @Nullable String objection) {}

    /** Opens, or does as if. */
    @FunctionalInterface
    interface Attempt {
        /** @throws IOException why it cannot be opened. */
        void open(DeviceSpec device) throws IOException;
    }

    PortChooser(final List<PacketDeviceProvider> providers, final HostPorts host, final Wishes wishes) {
        this.providers = providers;
        this.host = host;
        this.wishes = wishes;
    }

    /** What is wrong with an argument of {@code auto}; null where nothing is. */
    static @Nullable String problem(final String argument) {
        return argument.matches("[^\\s/:%,@]{0,15}(@[^,\\s]+)?") && !argument.startsWith("@")
                ? null
                : "auto takes the name of an interface, auto:IF or auto:IF@NAMESPACE, or none; settings of each kind of"
                        + " port stand in its group of millrace.port";
    }

    /** @param attempt made of one after the other until one succeeds; only where nothing is known to stand against it. */
    PortChoice choose(final DeviceSpec asked, final Attempt attempt) {
        candidates.clear();
        if (asked.argument().isEmpty()) {
            withoutName();
        } else {
            ofInterface(asked.argument());
        }
        DeviceSpec picked = null;
        final List<PortChoice.Other> others = new ArrayList<>();
        for (final Candidate candidate : candidates) {
            final DeviceSpec device = candidate.device();
            final String reason = device == null || picked != null
                    ? reason(candidate, picked)
                    : reason(device, attempt);
            if (reason == null) {
                picked = device;
            } else {
                others.add(new PortChoice.Other(candidate.scheme(), reason));
            }
        }
        return new PortChoice(asked, picked, others);
    }

    private static String reason(final Candidate candidate, final @Nullable DeviceSpec picked) {
        return candidate.objection() == null ? picked + " comes first" : candidate.objection();
    }

    private @Nullable String reason(final DeviceSpec device, final Attempt attempt) {
        try {
            final String known = device.scheme().equals(MEMORY) ? null : knownReason(device);
            if (known == null) {
                attempt.open(device);
            }
            return known;
        } catch (final IOException e) {
            return e.getMessage();
        }
    }

    private @Nullable String knownReason(final DeviceSpec device) throws IOException {
        final PacketDeviceProvider provider = provider(device.scheme());
        final String cause = provider == null ? "there is no such port here" : provider.unavailabilityCause();
        if (cause != null || provider == null) {
            return cause;
        }
        return provider.examine(wishes.requests().apply(device)).stream()
                .filter(finding -> finding.weight() == Weight.FATAL).map(PortFinding::what).findFirst().orElse(null);
    }

    private @Nullable PacketDeviceProvider provider(final String scheme) {
        return providers.stream().filter(found -> found.scheme().equals(scheme)).findFirst().orElse(null);
    }

    private void ofInterface(final String argument) {
        final String name = argument.split("@", 2)[0];
        final boolean taken = wishes.taken().contains(name);
        // AF_XDP bypasses the kernel where a driver helps it to; else AF_PACKET has the larger segments.
        final boolean hardware = host.isHardware(name);
        for (final String scheme : List.of(TAP, TUN, hardware ? XDP : PACKET, hardware ? PACKET : XDP)) {
            if (taken) {
                refuse(scheme, name + " is another port's of this stack");
            } else {
                offer(scheme, argument);
            }
        }
        refuse(DPDK, "it takes NICs that are no interfaces of the kernel any more, and auto alone looks for them");
        chosenByName();
        refuse(MEMORY, "nobody would be at its other end");
    }

    private void withoutName() {
        offerDpdk();
        final String free = freeName();
        host.ownTaps().stream().filter(name -> !wishes.taken().contains(name))
                .forEach(name -> offer(TAP, name));
        offer(TAP, free);
        offer(TUN, free);
        refuse(XDP, "which interface it shall have is said by auto:IF");
        refuse(PACKET, "which interface it shall have is said by auto:IF");
        chosenByName();
        candidates.add(new Candidate(MEMORY, new DeviceSpec(MEMORY, ""), null));
    }

    private void offerDpdk() {
        final String configured = wishes.request(DPDK, "").argument();
        if (!configured.isEmpty() && !configured.startsWith("-- ")) {
            offer(DPDK, "");
            return;
        }
        final Set<String> nics = host.dpdkNics();
        if (nics.isEmpty()) {
            refuse(DPDK, "no NIC is bound to vfio-pci");
        }
        nics.forEach(nic -> offer(DPDK, "--allow=" + nic));
    }

    /** As the first TAP is to be called that nobody has: where the TAP's settings say. */
    private String freeName() {
        final PacketDeviceProvider provider = provider(TAP);
        Set<String> there = Set.of();
        try {
            if (provider != null) {
                there = provider.atHost(wishes.request(TAP, FREE_NAME).argument(),
                        (name, here) -> host.interfaces());
            }
        } catch (final IOException e) {
            // whatever the name, opening says why it cannot be
        }
        int number = 0;
        while (there.contains(FREE_NAME + number) || wishes.taken().contains(FREE_NAME + number)) {
            number++;
        }
        return FREE_NAME + number;
    }

    private void offer(final String scheme, final String argument) {
        if (provider(scheme) == null) {
            return;
        }
        if (scheme.equals(TUN) && wishes.linkLayer()) {
            refuse(scheme, "it has no Ethernet, which DHCP and VLANs need");
        } else {
            candidates.add(new Candidate(scheme, new DeviceSpec(scheme, argument), null));
        }
    }

    private void refuse(final String scheme, final String objection) {
        if (scheme.equals(MEMORY) || provider(scheme) != null) {
            candidates.add(new Candidate(scheme, null, objection));
        }
    }

    /** Files, and kinds that others have made. */
    private void chosenByName() {
        final Set<String> known = Set.of(DPDK, TAP, TUN, XDP, PACKET);
        providers.stream().map(PacketDeviceProvider::scheme).filter(scheme -> !known.contains(scheme))
                .forEach(scheme -> refuse(scheme, "it is opened where it is named, never by auto"));
    }
}
