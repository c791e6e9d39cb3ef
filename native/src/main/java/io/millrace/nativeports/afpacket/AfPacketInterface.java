package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.JoinedInterface;
import io.millrace.nativeports.shared.KernelGuard;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The interface that a device is on, found in the namespace of the thread that asks.
 *
 * @param device        the device's name, for messages.
 * @param index         of the interface.
 * @param address       the stack's Ethernet address, in the low 48 bits.
 * @param sharesAddress true where it is that of the interface itself.
 * @param everything    frames for others are wanted, too.
 * @param veth          whose far end's kernel leaves checksums to be completed; of others a program cannot tell.
 * @param guard         keeps the stack and the kernel apart where both have the same IP addresses; null where they do not.
 */
record AfPacketInterface(String device, int index, long address, boolean sharesAddress, boolean everything,
        boolean veth, @Nullable KernelGuard guard) {
    /**
     * Finds it.
     *
     * @throws IOException one sentence: what was tried, what the system said, what to do.
     */
    static AfPacketInterface find(final AfPacketSpec spec, final DeviceRequest request,
            final @Nullable KernelGuard guard) throws IOException {
        final String name = spec.interfaceName();
        try (HostInterface host = new HostInterface(name)) {
            final JoinedInterface on = JoinedInterface.of(host, name, AfPacketDeviceProvider.SCHEME, request);
            final long address = spec.addressBeside(on.address());
            final boolean veth = host.driver().startsWith("veth ");
            return new AfPacketInterface(on.device(), on.index(), address, address == on.address(), spec.everything(),
                    veth,
                    guard);
        }
    }
}
