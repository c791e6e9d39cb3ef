package io.millrace.fastpath.port;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class MemoryLinkContractTest {
    @Nested
    class Plain extends PacketPortContract {
        @Override
        protected PortUnderTest open() {
            return new LinkUnderTest(MemoryLink.builder(), UnaryOperator.identity());
        }
    }

    @Nested
    class WithOffloads extends PacketPortContract {
        @Override
        protected PortUnderTest open() {
            return new LinkUnderTest(MemoryLink.builder().offloads(true).mtu(9_000), UnaryOperator.identity());
        }
    }

    @Nested
    class WithoutLinkLayer extends PacketPortContract {
        @Override
        protected PortUnderTest open() {
            return new LinkUnderTest(MemoryLink.builder().ethernet(false), UnaryOperator.identity());
        }
    }

    @Nested
    class BehindFaultInjectionWithoutFaults extends PacketPortContract {
        @Override
        protected PortUnderTest open() {
            return new LinkUnderTest(MemoryLink.builder(),
                    port -> new FaultInjectionPort(port, Faults.NONE, Faults.NONE, 1));
        }
    }

    @Nested
    class BehindFaultInjectionThatTakesNoTime extends PacketPortContract {
        @Override
        protected PortUnderTest open() {
            // So improbable that it never happens, yet every frame takes the way of those that may be hurt.
            final Faults never = Faults.builder().loss(Double.MIN_VALUE).build();
            return new LinkUnderTest(MemoryLink.builder(), port -> new FaultInjectionPort(port, never, never, 1));
        }
    }

    @Nested
    class OnAVlan extends PacketPortContract {
        @Override
        protected PortUnderTest open() {
            return new LinkUnderTest(MemoryLink.builder(), port -> new VlanPort(port, 5, () -> {}),
                    far -> new VlanPort(far, 5, () -> {}));
        }
    }

    @Nested
    class BehindCapture extends PacketPortContract {
        @TempDir
        private Path directory;

        @Override
        protected PortUnderTest open() throws IOException {
            final PcapngWriter writer = PcapngWriter.create(directory.resolve("contract.pcapng"), "test", true,
                    PcapngWriter.WHOLE_FRAMES);
            return new LinkUnderTest(MemoryLink.builder().offloads(true),
                    port -> new CapturePort(port, writer, 0, NOW_NS));
        }
    }
}
