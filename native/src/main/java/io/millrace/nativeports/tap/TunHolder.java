package io.millrace.nativeports.tap;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the process that has a TAP or TUN open, as far as this user may look: by {@code /proc/PID/fdinfo}. Thread: any. */
final class TunHolder {
    private static final Path PROCESSES = Path.of("/proc");
    private static final String NAMESPACE = "ns/net";
    private static final String UNKNOWN = "";

    private TunHolder() {}

    /**
     * Who has it open in the network namespace of this thread.
     *
     * @return e.g. {@code process 1234 (java)}; empty where nobody is found.
     */
    static String find(final String interfaceName) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            final Path here = Files.readSymbolicLink(PROCESSES.resolve("thread-self").resolve(NAMESPACE));
            for (final Path process : processes) {
                if (holds(process, here, "iff:\t" + interfaceName)) {
                    return "process " + process.getFileName() + " ("
                            + Files.readString(process.resolve("comm")).strip() + ')';
                }
            }
            return UNKNOWN;
        } catch (final IOException e) {
            return UNKNOWN;
        }
    }

    private static boolean holds(final Path process, final Path namespace, final String line) {
        try {
            if (!Files.readSymbolicLink(process.resolve(NAMESPACE)).equals(namespace)) {
                return false;
            }
        } catch (final IOException e) {
            return false;
        }
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fdinfo"))) {
            for (final Path descriptor : descriptors) {
                if (has(descriptor, line)) {
                    return true;
                }
            }
        } catch (final IOException e) {
            // it has ended, or is another user's
        }
        return false;
    }

    private static boolean has(final Path descriptor, final String line) {
        try {
            return Files.readString(descriptor).lines().anyMatch(line::equals);
        } catch (final IOException e) {
            return false;
        }
    }
}
