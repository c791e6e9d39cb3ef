package io.millrace.nativeports.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PacketPortContract;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.DeviceContract;
import io.millrace.nativeports.DeviceUnderTest;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.tap.PacketSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

class DpdkPortContractTest {
    @Nested
    @RequiresDpdk("net_ring")
    class OnRings extends PacketPortContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new RingUnderTest();
        }
    }

    @Nested
    @RequiresNetworkNamespaces
    @RequiresDpdk("net_tap")
    class OnTap extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return DpdkPortContractTest.open("net_tap0,iface=far0", true);
        }
    }

    @Nested
    @RequiresNetworkNamespaces
    @RequiresDpdk("net_tap")
    class OnTapWithoutOffloads extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return DpdkPortContractTest.open("net_tap0,iface=far0", false);
        }
    }

    @Nested
    @RequiresNetworkNamespaces
    @RequiresDpdk("net_af_packet")
    class OnPacketSocket extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return DpdkPortContractTest.open("net_af_packet0,iface=near0", true);
        }
    }

    @Nested
    @RequiresNetworkNamespaces
    @RequiresDpdk("net_af_xdp")
    class OnXdpSocket extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return DpdkPortContractTest.open("net_af_xdp0,iface=near0", true);
        }
    }

    /** The kernel's interface far0 is the other end: net_tap's own, or that of a veth pair with near0. */
    private static PortUnderTest open(final String vdev, final boolean offloads) throws Exception {
        Rings.startEal();
        final int poolsBefore = MbufPool.live();
        final NetworkNamespace namespace = NetworkNamespace.silent();
        if (vdev.contains("near0")) {
            namespace.exec("ip", "link", "add", "near0", "type", "veth", "peer", "name", "far0");
            namespace.exec("ip", "link", "set", "near0", "up");
            namespace.exec("ip", "link", "set", "far0", "up");
        }
        final DeviceRequest request = new DeviceRequest(Rings.EAL + " --vdev=" + vdev, 1_500, 1,
                DeviceUnderTest.FRAMES, offloads, false, vdev.contains("far0") ? "10.77.0.1/24" : null);
        final DpdkDevice device = namespace.call(() -> DpdkDevice.open(request));
        final PacketSocket kernel = namespace.call(() -> new PacketSocket("far0", DeviceUnderTest.ETHERTYPE));
        return new DeviceUnderTest(device, kernel, () -> {
            namespace.close();
            assertNothingIsLeft(poolsBefore);
        });
    }

    private static void assertNothingIsLeft(final int pools) {
        assertThat(MbufPool.live()).as("pools of mbufs").isEqualTo(pools);
        assertThat(PollingThreads.count()).as("threads that DPDK knows").isZero();
    }

    /** Our port on one side of crossed rings, a second one of ours on the other. */
    private static final class RingUnderTest implements PortUnderTest {
        private final int poolsBefore = MbufPool.live();
        private final Rings rings = new Rings(64);
        private final DpdkDevice near = rings.open(0, DeviceUnderTest.FRAMES);
        private final DpdkDevice far = rings.open(1, DeviceUnderTest.FRAMES);
        private boolean closed;

        RingUnderTest() throws Exception {}

        @Override
        public PacketPort port() {
            return near.queue(0);
        }

        @Override
        public int frames() {
            return DeviceUnderTest.FRAMES;
        }

        @Override
        public void inject(final byte[] bytes) {
            final PacketPort port = far.queue(0);
            final long frame = port.acquire();
            Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
            Frame.length(frame, bytes.length);
            assertThat(port.transmit(new long[]{frame}, 0, 1, 0)).isEqualTo(1);
        }

        @Override
        public byte @Nullable [] emitted() {
            final long[] frames = new long[1];
            if (far.queue(0).receive(frames, 0, 1, 0) == 0) {
                // What was released goes home with the next poll; this one was it.
                return null;
            }
            final byte[] bytes = new byte[Frame.length(frames[0])];
            Memory.copyToArray(Frame.data(frames[0]), bytes, 0, bytes.length);
            far.queue(0).release(frames[0]);
            far.queue(0).receive(frames, 0, 0, 0);
            return bytes;
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                near.queue(0).close();
                near.close();
                near.close();
                far.close();
                rings.close();
                assertNothingIsLeft(poolsBefore);
            }
        }
    }
}
