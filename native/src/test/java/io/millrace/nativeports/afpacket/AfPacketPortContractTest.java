package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PacketPortContract;
import io.millrace.fastpath.port.PortUnderTest;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.tap.PacketSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

@RequiresNetworkNamespaces
class AfPacketPortContractTest {
    private static final int FRAMES = 32;
    private static final int ETHERTYPE = 0x88B5;

    @Nested
    class Plain extends AfPacketContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new VethUnderTest(VethPair.OURS, 1_500, false);
        }
    }

    @Nested
    class WithOffloads extends AfPacketContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new VethUnderTest(VethPair.OURS, 9_000, true);
        }
    }

    /** A packet of the largest MTU there is fits into no slot. */
    @Nested
    class WithTheLargestMtu extends AfPacketContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new VethUnderTest(VethPair.OURS, 65_535, true);
        }
    }

    @Nested
    class WithTheAddressOfTheInterface extends AfPacketContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new VethUnderTest(VethPair.OURS + ",mac=interface", 1_500, true);
        }
    }

    /** As where the system has no large buffer to give. */
    @Nested
    class WithLargeSlots extends AfPacketContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new VethUnderTest(VethPair.OURS, 65_535, true, Integer.MAX_VALUE);
        }
    }

    abstract static class AfPacketContract extends PacketPortContract {
        /** The socket that plays the far end has a buffer of its own and drops beyond it. */
        @Override
        protected boolean mayLoseWhenFull() {
            return true;
        }

        /** A veth hands frames over by way of a queue of the kernel's, and asking costs nothing. */
        @Override
        protected int polls() {
            return 1_000_000;
        }
    }

    private static final class VethUnderTest implements PortUnderTest {
        private final VethPair pair;
        private final PacketDevice device;
        private final PacketSocket farEnd;
        private boolean closed;

        VethUnderTest(final String argument, final int mtu, final boolean offloads) throws Exception {
            this(argument, mtu, offloads, QueueSockets.ENOUGH_BUFFER);
        }

        VethUnderTest(final String argument, final int mtu, final boolean offloads, final int enoughBuffer)
                throws Exception {
            pair = new VethPair(mtu);
            final DeviceRequest request = new DeviceRequest(argument, mtu, 1, FRAMES, offloads, false, null);
            device = pair.ours.call(() -> AfPacketDevice.open(request, enoughBuffer));
            farEnd = pair.theirs.call(() -> new PacketSocket(VethPair.THEIRS, ETHERTYPE));
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
            farEnd.send(frame);
        }

        @Override
        public byte @Nullable [] emitted() {
            return farEnd.receive();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                device.queue(0).close();
                device.close();
                device.close();
                farEnd.close();
                pair.close();
            }
        }
    }
}
