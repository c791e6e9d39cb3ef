package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    private record Counted(PacketDevice device, AtomicInteger closed) implements PacketDevice {
        @Override
        public String name() {
            return device.name();
        }

        @Override
        public int queues() {
            return device.queues();
        }

        @Override
        public PacketPort queue(final int index) {
            return device.queue(index);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
            device.close();
        }
    }
}
