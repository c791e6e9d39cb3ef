package io.millrace.nativeports.dpdk;

import io.millrace.nativeports.linux.LinuxRelease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * DPDK's shared libraries, by the names that carry their ABI. Once loaded they stay. Thread: any.
 */
@SuppressWarnings("restricted")
final class Libraries {
    /** The Debian packages of the libraries that every device needs. */
    static final String PACKAGES = "librte-ethdev23 librte-mempool-ring23 librte-bus-vdev23 librte-bus-pci23";

    private static final List<String> NEEDED = List.of("eal", "mempool", "mbuf", "ethdev", "mempool_ring");
    private static final Set<String> ARCHITECTURES = Set.of("amd64", "x86_64", "aarch64");
    private static final List<String> FOLDERS = List.of("/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64");
    private static final Pattern EAL_FILE = Pattern.compile(".*/librte_eal\\.so\\.([0-9]+)");

    private Libraries() {}

    /** Why DPDK cannot be used here, one sentence that says what to do; null where it can. */
    static @Nullable String unavailabilityCause() {
        if (!LinuxRelease.isLinux()) {
            return "DPDK needs Linux";
        }
        if (!ARCHITECTURES.contains(System.getProperty("os.arch"))) {
            return "the layouts of DPDK are not known for " + System.getProperty("os.arch") + ", only for "
                    + String.join(", ", ARCHITECTURES.stream().sorted().toList());
        }
        for (final String library : NEEDED) {
            if (!exists(library)) {
                return missing(library);
            }
        }
        final String release = release();
        return release.contains(' ' + Abi.RELEASE + '.')
                ? null
                : fileName("eal") + " says that it is " + release + ", and only DPDK " + Abi.RELEASE + " is known";
    }

    /** A library of which {@link #exists} is true. */
    static SymbolLookup load(final String library) {
        return SymbolLookup.libraryLookup(fileName(library), Arena.global());
    }

    /** True where a library can be loaded, e.g. {@code net_tap}. */
    static boolean exists(final String library) {
        return isLoadable(fileName(library));
    }

    /** E.g. {@code DPDK 22.11.7}. */
    private static String release() {
        final long text = NativeFunction.of(load("eal"), "rte_version").callForLong();
        return MemorySegment.ofAddress(text).reinterpret(Byte.MAX_VALUE).getString(0);
    }

    private static String missing(final String library) {
        return what(library) + ", on Debian 12: apt-get install " + PACKAGES
                + ", and the package of the device's driver, e.g. librte-net-tap" + Abi.VERSION;
    }

    private static String what(final String library) {
        final String other = library.equals("eal") ? otherAbi() : null;
        if (other == null) {
            return fileName(library) + " is missing; install DPDK " + Abi.RELEASE;
        }
        return other.equals(String.valueOf(Abi.VERSION))
                ? fileName(library) + " cannot be loaded; install DPDK " + Abi.RELEASE + " again"
                : "the DPDK that is installed has ABI " + other + ", and only ABI " + Abi.VERSION
                        + " is known; install DPDK " + Abi.RELEASE;
    }

    /** The ABI of a DPDK that lies where libraries usually do; null where there is none. */
    private static @Nullable String otherAbi() {
        for (final String folder : FOLDERS) {
            try (Stream<Path> files = Files.find(Path.of(folder), 2,
                    (path, attributes) -> EAL_FILE.matcher(path.toString()).matches())) {
                final Matcher found = files.map(path -> EAL_FILE.matcher(path.toString())).filter(Matcher::matches)
                        .findFirst().orElse(null);
                if (found != null) {
                    return found.group(1);
                }
            } catch (final IOException | UncheckedIOException e) {
                // A folder that is missing or closed has none for us.
            }
        }
        return null;
    }

    /**
     * Loads it for good: the libraries hang themselves into lists of one another when they are loaded, and unloading one
     * leaves the lists with addresses of nothing.
     */
    private static boolean isLoadable(final String fileName) {
        try {
            SymbolLookup.libraryLookup(fileName, Arena.global());
            return true;
        } catch (final IllegalArgumentException e) {
            return false;
        }
    }

    private static String fileName(final String library) {
        return "librte_" + library + ".so." + Abi.VERSION;
    }

    /** The calling thread's {@code rte_errno}, a positive error number. */
    static int errno() {
        // A variable of each thread: looking it up gives the caller's.
        return load("eal").findOrThrow("per_lcore__rte_errno").reinterpret(Integer.BYTES).get(ValueLayout.JAVA_INT, 0);
    }
}
