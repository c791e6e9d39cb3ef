package io.millrace.nativeports.dpdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PacketPortContract;
import io.millrace.fastpath.port.PortUnderTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

class DpdkPortContractTest {
    private static final int FRAMES = 32;

    @Nested
    @RequiresDpdk("net_ring")
    class OnRings extends PacketPortContract {
        @Override
        protected PortUnderTest open() throws Exception {
            return new RingUnderTest();
        }
    }

    /** Our port on one side of crossed rings, a second one of ours on the other. */
    private static final class RingUnderTest implements PortUnderTest {
        private final Rings rings = new Rings(64);
        private final DpdkDevice near = rings.open(0, FRAMES);
        private final DpdkDevice far = rings.open(1, FRAMES);
        private boolean closed;

        RingUnderTest() throws Exception {}

        @Override
        public PacketPort port() {
            return near.queue(0);
        }

        @Override
        public int frames() {
            return FRAMES;
        }

        @Override
        public void inject(final byte[] bytes) {
            final PacketPort port = far.queue(0);
            final long frame = port.acquire();
            Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
            Frame.length(frame, bytes.length);
            assertThat(port.transmit(new long[] {frame}, 0, 1, 0)).isEqualTo(1);
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
                assertThat(MbufPool.live()).as("pools of mbufs").isZero();
                assertThat(PollingThreads.count()).as("threads that DPDK knows").isZero();
            }
        }
    }
}
