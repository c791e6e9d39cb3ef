package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.DeviceContract;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import org.junit.jupiter.api.Nested;

@RequiresNetworkNamespaces
class TunPortContractTest {
    @Nested
    class Plain extends DeviceContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return TapUnderTest.open(TunKind.TUN, 1_500, false);
        }
    }

    @Nested
    class WithOffloads extends DeviceContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return TapUnderTest.open(TunKind.TUN, 9_000, true);
        }
    }
}
