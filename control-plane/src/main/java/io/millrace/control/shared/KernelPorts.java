package io.millrace.control.shared;

import io.millrace.config.PortInterval;
import io.millrace.config.PortKeys;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.PortFinding.Weight;
import io.millrace.fastpath.port.SharedPorts;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Which ports the kernel uses itself, in the network namespace of the thread that asks: what listens, and what it may choose
 * for connections of its own. Thread: any.
 */
public final class KernelPorts {
    private static final Path NET = Path.of("/proc/thread-self/net");
    private static final Path SYSCTL = Path.of("/proc/sys/net/ipv4");
    private static final Set<Integer> IN_USE = Set.of(KernelSocket.LISTEN, KernelSocket.ESTABLISHED,
            KernelSocket.SYN_SENT);
    private static final Set<Integer> IN_USE_OF_UDP = Set.of(KernelSocket.CLOSE, KernelSocket.ESTABLISHED);

    private KernelPorts() {}

    /** Everything that stands against it, each one clause with what to do; empty also where nobody may look. */
    public static List<PortFinding> conflicts(final SharedPorts ports) {
        final List<PortFinding> found = new ArrayList<>();
        sockets("tcp", ports.tcp(), IN_USE, ports, found);
        sockets("tcp6", ports.tcp(), IN_USE, ports, found);
        sockets("udp", ports.udp(), IN_USE_OF_UDP, ports, found);
        sockets("udp6", ports.udp(), IN_USE_OF_UDP, ports, found);
        range(lines(SYSCTL.resolve("ip_local_port_range")), lines(SYSCTL.resolve("ip_local_reserved_ports")), ports,
                found);
        return found;
    }

    private static void sockets(final String file, final BitSet chosen, final Set<Integer> states,
            final SharedPorts ports, final List<PortFinding> found) {
        for (final String line : lines(NET.resolve(file))) {
            final KernelSocket socket = KernelSocket.parse(line);
            if (socket != null && chosen.get(socket.port()) && states.contains(socket.state())
                    && socket.isAt(ports.addresses())) {
                found.add(new PortFinding(Weight.FATAL,
                        "port " + socket.port() + " of " + (file.startsWith("tcp") ? "TCP" : "UDP") + " is in use by "
                                + user(socket.inode()) + ", with a socket at " + socket,
                        "end that, or leave the port out of " + PortKeys.SHARED_PORTS + " and "
                                + PortKeys.SHARED_EPHEMERAL));
            }
        }
    }

    /** @param range the first and the last port, separated by white space. */
    static void range(final List<String> range, final List<String> reserved, final SharedPorts ports,
            final List<PortFinding> found) {
        if (range.isEmpty()) {
            return;
        }
        final String[] ends = range.getFirst().strip().split("\\s+");
        final PortInterval local = new PortInterval(Math.max(1, Integer.parseInt(ends[0])), Integer.parseInt(ends[1]));
        final BitSet chosen = (BitSet) ports.tcp().clone();
        chosen.or(ports.udp());
        chosen.clear(0, local.low());
        chosen.clear(local.high() + 1, Math.max(local.high() + 1, chosen.length()));
        final String before = reserved.isEmpty() ? "" : reserved.getFirst().strip();
        for (final String interval : before.isEmpty() ? new String[0] : before.split(",")) {
            final PortInterval free = PortInterval.parse(interval);
            chosen.clear(free.low(), free.high() + 1);
        }
        if (!chosen.isEmpty()) {
            final String meant = text(chosen);
            found.add(new PortFinding(Weight.FATAL,
                    "the kernel may choose " + meant + " for connections of its own (net.ipv4.ip_local_port_range = "
                            + local.low() + " " + local.high() + ")",
                    "take other ports, or reserve them: sysctl -w net.ipv4.ip_local_reserved_ports="
                            + (before.isEmpty() ? "" : before + ",") + meant));
        }
    }

    /** {@code 80,8000-8010}. */
    private static String text(final BitSet ports) {
        final List<String> intervals = new ArrayList<>();
        for (int low = ports.nextSetBit(0); low >= 0; low = ports.nextSetBit(ports.nextClearBit(low))) {
            intervals.add(new PortInterval(low, ports.nextClearBit(low) - 1).toString());
        }
        return String.join(",", intervals);
    }

    private static List<String> lines(final Path file) {
        try {
            return Files.readAllLines(file);
        } catch (final IOException e) {
            return List.of();
        }
    }

    /** Which process has a socket open, as far as this one may know. */
    private static String user(final long inode) {
        final Path meant = Path.of("socket:[" + inode + "]");
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (final Path process : processes) {
                if (hasOpen(process, meant)) {
                    return Files.readString(process.resolve("comm")).strip() + " (process " + process.getFileName()
                            + ')';
                }
            }
        } catch (final IOException | DirectoryIteratorException e) {
            // one that ended meanwhile
        }
        return "a process";
    }

    private static boolean hasOpen(final Path process, final Path meant) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (final Path descriptor : descriptors) {
                if (Files.readSymbolicLink(descriptor).equals(meant)) {
                    return true;
                }
            }
        } catch (final IOException | DirectoryIteratorException e) {
            // ended, or another user's
        }
        return false;
    }
}
