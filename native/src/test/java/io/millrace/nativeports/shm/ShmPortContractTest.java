package io.millrace.nativeports.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PacketPortContract;
import io.millrace.fastpath.port.PortUnderTest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

class ShmPortContractTest {
    private static final int FRAMES = 32;

    @Nested
    class Plain extends PacketPortContract {
        @Override
        protected PortUnderTest open() throws IOException {
            return new SideUnderTest(1_500, false, false);
        }
    }

    @Nested
    class WithOffloads extends PacketPortContract {
        @Override
        protected PortUnderTest open() throws IOException {
            return new SideUnderTest(9_000, true, false);
        }
    }

    @Nested
    class WithTheLargestMtu extends PacketPortContract {
        @Override
        protected PortUnderTest open() throws IOException {
            return new SideUnderTest(65_535, true, false);
        }
    }

    /** The side that came second has its frames from the first. */
    @Nested
    class OfTheSecondSide extends PacketPortContract {
        @Override
        protected PortUnderTest open() throws IOException {
            return new SideUnderTest(1_500, true, true);
        }
    }

    private static final class SideUnderTest implements PortUnderTest {
        private final SharedPair pair;
        private final ShmDevice ours;
        private final ShmDevice theirs;

        SideUnderTest(final int mtu, final boolean offloads, final boolean second) throws IOException {
            pair = new SharedPair(mtu, FRAMES, offloads);
            ours = second ? pair.far : pair.near;
            theirs = second ? pair.near : pair.far;
        }

        @Override
        public PacketPort port() {
            return ours.queue(0);
        }

        @Override
        public int frames() {
            return FRAMES;
        }

        @Override
        public void inject(final byte[] frame) {
            assertThat(SharedPair.send(theirs.queue(0), frame)).isTrue();
        }

        @Override
        public byte @Nullable [] emitted() {
            return SharedPair.receive(theirs.queue(0));
        }

        @Override
        public void close() {
            ours.queue(0).close();
            ours.close();
            theirs.close();
            assertThat(pair.file).doesNotExist();
            assertThat(pair.file.resolveSibling(pair.file.getFileName() + ".wake0-0")).doesNotExist();
        }
    }
}
