package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.DeviceContract;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import org.junit.jupiter.api.Nested;

@RequiresNetworkNamespaces
class TapPortContractTest {
    @Nested
    class Plain extends DeviceContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return TapUnderTest.open(TunKind.TAP, 1_500, false);
        }
    }

    @Nested
    class WithOffloads extends DeviceContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return TapUnderTest.open(TunKind.TAP, 9_000, true);
        }
    }
}
