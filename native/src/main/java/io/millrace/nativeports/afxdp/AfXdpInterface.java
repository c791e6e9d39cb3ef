package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.JoinedInterface;
import io.millrace.nativeports.linux.ReceiveQueues;
import java.io.IOException;

/**
 * The interface that a device is on, found in the namespace of the thread that asks.
 *
 * @param device        the device's name, for messages.
 * @param index         of the interface.
 * @param address       the stack's Ethernet address, in the low 48 bits.
 * @param sharesAddress true where it is that of the interface itself.
 * @param virtual       true for a veth: what its far end's kernel sends has checksums that were left to be completed.
 * @param sendsPieces   true where a packet may come that is larger than a chunk.
 * @param queues        that receive.
 */
record AfXdpInterface(String device, int index, long address, boolean sharesAddress, boolean virtual,
        boolean sendsPieces, ReceiveQueues queues) {
    /** @throws IOException one sentence: what was tried, what the system said, what to do. */
    static AfXdpInterface find(final AfXdpSpec spec, final DeviceRequest request) throws IOException {
        final String name = spec.interfaceName();
        try (HostInterface host = new HostInterface(name)) {
            final JoinedInterface on = JoinedInterface.of(host, name, AfXdpDeviceProvider.SCHEME, request);
            final ReceiveQueues queues = host.receiveQueues();
            if (queues.count() > 0 && spec.queue() >= queues.count()) {
                throw new IOException(AfXdpFailure.noQueue(name, queues, spec.queue()) + "; change queue=, or `"
                        + queues.resize(name, spec.queue() + 1) + '`');
            }
            final long address = spec.addressBeside(on.address());
            final boolean veth = host.driver().startsWith("veth ");
            return new AfXdpInterface(on.device(), on.index(), address, address == on.address(), veth,
                    veth || on.mtu() > request.mtu(), queues);
        }
    }
}
