package io.millrace.nativeports.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether this is Linux, and which. Thread: any. */
public final class LinuxRelease {
    private static final Path FILE = Path.of("/proc/sys/kernel/osrelease");
    private static final Pattern NUMBERS = Pattern.compile("([0-9]+)\\.([0-9]+).*", Pattern.DOTALL);

    private LinuxRelease() {}

    /** False on another system, where none of its calls may be made. */
    public static boolean isLinux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux");
    }

    /** True where it is that release or a later one, and where nobody can tell. */
    public static boolean isAtLeast(final int major, final int minor) {
        try {
            return isAtLeast(Files.readString(FILE), major, minor);
        } catch (final IOException e) {
            return true;
        }
    }

    static boolean isAtLeast(final String release, final int major, final int minor) {
        final Matcher numbers = NUMBERS.matcher(release);
        if (!numbers.matches()) {
            return true;
        }
        final int first = Integer.parseInt(numbers.group(1));
        return first > major || first == major && Integer.parseInt(numbers.group(2)) >= minor;
    }
}
