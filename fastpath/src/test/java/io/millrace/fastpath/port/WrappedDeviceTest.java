package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.testing.StandInDevice;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WrappedDeviceTest {
    @Test
    void shouldCloseTheDeviceWhereAPortAroundItFails() {
        final AtomicInteger closed = new AtomicInteger();
        try (MemoryLink link = MemoryLink.builder().build()) {
            final WrappedDevice device = new WrappedDevice(new Counted(link.side(0), closed), Unclosable::new);
            assertThatThrownBy(device::close).hasMessage("a defect");
            assertThat(closed).hasValue(1);
        }
    }

    /** A port that cannot be closed. */
    private static final class Unclosable extends PortFilter {
        Unclosable(final PacketPort delegate) {
            super(delegate);
        }

        @Override
        public void close() {
            throw new IllegalStateException("a defect");
        }
    }

    /** Counts how often a device is closed. */
    private static final class Counted extends StandInDevice {
        private final AtomicInteger closed;

        Counted(final PacketDevice device, final AtomicInteger closed) {
            super(device);
            this.closed = closed;
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            super.close();
        }
    }
}
