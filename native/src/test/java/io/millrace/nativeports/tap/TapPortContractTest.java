package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PacketPortContract;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

@RequiresNetworkNamespaces
class TapPortContractTest {
    private static final String NAME = "tap0";
    private static final int FRAMES = 32;
    private static final int ETHERTYPE = 0x88B5;

    @Nested
    class Plain extends TapContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new TapUnderTest(new DeviceRequest(NAME, 1_500, 1, FRAMES, false, true, "10.77.0.1/24"));
        }
    }

    @Nested
    class WithOffloads extends TapContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new TapUnderTest(new DeviceRequest(NAME, 9_000, 1, FRAMES, true, true, "10.77.0.1/24"));
        }
    }

    abstract static class TapContract extends PacketPortContract {
        /** The socket that plays the kernel has a buffer of its own and drops beyond it. */
        @Override
        protected boolean mayLoseWhenFull() {
            return true;
        }
    }

    private static final class TapUnderTest implements PortUnderTest {
        private final NetworkNamespace namespace = new NetworkNamespace();
        private final PacketDevice device;
        private final PacketSocket kernel;
        private boolean closed;

        TapUnderTest(final DeviceRequest request) throws Exception {
            device = namespace.call(() -> TapDevice.open(request));
            kernel = namespace.call(() -> new PacketSocket(NAME, ETHERTYPE));
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
}
