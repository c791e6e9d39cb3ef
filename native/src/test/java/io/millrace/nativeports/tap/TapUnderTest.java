package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.DeviceUnderTest;
import io.millrace.nativeports.NetworkNamespace;

/** A TAP or TUN in a namespace of its own. */
final class TapUnderTest {
    private static final String NAME = "tap0";
    private static final int IPV4 = 0x0800;

    private TapUnderTest() {}

    static PortUnderTest open(final TunKind kind, final int mtu, final boolean offloads) throws Exception {
        // else the kernel speaks first, and of a packet without a link layer nothing tells whose it is
        final NetworkNamespace namespace = NetworkNamespace.silent();
        final DeviceRequest request = new DeviceRequest(NAME, mtu, 1, DeviceUnderTest.FRAMES, offloads, true,
                "10.77.0.1/24");
        final PacketDevice device = namespace.call(() -> TapDevice.open(kind, request));
        final PacketSocket kernel = namespace
                .call(() -> new PacketSocket(NAME, kind.hasLinkLayer() ? DeviceUnderTest.ETHERTYPE : IPV4));
        return new DeviceUnderTest(device, kernel, namespace::close);
    }
}
