package io.millrace;

import io.millrace.config.ConfigChange;
import io.millrace.config.ConfigKey;
import io.millrace.config.ConfigProblem;
import io.millrace.config.EphemeralPortKeys;
import io.millrace.config.FurtherPort;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.address.RouteTable;
import io.millrace.fastpath.wire.AddressTest;
import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A running stack takes another configuration over: everything is looked at, and made, before anything is told. Thread:
 * one at a time.
 */
final class Reload {
    private static final int NAMED = 8;

    private final StackParts parts;
    private final MillraceConfig before;
    private final MillraceConfig next;
    private final List<ConfigChange> changes;
    private final List<ConfigProblem> refused = new ArrayList<>();

    private Reload(final StackParts parts, final MillraceConfig before, final MillraceConfig next) {
        this.parts = parts;
        this.before = before;
        this.next = next;
        changes = ConfigChange.between(before, next);
    }

    static ReloadReport run(final StackParts parts, final MillraceConfig before, final MillraceConfig next) {
        return new Reload(parts, before, next).run();
    }

    private ReloadReport run() {
        changes.stream().filter(ConfigChange::needsRestart).map(ConfigChange::refused).forEach(refused::add);
        refuseOtherDevices();
        refuseOtherSharedAddresses();
        refuseTooFewPorts();
        final StackSettings settings = settings();
        if (settings != null && !changes.isEmpty()) {
            final StackSettings was = StackSettings.of(before);
            refuseAddressesInUse(was, settings);
            if (refused.isEmpty()) {
                parts.apply(was, settings);
            }
        }
        return new ReloadReport(changes, refused);
    }

    private @Nullable StackSettings settings() {
        try {
            return StackSettings.of(next);
        } catch (final IllegalArgumentException e) {
            refused.add(new ConfigProblem(next.origin(IpKeys.ADDRESSES), "", e.getMessage()));
            return null;
        }
    }

    private void refuseTooFewPorts() {
        final int count = next.get(EphemeralPortKeys.HIGH) - next.get(EphemeralPortKeys.LOW) + 1;
        if (count < parts.engines.length) {
            refuse(EphemeralPortKeys.LOW, "leaves " + count + " ports to " + parts.engines.length
                    + " engines, each of which needs one of its own");
        }
    }

    /** Which addresses the kernel leaves to the stack was settled when the device was opened. */
    private void refuseOtherSharedAddresses() {
        if (before.isShared() && !before.get(IpKeys.ADDRESSES).equals(next.get(IpKeys.ADDRESSES))) {
            refuse(IpKeys.ADDRESSES, "cannot change without a restart where the stack shares those of the host, as it"
                    + " runs with " + before.text(IpKeys.ADDRESSES));
        }
    }

    /** Of further ports only the addresses change. */
    private void refuseOtherDevices() {
        if (!devices(before).equals(devices(next))) {
            changes.stream().filter(change -> change.key() == PortKeys.FURTHER).forEach(change -> refused.add(change
                    .refused("differs in more than addresses from " + change.from()
                            + ", as which it runs: ports neither come nor go without a restart")));
        }
    }

    private static List<FurtherPort> devices(final MillraceConfig config) {
        return config.get(PortKeys.FURTHER).stream().map(FurtherPort::withoutAddresses).toList();
    }

    private void refuseAddressesInUse(final StackSettings was, final StackSettings settings) {
        try {
            refuseAddressesInUse(parts.routes.preview(now -> parts.reconfigured(now, was, settings)));
        } catch (final IllegalArgumentException e) {
            refuse(blamed(), e.getMessage());
        }
    }

    /** Which key it was that changed addresses. */
    private ConfigKey<?> blamed() {
        return changes.stream().anyMatch(change -> change.key() == IpKeys.ADDRESSES)
                || changes.stream().noneMatch(change -> change.key() == PortKeys.FURTHER)
                        ? IpKeys.ADDRESSES
                        : PortKeys.FURTHER;
    }

    /** Who has an address would be cut off from its peer: refused, not reset. */
    private void refuseAddressesInUse(final RouteTable then) {
        final RouteTable now = parts.routes.current();
        if (now.addresses().equals(then.addresses()) && now.ownPrefixes().equals(then.ownPrefixes())) {
            return;
        }
        final TreeSet<String> lost = new TreeSet<>();
        final AddressTest isLost = (hi, lo) -> {
            if (now.isOwn(hi, lo) && !then.isOwn(hi, lo) && lost.size() < NAMED) {
                lost.add(IpAddress.toString(hi, lo));
            }
            return lost.size() == NAMED;
        };
        parts.isInUse(isLost);
        if (!lost.isEmpty()) {
            refuse(blamed(), "takes away what listeners, datagram endpoints or connections use: "
                    + String.join(", ", lost));
        }
    }

    private void refuse(final ConfigKey<?> key, final String reason) {
        refused.add(new ConfigProblem(next.origin(key), key + " = " + next.text(key), reason));
    }
}
