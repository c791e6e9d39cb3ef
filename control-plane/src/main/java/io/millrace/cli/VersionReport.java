package io.millrace.cli;

import io.millrace.fastpath.port.PacketDeviceProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import picocli.CommandLine.IVersionProvider;

/** What {@code millrace --version} prints: version, commit, JDK, the packet ports and why some cannot be used. */
final class VersionReport implements IVersionProvider {
    private static final String RESOURCE = "version.properties";
    private static final String UNKNOWN = "unknown";

    @Override
    public String[] getVersion() {
        final List<String> lines = new ArrayList<>();
        lines.add("millrace " + describe(load()));
        lines.add("JDK " + Runtime.version() + " (" + System.getProperty("java.vendor") + "), "
                + System.getProperty("java.home"));
        lines.add(System.getProperty("os.name") + ' ' + System.getProperty("os.version") + ' '
                + System.getProperty("os.arch"));
        lines.add("Packet ports:");
        lines.addAll(PortList.lines(ServiceLoader.load(PacketDeviceProvider.class)));
        return lines.stream().map(VersionReport::escape).toArray(String[]::new);
    }

    /** Version and commit; a plus sign follows the commit where files were changed since. */
    static String describe(final Properties build) {
        final String commit = build.getProperty("commit", "");
        // A build that could not ask git leaves the property empty or its placeholder unfilled.
        final boolean known = !commit.isEmpty() && !commit.startsWith("$");
        return build.getProperty("version", UNKNOWN) + " (commit " + (known ? commit : UNKNOWN) + ")";
    }

    private static Properties load() {
        final Properties properties = new Properties();
        try (InputStream in = VersionReport.class.getResourceAsStream(RESOURCE)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties;
    }

    /** The lines are formats to picocli, and {@code @} begins its markup. */
    private static String escape(final String line) {
        return line.replace("%", "%%").replace("@|", "@ |");
    }
}
