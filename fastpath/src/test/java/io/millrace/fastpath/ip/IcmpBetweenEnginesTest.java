package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.control.IcmpErrors;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A router's ICMP error comes to the queue of the router's address, the connection may live behind another. */
class IcmpBetweenEnginesTest {
    /** The engine that hears the router, of a stack that has two. */
    private static final class Hearer implements AutoCloseable {
        private final QueuePort port = new QueuePort(1_500);
        private final StackEngine engine;

        Hearer(final IcmpErrors others) {
            engine = new StackEngine(0, EngineSettings.DEFAULT, port, new StandInControl(
                    StandInRoutes.of(Packet.address(StackDriver.ADDRESS)), new StandInIss(1, 0),
                    new StandInPorts(1, 2)) {
                @Override
                public int engines() {
                    return 2;
                }

                @Override
                public IcmpErrors otherEngines() {
                    return others;
                }
            }, () -> 1_000_000_000L);
        }

        void hear(final byte[] quote, final int times) {
            for (int i = 0; i < times; i++) {
                port.inject(IpPacket.toStack(IpProtocol.ICMP, IpPacket.icmp(3, 4, 1_000, quote)).toBytes());
                engine.doWork();
            }
        }

        @Override
        public void close() {
            engine.requestClose();
            port.close();
        }
    }

    @Test
    void shouldReachTheEngineThatHasTheConnection() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED);
                Hearer hearer = new Hearer((error, localHi, localLo, remoteHi, remoteLo, ports, sequence, mtu) -> at
                        .stack().engine().commands()
                        .icmpError(error, localHi, localLo, remoteHi, remoteLo, ports, sequence, mtu))) {
            at.stack().send(at.handle(), new byte[1_460]);
            hearer.hear(Arrays.copyOf(at.stack().port().poll(), 28), 1);
            assertThat(hearer.engine.counters().get(Counter.ICMP_ELSEWHERE)).isEqualTo(1);
            assertThat(hearer.engine.counters().get(Counter.ICMP_IGNORED)).isZero();
            at.stack().run();
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(960);
            assertThat(at.stack().allSent()).extracting(Packet::length).containsExactly(960, 500);
        }
    }

    @Test
    void shouldHandOnNoMoreThanTheOthersCanBear() {
        final int[] told = new int[1];
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED);
                Hearer hearer = new Hearer((error, localHi, localLo, remoteHi, remoteLo, ports, sequence,
                        mtu) -> told[0]++)) {
            at.stack().send(at.handle(), new byte[1_460]);
            hearer.hear(Arrays.copyOf(at.stack().port().poll(), 28), 3_000);
            assertThat(told[0]).isBetween(1, 1_000);
            assertThat(hearer.engine.counters().get(Counter.ICMP_IGNORED)).isEqualTo(3_000 - told[0]);
        }
    }

    /** Nobody has it: it ends there, and does not go round. */
    @Test
    void shouldBeIgnoredWhereNobodyHasTheConnection() {
        try (Scenario at = Scenario.in(TcpState.CLOSED)) {
            at.stack().engine().commands().icmpError(0, 0, 1, 0, 2, 3, 4, 5);
            at.stack().run();
            assertThat(at.stack().counters()).isEmpty();
        }
    }
}
