package io.millrace.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The addresses that the kernel has in the network namespace of a process: from {@code /proc/PID/net}, since the process may
 * live in another namespace than who asks. Thread: any.
 */
final class KernelAddresses {
    /** What precedes an address in {@code fib_trie}. */
    private static final String LEAF = "|-- ";

    private static final String THREAD = "thread-self";

    private KernelAddresses() {}

    /** Of the namespace that this thread is in. */
    static Set<InetAddress> ofThread() {
        return of(THREAD);
    }

    /** @param process its id, or {@code self}. Empty where nobody can tell. */
    static Set<InetAddress> of(final String process) {
        final Path net = Path.of("/proc", process, "net");
        try {
            final Set<InetAddress> found = ofTrie(Files.readAllLines(net.resolve("fib_trie")));
            final Path v6 = net.resolve("if_inet6");
            if (Files.isReadable(v6)) {
                found.addAll(ofIpv6(Files.readAllLines(v6)));
            }
            return found;
        } catch (final IOException e) {
            return "self".equals(process) ? ofInterfaces() : Set.of();
        }
    }

    /** Each address stands above the line that says {@code /32 host LOCAL} of it. */
    static Set<InetAddress> ofTrie(final List<String> lines) {
        final Set<InetAddress> found = new HashSet<>();
        String address = "";
        for (final String line : lines) {
            final int leaf = line.indexOf(LEAF);
            if (leaf >= 0) {
                address = line.substring(leaf + LEAF.length()).strip();
            } else if (line.strip().equals("/32 host LOCAL")) {
                found.add(InetAddress.ofLiteral(address));
            }
        }
        return found;
    }

    /** Each line begins with 32 hexadecimal digits. */
    static Set<InetAddress> ofIpv6(final List<String> lines) {
        return lines.stream().map(line -> InetAddress.ofLiteral(line.substring(0, 32).replaceAll("(.{4})(?!$)", "$1:")))
                .collect(Collectors.toSet());
    }

    private static Set<InetAddress> ofInterfaces() {
        try {
            return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses)
                    .collect(Collectors.toSet());
        } catch (final SocketException e) {
            return Set.of();
        }
    }
}
