package io.millrace.fastpath.port;

import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Nested;

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
}
