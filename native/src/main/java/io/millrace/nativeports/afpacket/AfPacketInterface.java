package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.shared.KernelGuard;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
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
 * @param guard         keeps the stack and the kernel apart where both have the same IP addresses; null where they do not.
 */
record AfPacketInterface(String device, int index, long address, boolean sharesAddress, boolean everything,
        @Nullable KernelGuard guard) {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AfPacketInterface.class);

    /**
     * Finds it.
     *
     * @throws IOException one sentence: what was tried, what the system said, what to do.
     */
    static AfPacketInterface find(final AfPacketSpec spec, final DeviceRequest request,
            final @Nullable KernelGuard guard) throws IOException {
        final String name = spec.interfaceName();
        final String device = AfPacketDeviceProvider.SCHEME + ':' + request.argument();
        try (HostInterface host = new HostInterface(name)) {
            final int index = host.index();
            final long theirs = host.ethernetAddress();
            if (theirs == 0) {
                throw new IOException(AfPacketFailure.notEthernet(name));
            }
            if (host.mtu() < request.mtu()) {
                throw new IOException(AfPacketFailure.smallMtu(name, host.mtu(), request.mtu()));
            }
            if (!host.isUp()) {
                LOGGER.warn("{}: the interface is down; take it up with `ip link set {} up`", device, name);
            }
            final long address = spec.addressBeside(theirs);
            return new AfPacketInterface(device, index, address, address == theirs, spec.everything(), guard);
        }
    }
}
