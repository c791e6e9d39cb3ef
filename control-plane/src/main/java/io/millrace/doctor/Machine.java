package io.millrace.doctor;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.fastpath.memory.Memory;
import io.millrace.observe.ObservationFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the machine and this JVM are like. Immutable. Thread: any.
 *
 * @param jdk                   feature number of the JDK.
 * @param exportsMemory         {@link Memory#REQUIRED_FLAG} is set.
 * @param nativeAccess          calls into the system are permitted.
 * @param processors            that this process may use.
 * @param memoryBytes           of the machine or the container.
 * @param sharedMemoryFreeBytes where the file of a stack goes; {@link Long#MAX_VALUE} where nobody can tell.
 * @param kernelAddresses       that the kernel has in this network namespace.
 */
public record Machine(int jdk, boolean exportsMemory, boolean nativeAccess, int processors, long memoryBytes,
        long sharedMemoryFreeBytes, Set<InetAddress> kernelAddresses) {
    private static final String SELF = "self";

    public Machine {
        kernelAddresses = Set.copyOf(kernelAddresses);
    }

    /** This one, now. */
    public static Machine look() {
        return new Machine(Runtime.version().feature(),
                Object.class.getModule().isExported("jdk.internal.misc", Memory.class.getModule()),
                Machine.class.getModule().isNativeAccessEnabled(), Runtime.getRuntime().availableProcessors(), memory(),
                sharedMemoryFree(), KernelAddresses.of(SELF));
    }

    /** MTU of an interface of the kernel in this network namespace; empty where there is none of this name. */
    public static OptionalInt interfaceMtu(final String name) {
        try {
            return OptionalInt.of(Integer.parseInt(Files.readString(Path.of("/sys/class/net", name, "mtu")).strip()));
        } catch (final IOException | IllegalArgumentException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * The same in this thread's namespace, which {@code /sys} does not show: empty also where the interface has no address,
     * for then Java does not see it.
     */
    static OptionalInt interfaceMtuOfThread(final String name) {
        try {
            final NetworkInterface found = NetworkInterface.getByName(name);
            return found == null ? OptionalInt.empty() : OptionalInt.of(found.getMTU());
        } catch (final SocketException e) {
            return OptionalInt.empty();
        }
    }

    private static long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof final OperatingSystemMXBean machine
                ? machine.getTotalMemorySize()
                : Long.MAX_VALUE;
    }

    private static long sharedMemoryFree() {
        try {
            final Path parent = ObservationFiles.ownDirectory().getParent();
            return parent == null ? Long.MAX_VALUE : Files.getFileStore(parent).getUsableSpace();
        } catch (final IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
