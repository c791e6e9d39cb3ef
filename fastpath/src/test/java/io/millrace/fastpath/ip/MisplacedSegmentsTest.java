package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.control.OtherEngines;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInListener;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two engines; every flow is placed on the second, and the first receives what should have come there. */
class MisplacedSegmentsTest {
    private static final int PORT = 80;
    private static final int PEER_PORT = 40_000;
    private static final int RECEIVER = 0;
    private static final int OWNER = 1;

    private final long memoryBefore = MemoryRegion.bytesInUse();
    private final QueuePort[] ports = {new QueuePort(1_500), new QueuePort(1_500)};
    private final StackEngine[] engines = new StackEngine[2];
    private int wakeups;

    private final class Control extends StandInControl implements OtherEngines {
        Control() {
            super(StandInRoutes.of(Packet.address(StackDriver.ADDRESS)), new StandInIss(1_000, 0),
                    new StandInPorts(1, 2));
        }

        @Override
        public int engines() {
            return engines.length;
        }

        @Override
        public OtherEngines segmentsOfOthers() {
            return this;
        }

        @Override
        public FlowPlacement placement() {
            return (localHi, localLo, localPort, remoteHi, remoteLo, remotePort) -> OWNER;
        }

        @Override
        public boolean carry(final int engine, final long localHi, final long localLo, final long remoteHi,
                final long remoteLo, final long address, final int length, final boolean trusted, final int ecn) {
            return engines[engine].segments().offer(localHi, localLo, remoteHi, remoteLo, address, length, trusted,
                    ecn);
        }
    }

    @BeforeEach
    void open() {
        for (int i = 0; i < engines.length; i++) {
            final Control control = new Control();
            control.listen(PORT, new StandInListener(1, 1, TcpSettings.DEFAULT));
            engines[i] = new StackEngine(i, EngineSettings.DEFAULT, ports[i], control, () -> 0);
        }
        engines[OWNER].onCommandQueued(() -> wakeups++);
    }

    @AfterEach
    void close() {
        for (int i = 0; i < engines.length; i++) {
            assertThat(engines[i].counters().get(Counter.EXCEPTIONS)).isZero();
            engines[i].requestClose();
            ports[i].close();
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(memoryBefore);
    }

    @Test
    void shouldCarryASynToTheEngineOfItsFlow() {
        inject(segment(5_000, 0, "S", 0));
        assertThat(ports[RECEIVER].poll()).isNull();
        assertThat(wakeups).isEqualTo(1);
        assertThat(engines[OWNER].nextDeadlineNs()).isEqualTo(Long.MIN_VALUE);
        engines[OWNER].doWork();
        assertThat(Packet.of(ports[OWNER].poll()).is("SA")).isTrue();
        assertThat(count(RECEIVER, Counter.TCP_MISPLACED)).isEqualTo(1);
        assertThat(count(OWNER, Counter.TCP_MISPLACED)).isZero();
    }

    @Test
    void shouldCarryWhatWasPutTogetherFromFragments() {
        establish();
        final byte[] packet = segment(5_001, 1_001, "A", 64);
        Fragments.cut(1, IpProtocol.TCP, Arrays.copyOfRange(packet, 20, packet.length), 32)
                .forEach(ports[RECEIVER]::inject);
        engines[RECEIVER].doWork();
        engines[OWNER].doWork();
        assertThat(count(OWNER, Counter.TCP_BYTES_RECEIVED)).isEqualTo(64);
        assertThat(count(RECEIVER, Counter.IP_REASSEMBLED_ELSEWHERE)).isZero();
        assertThat(count(RECEIVER, Counter.TCP_MISPLACED)).as("the SYN before, and this").isEqualTo(2);
    }

    @Test
    void shouldCarryNothingWhoseChecksumIsWrong() {
        final byte[] packet = segment(5_000, 0, "S", 0);
        packet[packet.length - 3] ^= 1;
        inject(packet);
        assertThat(count(RECEIVER, Counter.TCP_BAD_CHECKSUM)).isEqualTo(1);
        assertThat(count(RECEIVER, Counter.TCP_MISPLACED)).isZero();
    }

    @Test
    void shouldResetThroughTheOwnerWhatNobodyHas() {
        inject(segment(5_000, 77, "A", 0));
        assertThat(ports[RECEIVER].poll()).isNull();
        engines[OWNER].doWork();
        assertThat(Packet.of(ports[OWNER].poll()).is("R")).isTrue();
    }

    @Test
    void shouldDropWhatTheOwnerHasNoRoomFor() {
        long dropped = 0;
        for (int i = 0; i < 1 << 20 && dropped == 0; i++) {
            inject(segment(5_000, 0, "S", 1_000));
            dropped = count(RECEIVER, Counter.TCP_MISPLACED_DROPPED);
        }
        assertThat(dropped).isEqualTo(1);
        assertThat(count(RECEIVER, Counter.TCP_MISPLACED)).isGreaterThan(500);
        engines[OWNER].doWork();
        inject(segment(5_000, 0, "S", 0));
        assertThat(count(RECEIVER, Counter.TCP_MISPLACED_DROPPED)).isEqualTo(1);
    }

    @Test
    void shouldDropWhatIsForAnEngineThatIsClosed() {
        engines[OWNER].requestClose();
        inject(segment(5_000, 0, "S", 0));
        assertThat(count(RECEIVER, Counter.TCP_MISPLACED_DROPPED)).isEqualTo(1);
    }

    /** It would wait for an answer that only the other engine sees. */
    @Test
    void shouldRefuseToOpenFromAPortWhoseAnswersComeElsewhere() {
        assertThat(connect(RECEIVER)).isZero();
        assertThat(engines[RECEIVER].tcp().failure(0)).isEqualTo(TcpFailure.ADDRESS_NOT_AVAILABLE);
        assertThat(engines[RECEIVER].tcp().refusal()).contains("answers to port 5000 come to engine 1",
                "let the stack choose the port");
        assertThat(connect(OWNER)).isNotZero();
        engines[OWNER].doWork();
        assertThat(Packet.of(ports[OWNER].poll()).is("S")).isTrue();
    }

    private long connect(final int engine) {
        final long local = IpAddress.v4(Packet.address(StackDriver.ADDRESS));
        final long remote = IpAddress.v4(Packet.address(Peer.ADDRESS));
        return engines[engine].tcp().connect(0, local, 5_000, 0, remote, PEER_PORT, TcpSettings.DEFAULT,
                (connection, ready) -> {});
    }

    private void establish() {
        inject(segment(5_000, 0, "S", 0));
        engines[OWNER].doWork();
        assertThat(Packet.of(ports[OWNER].poll()).is("SA")).isTrue();
        ports[OWNER].inject(segment(5_001, 1_001, "A", 0));
        engines[OWNER].doWork();
        assertThat(count(OWNER, Counter.TCP_ESTABLISHED)).isEqualTo(1);
    }

    private void inject(final byte[] packet) {
        ports[RECEIVER].inject(packet);
        engines[RECEIVER].doWork();
    }

    private long count(final int engine, final Counter counter) {
        return engines[engine].counters().get(counter);
    }

    private static byte[] segment(final int seq, final int ack, final String flags, final int length) {
        return new Packet(Packet.address(Peer.ADDRESS), PEER_PORT, Packet.address(StackDriver.ADDRESS), PORT, seq, ack,
                Packet.flags(flags), 1_000, 0, -1, -1, new byte[length]).toBytes();
    }
}
