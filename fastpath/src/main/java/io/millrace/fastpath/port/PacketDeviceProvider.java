package io.millrace.fastpath.port;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes devices of one kind; found by {@link java.util.ServiceLoader}. Thread: any.
 */
public interface PacketDeviceProvider {
    /** What stands before the colon in a port's name, e.g. {@code tap}. */
    String scheme();

    /** One line for {@code --help}, e.g. {@code "tap:NAME  a Linux TAP device, made if missing"}. */
    String usage();

    /**
     * What can be set of a port of this kind beside its name: each is a key of the configuration,
     * {@code millrace.port.SCHEME.NAME}, and may stand in the argument of a port instead.
     */
    default List<PortOption> options() {
        return List.of();
    }

    /**
     * Looks at an argument alone, not at the system.
     *
     * @param argument what stands behind the colon in the port's name, with every option that is set.
     * @throws IOException one sentence: what is wrong, and what is expected.
     */
    default void check(final String argument) throws IOException {}

    /** Why no device of this kind can be opened here, one sentence that says what to do; null where it can. */
    @Nullable
    String unavailabilityCause();

    /**
     * Looks at what a device would need, without opening it; whether there are such devices at all says
     * {@link #unavailabilityCause}.
     *
     * @throws IOException one sentence: why nobody can look, or what is wrong with the argument.
     */
    default List<PortFinding> examine(final DeviceRequest request) throws IOException {
        return List.of();
    }

    /**
     * Opens a device.
     *
     * @throws IOException one sentence: what was tried, what the system said, what to do.
     */
    PacketDevice open(DeviceRequest request) throws IOException;

    /**
     * Opens a device at the Ethernet address of the kernel's interface, for a stack that takes only some ports of the
     * kernel's IP addresses; the kernel gets nothing of those ports as long as the device is open, and the stack nothing but
     * them and what it needs for them.
     *
     * @throws IOException one sentence; also where a device of this kind cannot do that.
     */
    default PacketDevice openShared(final DeviceRequest request, final SharedPorts ports) throws IOException {
        throw new IOException(scheme() + " cannot share the addresses of the host; use af-packet:IF for that");
    }

    /**
     * What stands against {@link #openShared}, besides what {@link #examine} finds.
     *
     * @throws IOException one sentence: why that cannot be looked at.
     */
    default List<PortFinding> examineShared(final DeviceRequest request, final SharedPorts ports) throws IOException {
        return List.of();
    }

    /**
     * What the kernel has set up on the interface of a device; opens nothing.
     *
     * @param argument what stands behind the colon in the port's name.
     * @throws IOException one sentence; also where there is no interface of the kernel behind such a device.
     */
    default HostNetwork hostNetwork(final String argument) throws IOException {
        throw new IOException(scheme() + " cannot share the addresses of the host; use af-packet:IF for that");
    }

    /**
     * Does something where the host's side of a device is, which may be in another network namespace; opens nothing.
     *
     * @param argument what stands behind the colon in the port's name.
     * @throws IOException one sentence: why that cannot be done there; or of the task.
     */
    default <T> T atHost(final String argument, final HostTask<T> task) throws IOException {
        return task.run(argument, true);
    }

    /** What is done there. */
    @FunctionalInterface
    interface HostTask<T> {
        /**
         * @param interfaceName of the host's side; may be empty.
         * @param here          true in the network namespace of the process, false where this thread alone is in another.
         */
        T run(String interfaceName, boolean here) throws IOException;
    }
}
