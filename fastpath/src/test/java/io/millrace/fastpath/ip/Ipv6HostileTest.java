package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Ipv6Packet;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chains of headers, fragments and messages that nobody sends, and damaged ones that somebody might: none of them makes the
 * engine throw or keep a frame, and who is polite is still answered. Thread: the test's.
 */
class Ipv6HostileTest {
    private static final int PACKETS = 20_000;
    private static final int[] KINDS = {Ipv6Packet.HOP_BY_HOP, Ipv6Packet.TCP, Ipv6Packet.UDP, Ipv6Packet.ROUTING,
            Ipv6Packet.FRAGMENT, Ipv6Packet.ICMP, Ipv6Packet.NOTHING, Ipv6Packet.DESTINATION, 50, 51, 253};
    private static final String[] ADDRESSES = {StackDriver.ADDRESS, StackDriver.ADDRESS, Peer.ADDRESS, "::", "::1",
            "ff02::1", "ff01::1", "::ffff:10.0.0.1", "fe80::1"};

    private Random random;

    @BeforeEach
    void overIpv6() {
        Family.use(Family.V6);
    }

    @AfterEach
    void overIpv4Again() {
        Family.use(Family.V4);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldSurviveAnything(final long seed) {
        random = new Random(seed);
        final QueuePort port = new QueuePort(1_500);
        try (StackDriver stack = new StackDriver(EngineSettings.DEFAULT, port)) {
            stack.listen(80, 8, TcpSettings.DEFAULT);
            stack.routes().join("ff02::1");
            stack.routes().join("ff01::1");
            for (int i = 0; i < PACKETS; i++) {
                stack.inject(packet());
                while (port.poll() != null) {
                    // what it answers is for nobody
                }
                if (random.nextInt(100) == 0) {
                    stack.advanceMs(random.nextInt(2_000));
                }
                assertThat(stack.counter(Counter.EXCEPTIONS)).as("seed %d packet %d", seed, i).isZero();
            }
            stack.advanceMs(200_000);
            while (port.poll() != null) {
                // nor what it answers late
            }
            stack.inject(Ipv6Packet.toStack(Ipv6Packet.ICMP, Ipv6Packet.icmp(128, 0, 1, new byte[8])).checksummed()
                    .toBytes());
            assertThat(Ipv6Packet.of(port.poll()).payload()[0]).isEqualTo((byte) 129);
            assertThat(port.available()).as("frames").isEqualTo(port.frames());
        }
    }

    private byte[] packet() {
        Ipv6Packet packet = Ipv6Packet.toStack(kind(), bytes(random.nextInt(80)));
        if (random.nextBoolean()) {
            packet = innermost();
        }
        for (int i = random.nextInt(10); i > 0; i--) {
            packet = random.nextInt(3) == 0
                    ? packet.behind(Ipv6Packet.FRAGMENT,
                            Ipv6Packet.fragment(packet.nextHeader(), random.nextInt(4) * 8 * random.nextInt(1_024),
                                    random.nextBoolean(), random.nextInt(4)))
                    : packet.behind(kind(), Ipv6Packet.extension(packet.nextHeader(), options()));
        }
        packet = packet.to(ADDRESSES[random.nextInt(3)]).hopLimit(random.nextInt(256)).label(random.nextInt(1 << 28));
        if (random.nextInt(4) == 0) {
            packet = packet.from(ADDRESSES[random.nextInt(ADDRESSES.length)])
                    .to(ADDRESSES[random.nextInt(ADDRESSES.length)]);
        }
        return damaged(packet.toBytes());
    }

    /** A message, datagram or segment that is right in itself. */
    private Ipv6Packet innermost() {
        return switch (random.nextInt(4)) {
            case 0 -> Ipv6Packet.toStack(Ipv6Packet.ICMP, Ipv6Packet.icmp(random.nextInt(256), random.nextInt(6),
                    random.nextInt(), quote())).checksummed();
            case 1 -> Ipv6Packet.toStack(Ipv6Packet.UDP, Ipv6Packet.udp(random.nextInt(65_536), bytes(40)))
                    .checksummed();
            case 2 -> Ipv6Packet.of(new Packet(Packet.address(Peer.ADDRESS), 1 + random.nextInt(5),
                    Packet.address(StackDriver.ADDRESS), 80, random.nextInt(1_000), random.nextInt(),
                    random.nextInt(64),
                    random.nextInt(65_536), 0, random.nextInt(2_000), -1, bytes(20)).toBytes());
            default -> Ipv6Packet.toStack(Ipv6Packet.ICMP, Ipv6Packet.icmp(128, 0, 0, bytes(1_300))).checksummed();
        };
    }

    private byte[] quote() {
        final Ipv6Packet quoted = Ipv6Packet.toStack(kind(), bytes(60)).from(StackDriver.ADDRESS).to(Peer.ADDRESS);
        return random.nextBoolean()
                ? bytes(random.nextInt(60))
                : quoted.behind(kind(), Ipv6Packet.extension(quoted.nextHeader(), options())).toBytes();
    }

    private int kind() {
        return KINDS[random.nextInt(KINDS.length)];
    }

    private int[] options() {
        return random.ints(random.nextInt(24), 0, random.nextInt(3) == 0 ? 256 : 3).toArray();
    }

    private byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] damaged(final byte[] packet) {
        final byte[] other = packet.clone();
        for (int i = random.nextInt(3) == 0 ? random.nextInt(4) : 0; i > 0; i--) {
            other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return random.nextInt(10) == 0 ? Arrays.copyOf(other, random.nextInt(other.length + 1)) : other;
    }
}
