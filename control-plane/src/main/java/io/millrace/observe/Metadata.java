package io.millrace.observe;

import io.millrace.fastpath.port.PortFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the file says about itself, a line for each fact, fields separated by tabs: {@code stack TEXT}, {@code device TEXT},
 * {@code version TEXT}, and for each counter {@code SCOPE INDEX LABEL UNIT KIND TEXT}, where the scope is
 * {@code engine}, {@code gauge} or {@code control}, and the kind {@code count}, {@code now} or {@code most}; and
 * {@code finding WEIGHT WHAT REMEDY}.
 *
 * @param stack    the stack's addresses, routes and device.
 * @param device   name of the device, e.g. {@code tap:mr0}.
 * @param version  of Millrace.
 * @param counters in the order of the file.
 * @param findings about the device, as it was opened. Immutable. Thread: any.
 */
public record Metadata(String stack, String device, String version, List<Described> counters,
        List<PortFinding> findings) {

    /** What {@link #stack} ends with where the stack has only some ports of its addresses, and the host the rest. */
    public static final String SHARED = ", beside the kernel";

    /** Where a value lies. */
    public enum Scope {
        /** A counter of each engine. */
        ENGINE,
        /** A gauge of each engine. */
        GAUGE,
        /** A counter of the control plane. */
        CONTROL
    }

    /** What a value is. */
    public enum Kind {
        /** Counts up from the start of the stack. */
        COUNT,
        /** As it is now; engines add up. */
        NOW,
        /** As it is now; of several engines the highest counts. */
        MOST
    }

    /** One value: where it lies, what it is called, what it means. */
    public record Described(Scope scope, int index, String label, String unit, Kind kind, String text) {

        private String line() {
            return String.join("\t", lower(scope), Integer.toString(index), label, unit, lower(kind), text);
        }
    }

    public Metadata {
        counters = List.copyOf(counters);
        findings = List.copyOf(findings);
    }

    /** Of a device with which nothing is wrong. */
    public Metadata(final String stack, final String device, final String version, final List<Described> counters) {
        this(stack, device, version, counters, List.of());
    }

    /** True where the stack shares its addresses with the host. */
    public boolean isShared() {
        return stack.endsWith(SHARED);
    }

    /** The lines. */
    public String render() {
        final StringBuilder lines = new StringBuilder();
        lines.append("stack\t").append(oneLine(stack)).append('\n');
        lines.append("device\t").append(oneLine(device)).append('\n');
        lines.append("version\t").append(oneLine(version)).append('\n');
        counters.forEach(counter -> lines.append(counter.line()).append('\n'));
        findings.forEach(finding -> lines.append("finding\t").append(lower(finding.weight())).append('\t')
                .append(oneLine(finding.what())).append('\t').append(oneLine(finding.remedy())).append('\n'));
        return lines.toString();
    }

    /** The opposite of {@link #render}; lines that this version does not know are left out. */
    public static Metadata parse(final String lines) {
        String stack = "";
        String device = "";
        String version = "";
        final List<Described> counters = new ArrayList<>();
        final List<PortFinding> findings = new ArrayList<>();
        for (final String line : lines.split("\n")) {
            final String[] fields = line.split("\t", -1);
            switch (fields[0]) {
                case "stack" -> stack = fields[1];
                case "device" -> device = fields[1];
                case "version" -> version = fields[1];
                case "engine", "gauge", "control" -> counters.add(described(fields));
                case "finding" -> findings.add(new PortFinding(
                        PortFinding.Weight.valueOf(fields[1].toUpperCase(Locale.ROOT)), fields[2], fields[3]));
                default -> {
                    /* of a later version */ }
            }
        }
        return new Metadata(stack, device, version, counters, findings);
    }

    private static Described described(final String[] fields) {
        return new Described(Scope.valueOf(fields[0].toUpperCase(Locale.ROOT)),
                Integer.parseInt(fields[1]), fields[2], fields[3],
                Kind.valueOf(fields[4].toUpperCase(Locale.ROOT)), fields[5]);
    }

    private static String lower(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static String oneLine(final String text) {
        return text.replace('\t', ' ').replace('\n', ' ');
    }
}
