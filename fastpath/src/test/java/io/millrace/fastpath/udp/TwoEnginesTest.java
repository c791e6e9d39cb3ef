package io.millrace.fastpath.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.Datagram;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two engines of one stack, driven by one thread: the endpoint is the first one's, datagrams come to the second. */
class TwoEnginesTest {
    private static final int PORT = 5_000;

    private final long memoryBefore = MemoryRegion.bytesInUse();
    private final QueuePort[] ports = {new QueuePort(1_500), new QueuePort(1_500)};
    private final StackEngine[] engines = new StackEngine[2];
    private final MemoryRegion scratch = MemoryRegion.allocate("test scratch", 1 << 16);
    private DatagramEndpoint endpoint;
    private int events;
    private int wakeups;

    @BeforeEach
    void open() throws Exception {
        final StandInControl control = new StandInControl(StandInRoutes.of(Packet.address(StackDriver.ADDRESS)),
                new StandInIss(1, 0), new StandInPorts(1_024, 2_048));
        for (int i = 0; i < 2; i++) {
            engines[i] = new StackEngine(i, new EngineSettings(16, 16, 1 << 20, 64, 1 << 16, 16, 4, 1_000), ports[i],
                    control, () -> 1_000);
        }
        engines[0].onCommandQueued(() -> wakeups++);
        endpoint = engines[0].udp().open(told -> events |= told);
        endpoint.bind(0, EndpointRig.address(StackDriver.ADDRESS), PORT, false);
    }

    @AfterEach
    void close() {
        for (int i = 0; i < 2; i++) {
            engines[i].requestClose();
            assertThat(ports[i].available()).isEqualTo(ports[i].frames());
            ports[i].close();
        }
        scratch.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(memoryBefore);
    }

    private void arriveAtTheOther(final byte[] packet) {
        ports[1].inject(packet);
        engines[1].doWork();
    }

    private long counter(final int engine, final Counter counter) {
        return engines[engine].counters().get(counter);
    }

    @Test
    void shouldHandOverAndWake() {
        arriveAtTheOther(Datagram.toStack(PORT, "over there").toBytes());
        assertThat(wakeups).isEqualTo(1);
        assertThat(counter(1, Counter.UDP_FORWARDED)).isEqualTo(1);
        assertThat(endpoint.isReadable()).isFalse();
        assertThat(engines[0].nextDeadlineNs()).isEqualTo(Long.MIN_VALUE);
        engines[0].doWork();
        assertThat(events).isEqualTo(DatagramHandler.READABLE);
        final int length = endpoint.receive(scratch.address(), 100);
        final byte[] bytes = new byte[length];
        Memory.copyToArray(scratch.address(), bytes, 0, length);
        assertThat(new String(bytes)).isEqualTo("over there");
        assertThat(endpoint.senderLo()).isEqualTo(EndpointRig.address("10.0.0.2"));
        assertThat(endpoint.senderPort()).isEqualTo(1_000);
        assertThat(counter(0, Counter.UDP_RECEIVED)).isEqualTo(1);
    }

    @Test
    void shouldHandErrorsOver() throws Exception {
        assertThat(endpoint.connect(0, EndpointRig.address("10.0.0.2"), 77)).isEqualTo(SendResult.SENT);
        endpoint.send(scratch.address(), 3);
        engines[0].doWork();
        arriveAtTheOther(IpPacket.toStack(1, IpPacket.icmp(3, 3, 0, Arrays.copyOf(ports[0].poll(), 28))).toBytes());
        engines[0].doWork();
        assertThat(endpoint.takeError()).isEqualTo(DatagramError.PORT_UNREACHABLE);
    }

    @Test
    void shouldCountWhatComesWhenTheEndpointIsClosed() {
        arriveAtTheOther(Datagram.toStack(PORT, "too late").toBytes());
        endpoint.close();
        engines[0].doWork();
        assertThat(counter(0, Counter.UDP_CLOSED_MEANWHILE)).isEqualTo(1);
        arriveAtTheOther(Datagram.toStack(PORT, "far too late").toBytes());
        assertThat(counter(1, Counter.UDP_NO_PORT)).isEqualTo(1);
    }

    @Test
    void shouldDropAndCountWhatTheRingHasNoRoomFor() {
        endpoint.receiveBuffer(1 << 30);
        final byte[] packet = Datagram.toStack(PORT, "x".repeat(1_400)).toBytes();
        int handed = 0;
        while (counter(1, Counter.UDP_INBOX_FULL) == 0) {
            arriveAtTheOther(packet);
            handed++;
        }
        while (engines[0].nextDeadlineNs() == Long.MIN_VALUE) {
            engines[0].doWork();
        }
        assertThat(counter(0, Counter.UDP_RECEIVED)).isEqualTo(handed - 1).isGreaterThan(500);
        arriveAtTheOther(packet);
        engines[0].doWork();
        assertThat(counter(0, Counter.UDP_RECEIVED)).isEqualTo(handed);
    }

    @Test
    void shouldDropAndCountWhatIsForAnEngineThatWasClosed() {
        final DatagramEndpoint before = endpoint;
        engines[0].requestClose();
        assertThat(before.isBound()).isFalse();
        arriveAtTheOther(Datagram.toStack(PORT, "nobody").toBytes());
        assertThat(counter(1, Counter.UDP_NO_PORT)).isEqualTo(1);
    }
}
