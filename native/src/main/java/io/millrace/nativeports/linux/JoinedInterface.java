package io.millrace.nativeports.linux;

import io.millrace.fastpath.port.DeviceRequest;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;

/**
 * An Ethernet interface that the kernel uses and a stack joins.
 *
 * @param device  the port's name, for messages.
 * @param index   of the interface.
 * @param address the kernel's, in the low 48 bits.
 * @param mtu     bytes of the largest IP packet.
 */
public record JoinedInterface(String device, int index, long address, int mtu) {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(JoinedInterface.class);

    /**
     * Looks at one.
     *
     * @param name of the interface.
     * @throws IOException one sentence: what was tried, what the system said, what to do.
     */
    public static JoinedInterface of(final HostInterface host, final String name, final String scheme,
            final DeviceRequest request) throws IOException {
        final String device = scheme + ':' + request.argument();
        final int index = host.index();
        final long address = host.ethernetAddress();
        if (address == 0) {
            throw new IOException(
                    name + " is no Ethernet interface; use one that has a link-layer address (`ip link`)");
        }
        final int mtu = host.mtu();
        if (mtu < request.mtu()) {
            throw new IOException("the MTU of " + name + " is " + mtu + ", less than the stack's " + request.mtu()
                    + "; set millrace.port.mtu = " + mtu + ", or `ip link set " + name + " mtu " + request.mtu() + "`");
        }
        if (!host.isUp()) {
            LOGGER.warn("{}: the interface is down; take it up with `ip link set {} up`", device, name);
        }
        return new JoinedInterface(device, index, address, mtu);
    }

    /** @throws IOException where the request has a host address, which the kernel's interface would not be reached by. */
    public static void refuseHostAddress(final String scheme, final DeviceRequest request) throws IOException {
        if (request.hostAddress() != null) {
            throw new IOException("a host address is for a TAP: " + scheme + ':' + request.argument()
                    + " does not reach the kernel of its own interface; leave millrace.port.host-address out");
        }
    }
}
