package io.millrace.cli;

import io.millrace.fastpath.port.PacketDeviceProvider;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.SortedMap;
import java.util.TreeMap;

/** Lists the kinds of packet port, and why some cannot be used on this machine. */
final class PortList {
    private static final String FORMAT = "  %-10s %-13s  %s";
    private static final String AVAILABLE = "available";
    private static final String NOT_AVAILABLE = "not available";

    private PortList() {}

    /** One line a kind, sorted. A provider that is broken takes a line and hides no other. */
    static List<String> lines(final Iterable<PacketDeviceProvider> providers) {
        final SortedMap<String, String> lines = new TreeMap<>();
        lines.put("memory", FORMAT.formatted("memory", AVAILABLE, "memory  within the JVM, for tests and simulation"));
        lines.put("auto", FORMAT.formatted("auto", AVAILABLE,
                "auto[:IF]  the best of these, for an interface or without one; `millrace doctor --port auto` says which"));
        final Iterator<PacketDeviceProvider> iterator = providers.iterator();
        for (int i = 0; hasNext(iterator, lines); i++) {
            try {
                final PacketDeviceProvider provider = iterator.next();
                lines.put(provider.scheme(), line(provider));
            } catch (final ServiceConfigurationError e) {
                lines.put("?" + i, FORMAT.formatted("?", NOT_AVAILABLE, e.getMessage()));
            }
        }
        return List.copyOf(lines.values());
    }

    private static boolean hasNext(final Iterator<PacketDeviceProvider> iterator,
            final SortedMap<String, String> lines) {
        try {
            return iterator.hasNext();
        } catch (final ServiceConfigurationError e) {
            lines.put("?", FORMAT.formatted("?", NOT_AVAILABLE, e.getMessage()));
            return false;
        }
    }

    private static String line(final PacketDeviceProvider provider) {
        final String cause = provider.unavailabilityCause();
        return cause == null
                ? FORMAT.formatted(provider.scheme(), AVAILABLE, provider.usage())
                : FORMAT.formatted(provider.scheme(), NOT_AVAILABLE, cause);
    }
}
