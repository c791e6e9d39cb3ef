package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.NetworkNamespace;
import org.jspecify.annotations.Nullable;

/** A TAP or TUN in a namespace of its own; a packet socket plays the kernel. */
final class TapUnderTest implements PortUnderTest {
    static final String NAME = "tap0";
    static final int FRAMES = 32;

    private static final int EXPERIMENTAL = 0x88B5;
    private static final int IPV4 = 0x0800;

    private final NetworkNamespace namespace = new NetworkNamespace();
    private final PacketDevice device;
    private final PacketSocket kernel;
    private boolean closed;

    TapUnderTest(final TunKind kind, final DeviceRequest request) throws Exception {
        // else the kernel speaks first, and of a packet without a link layer nothing tells whose it is
        namespace.exec("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6");
        device = namespace.call(() -> TapDevice.open(kind, request));
        kernel = namespace.call(() -> new PacketSocket(NAME, kind.hasLinkLayer() ? EXPERIMENTAL : IPV4));
    }

    @Override
    public PacketPort port() {
        return device.queue(0);
    }

    @Override
    public int frames() {
        return FRAMES;
    }

    @Override
    public void inject(final byte[] frame) {
        kernel.send(frame);
    }

    @Override
    public byte @Nullable [] emitted() {
        return kernel.receive();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            device.queue(0).close();
            device.close();
            device.close();
            kernel.close();
            namespace.close();
        }
    }
}
