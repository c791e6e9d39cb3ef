package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.DeviceContract;
import io.millrace.nativeports.afpacket.VethPair;
import org.junit.jupiter.api.Nested;

@RequiresAfXdp
class AfXdpPortContractTest {
    @Nested
    class InDriverMode extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfXdpPortContractTest.open(",mode=driver", 1_500, true);
        }
    }

    @Nested
    class InGenericMode extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfXdpPortContractTest.open(",mode=generic,copy=copy", 1_500, false);
        }
    }

    /** Everything that is for a group comes by the same rings. */
    @Nested
    class WithAllGroups extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfXdpPortContractTest.open(",groups=all,mac=interface", 3_500, true);
        }
    }

    /** A packet is several chunks. */
    @Nested
    class WithJumboFrames extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfXdpPortContractTest.open("", 9_000, true);
        }
    }

    @Nested
    class WithTheLargestMtu extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfXdpPortContractTest.open("", 65_535, true);
        }
    }

    @Nested
    class WithBusyPolling extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfXdpPortContractTest.open(",busy-poll=20", 1_500, true);
        }
    }

    private static PortUnderTest open(final String options, final int mtu, final boolean offloads) throws Exception {
        final DeviceRequest request = VethPair.request(VethPair.OURS + options, mtu, 1, offloads, null);
        return new VethPair(mtu).underTest(() -> AfXdpDevice.open(request));
    }
}
