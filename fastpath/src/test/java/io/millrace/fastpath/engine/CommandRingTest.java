package io.millrace.fastpath.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommandRingTest {
    private static final long MAC = 0xFFEE_DDCC_BBAAL;
    private static final int BAD = 1_000_000;
    private static final int MANY = 1_000;

    private final List<String> handled = new ArrayList<>();
    private final MemoryRegion message = MemoryRegion.allocate("test message", 16);
    private final CommandRing ring = new CommandRing(recorder());

    @AfterEach
    void close() {
        ring.close();
        message.close();
    }

    @Test
    void shouldCarryTheLinkOfEveryCommandOfALink() {
        ring.neighbourResolved(1, -2, 3, MAC);
        ring.neighbourFailed(2, 3, -4);
        ring.neighbourForgotten(3, 4, 5);
        ring.transmitArp(4, 2, MAC, -6, 0xFFFF_FFFF_FFFFL, 7);
        ring.linkMtuV6(5, 1_280);
        ring.linkMtuV4(6, 576);
        ring.linkHopLimitV6(7, 99);
        assertThat(ring.drain()).isEqualTo(7);
        assertThat(handled).containsExactly("onNeighbourResolved[1, -2, 3, " + MAC + "]",
                "onNeighbourFailed[2, 3, -4]", "onNeighbourForgotten[3, 4, 5]",
                "onTransmitArp[4, 2, " + MAC + ", -6, " + 0xFFFF_FFFF_FFFFL + ", 7]", "onLinkMtuV6[5, 1280]",
                "onLinkMtuV4[6, 576]", "onLinkHopLimitV6[7, 99]");
    }

    @Test
    void shouldCarryMessagesWithTheirLink() {
        Memory.putLong(message.address(), 0x0102_0304_0506_0708L);
        ring.transmitIgmp(1, 2, 3, message.address(), 8);
        ring.transmitDatagram(7, 5, 6, MAC, message.address(), 8);
        ring.transmitIcmpv6(2, 3, 4, 5, 6, MAC, 255, true, message.address(), 8);
        assertThat(ring.drain()).isEqualTo(3);
        assertThat(handled).containsExactly("onTransmitIgmp[1, 2, 3, 102030405060708, 8]",
                "onTransmitDatagram[7, 5, 6, " + MAC + ", 102030405060708, 8]",
                "onTransmitIcmpv6[2, 3, 4, 5, 6, " + MAC + ", 255, true, 102030405060708, 8]");
    }

    @Test
    void shouldHandOverInTheNextTurnWhatStandsBehindACommandThatThrew() {
        ring.listenerClosed(BAD);
        ring.listenerClosed(2);
        assertThatThrownBy(ring::drain).hasStackTraceContaining("defect");
        assertThat(ring.isWaiting()).isTrue();
        assertThat(ring.drain()).isEqualTo(1);
        assertThat(handled).containsExactly("onListenerClosed[" + BAD + "]", "onListenerClosed[2]");
        assertThat(ring.isWaiting()).isFalse();
    }

    @Test
    void shouldLeaveToTheNextTurnWhatIsTooMuchForOne() {
        for (int i = 0; i < MANY; i++) {
            ring.listenerClosed(i + 1);
        }
        int handedOver = 0;
        while (ring.isWaiting()) {
            final int drained = ring.drain();
            assertThat(drained).isLessThan(MANY);
            handedOver += drained;
        }
        assertThat(handedOver).isEqualTo(MANY);
        assertThat(handled).hasSize(MANY).last().isEqualTo("onListenerClosed[" + MANY + "]");
        assertThat(ring.drain()).isZero();
    }

    private CommandRing.Handler recorder() {
        return (CommandRing.Handler) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{CommandRing.Handler.class}, (proxy, method, arguments) -> {
                    final Object[] seen = arguments.clone();
                    if (method.getName().startsWith("onTransmit") && !method.getName().endsWith("Arp")) {
                        // where the message lies says nothing, what lies there does
                        final int at = seen.length - 2;
                        seen[at] = Long.toHexString(Memory.getLong((long) seen[at]));
                    }
                    handled.add(method.getName() + Arrays.toString(seen));
                    if (Arrays.equals(arguments, new Object[]{BAD})) {
                        throw new IllegalStateException("defect");
                    }
                    return null;
                });
    }
}
