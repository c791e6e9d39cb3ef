package io.millrace.control.lifecycle;

import io.millrace.config.DeviceSpec;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code auto} has come to. Immutable. Thread: any.
 *
 * @param asked  e.g. {@code auto:eth0}.
 * @param picked the device, without the settings that have keys of their own; null where there is none.
 * @param others each kind of device that was not picked, and why, in the order in which they were looked at.
 */
public record PortChoice(DeviceSpec asked, @Nullable DeviceSpec picked, List<Other> others) {
    private static final String LINE = "  %-10s %-11s  %s";

    public PortChoice {
        others = List.copyOf(others);
    }

    /**
     * What was not picked.
     *
     * @param name   of a kind, or a device of it.
     * @param reason one clause.
     */
    public record Other(String name, String reason) {}

    /** True where nobody but the stack itself will be there. */
    public boolean isMemory() {
        return picked != null && picked.scheme().equals("memory");
    }

    /** In one line: {@code auto takes tap:mr0; not dpdk: no NIC is bound to vfio-pci; not ...}. */
    public String sentence() {
        return asked + " takes " + (picked == null ? "nothing" : picked)
                + (isMemory() ? ", where nobody is but the stack itself" : "") + others.stream()
                        .map(other -> "; not " + other.name() + ": " + other.reason()).collect(Collectors.joining());
    }

    /** A line for each kind, what was picked first. */
    public String listing() {
        final String first = picked == null ? "" : LINE.formatted(picked.scheme(), "picked", picked) + '\n';
        return first + others.stream().map(other -> LINE.formatted(other.name(), "not picked", other.reason()))
                .collect(Collectors.joining("\n"));
    }
}
