package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.DeviceContract;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import org.junit.jupiter.api.Nested;

@RequiresNetworkNamespaces
class AfPacketPortContractTest {
    @Nested
    class Plain extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfPacketPortContractTest.open(VethPair.OURS, 1_500, false);
        }
    }

    @Nested
    class WithOffloads extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfPacketPortContractTest.open(VethPair.OURS, 9_000, true);
        }
    }

    /** A packet of the largest MTU there is fits into no slot. */
    @Nested
    class WithTheLargestMtu extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfPacketPortContractTest.open(VethPair.OURS, 65_535, true);
        }
    }

    @Nested
    class WithTheAddressOfTheInterface extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfPacketPortContractTest.open(VethPair.OURS + ",mac=interface", 1_500, true);
        }
    }

    /** As where the system has no large buffer to give. */
    @Nested
    class WithLargeSlots extends DeviceContract.OfLateFrames {
        @Override
        protected PortUnderTest open() throws Exception {
            return AfPacketPortContractTest.open(VethPair.OURS, 65_535, true, Integer.MAX_VALUE);
        }
    }

    private static PortUnderTest open(final String argument, final int mtu, final boolean offloads) throws Exception {
        return open(argument, mtu, offloads, QueueSockets.ENOUGH_BUFFER);
    }

    private static PortUnderTest open(final String argument, final int mtu, final boolean offloads,
            final int enoughBuffer) throws Exception {
        final DeviceRequest request = VethPair.request(argument, mtu, 1, offloads, null);
        return new VethPair(mtu).underTest(() -> AfPacketDevice.open(request, enoughBuffer));
    }
}
