package io.millrace.control.lifecycle;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What this host has that a port could be opened on, from files of Linux; empty where there are none. Thread: any. */
final class HostPorts {
    private static final int HEADER_LINES = 2;
    /** PCI class of network controllers. */
    private static final String NETWORK_CLASS = "0x02";
    private static final List<String> DPDK_DRIVERS = List.of("vfio-pci", "uio_pci_generic", "igb_uio");
    /** The lowest digit of a TAP's flags, which are hexadecimal: IFF_TAP alone of IFF_TUN and IFF_TAP. */
    private static final String TAP_FLAG = "2";
    private static final String USER = "Uid:";

    private final Path thread;
    private final Path sys;

    /**
     * @param thread of {@code /proc}: its network namespace counts.
     * @param sys    where the system's devices are.
     */
    HostPorts(final Path thread, final Path sys) {
        this.thread = thread;
        this.sys = sys;
    }

    static HostPorts ofThread() {
        return new HostPorts(Path.of("/proc/thread-self"), Path.of("/sys"));
    }

    /** Interfaces of the kernel, by name. */
    Set<String> interfaces() {
        try {
            return Files.readAllLines(thread.resolve("net/dev")).stream().skip(HEADER_LINES)
                    .map(line -> line.substring(0, Math.max(0, line.indexOf(':'))).strip()).collect(Collectors.toSet());
        } catch (final IOException e) {
            return Set.of();
        }
    }

    /** True where hardware is behind an interface. */
    boolean isHardware(final String name) {
        return Files.exists(sys.resolve("class/net").resolve(name).resolve("device"));
    }

    /** PCI addresses of the NICs that were given to drivers for DPDK, in order. */
    Set<String> dpdkNics() {
        final Set<String> found = new TreeSet<>();
        for (final String driver : DPDK_DRIVERS) {
            for (final Path device : entries(sys.resolve("bus/pci/drivers").resolve(driver))) {
                if (read(device.resolve("class")).startsWith(NETWORK_CLASS)) {
                    found.add(device.getFileName().toString());
                }
            }
        }
        return found;
    }

    /** Persistent TAPs that were made for the user of this process, and that nobody has open, by name. */
    Set<String> ownTaps() {
        final Set<String> found = new TreeSet<>();
        final Set<String> here = interfaces();
        final String user = user();
        for (final Path entry : entries(sys.resolve("class/net"))) {
            final String name = entry.getFileName().toString();
            final String flags = read(entry.resolve("tun_flags"));
            if (here.contains(name) && flags.startsWith("0x") && flags.endsWith(TAP_FLAG)
                    && read(entry.resolve("owner")).equals(user)
                    && !read(entry.resolve("carrier")).equals("1")) {
                found.add(name);
            }
        }
        return found;
    }

    /** The effective one. */
    private String user() {
        return read(thread.resolve("status")).lines().filter(line -> line.startsWith(USER))
                .map(line -> line.substring(USER.length()).strip().split("\\s+")[1]).findFirst().orElse("");
    }

    private static List<Path> entries(final Path folder) {
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            final Set<Path> sorted = new TreeSet<>();
            stream.forEach(sorted::add);
            return List.copyOf(sorted);
        } catch (final IOException e) {
            return List.of();
        }
    }

    private static String read(final Path file) {
        try {
            return Files.readString(file).strip();
        } catch (final IOException e) {
            return "";
        }
    }
}
