package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.DeviceUnderTest;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.tap.PacketSocket;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A veth between two namespaces of their own, both ends up: ours, which has a packet socket, and the kernel's. */
public final class VethPair implements AutoCloseable {
    public static final String OURS = "ours0";
    public static final String THEIRS = "theirs0";

    public final NetworkNamespace ours;
    public final NetworkNamespace theirs;

    public VethPair(final int mtu) throws IOException {
        ours = new NetworkNamespace();
        theirs = new NetworkNamespace();
        ours.run("ip", "link", "add", OURS, "mtu", Integer.toString(mtu), "type", "veth", "peer", "name", THEIRS,
                "mtu", Integer.toString(mtu), "netns", theirs.name());
        up(ours, OURS);
        up(theirs, THEIRS);
    }

    PacketDevice open(final DeviceRequest request) throws Exception {
        return ours.call(() -> new AfPacketDeviceProvider().open(request));
    }

    public static DeviceRequest request(final String argument, final int mtu, final int queues, final boolean offloads,
            final @Nullable String hostAddress) {
        return new DeviceRequest(argument, mtu, queues, DeviceUnderTest.FRAMES, offloads, false, hostAddress);
    }

    public static DeviceRequest request(final boolean offloads) {
        return request(OURS, 1_500, 1, offloads, null);
    }

    /** The port of a device that is opened on our end, with a socket at the far one; this pair is closed with it. */
    public PortUnderTest underTest(final Callable<PacketDevice> opening) throws Exception {
        final PacketDevice device = ours.call(opening);
        return new DeviceUnderTest(device, theirs.call(() -> new PacketSocket(THEIRS, DeviceUnderTest.ETHERTYPE)),
                this::close);
    }

    /** Without IPv6, whose own packets no test expects. */
    private static void up(final NetworkNamespace namespace, final String name) throws IOException {
        namespace.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/" + name + "/disable_ipv6");
        namespace.run("ip", "link", "set", name, "up");
    }

    @Override
    public void close() {
        ours.close();
        theirs.close();
    }
}
