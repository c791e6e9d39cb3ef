package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketPortContract;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import org.junit.jupiter.api.Nested;

@RequiresNetworkNamespaces
class TunPortContractTest {
    @Nested
    class Plain extends TunContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new TapUnderTest(TunKind.TUN,
                    new DeviceRequest(TapUnderTest.NAME, 1_500, 1, TapUnderTest.FRAMES, false, true, "10.77.0.1/24"));
        }
    }

    @Nested
    class WithOffloads extends TunContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new TapUnderTest(TunKind.TUN,
                    new DeviceRequest(TapUnderTest.NAME, 9_000, 1, TapUnderTest.FRAMES, true, true, "10.77.0.1/24"));
        }
    }

    abstract static class TunContract extends PacketPortContract {
        /** The socket that plays the kernel has a buffer of its own and drops beyond it. */
        @Override
        protected boolean mayLoseWhenFull() {
            return true;
        }
    }
}
