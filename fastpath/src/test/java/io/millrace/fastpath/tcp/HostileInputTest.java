package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.Application;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Ipv6Packet;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever arrives, while an application does whatever it may: no exception, no frame and no byte lost (the driver looks
 * at its close), every table within its bounds, and the stack goes on to serve. Seeded: a failure repeats.
 */
@OverBothFamilies
class HostileInputTest {
    private static final int RUNS = 40;
    private static final int STEPS = 600;
    private static final int PORT = 80;
    private static final int[] ERRORS = {3, 3, 3, 8, 11};
    private static final int[] ERRORS_V6 = {1, 1, 2, 128, 3};
    private static final EngineSettings SETTINGS = new EngineSettings(16, 16, 1 << 20, 16, 1 << 16, 16, 4, 1_000);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void shouldSurviveAnything(final long seed) {
        for (int run = 0; run < RUNS; run++) {
            new Attack(seed * 1_000 + run).run();
        }
    }

    /** One stack, a few peers, and chance. */
    private static final class Attack {
        private final boolean v4 = Family.current() == Family.V4;
        private final Random random;
        private final long seed;
        private final List<Long> handles = new ArrayList<>();
        private final int[] seqs = new int[8];
        private final int[] acks = new int[8];
        private final boolean[] open = new boolean[8];
        private final byte[] text = new byte[5_000];
        private StackDriver stack;
        private StackDriver.Listener listener;
        private byte[] lastSent = new byte[40];

        Attack(final long seed) {
            this.seed = seed;
            random = new Random(seed);
        }

        void run() {
            try (StackDriver driver = new StackDriver(SETTINGS, 1_500)) {
                stack = driver;
                stack.nextIss(random.nextInt());
                listener = stack.listen(PORT, 4, settings());
                for (int step = 0; step < STEPS; step++) {
                    step();
                    assertThat(stack.counter(Counter.EXCEPTIONS)).as("seed %d step %d", seed, step).isZero();
                    assertThat(stack.engine().connections()).isBetween(0, 16);
                    assertThat(stack.engine().timeWaits()).isBetween(0, 16);
                }
                handles.forEach(handle -> stack.tcp().abort(handle));
                stack.advanceMs(3_600_000);
                serveOnce();
                assertThat(stack.engine().slabInUse()).as("seed %d", seed).isZero();
            } catch (final RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }

        private TcpSettings settings() {
            return TcpSettings.DEFAULT.toBuilder().receiveBuffer(random.nextBoolean() ? 4_096 : 65_536)
                    .windowScaling(random.nextBoolean()).synAckRetries(2).retries(3).build();
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0 -> accept();
                case 1 -> userCall();
                case 2 -> stack.advance(random.nextInt(10) == 0
                        ? random.nextLong(20_000_000_000L)
                        : random.nextLong(300_000_000L));
                case 3 -> inject(mutated(segment()));
                case 4 -> inject(icmp());
                case 5 -> inject(noise());
                default -> inject(segment());
            }
        }

        private void inject(final byte[] packet) {
            stack.inject(packet);
            for (byte[] sent = stack.port().poll(); sent != null; sent = stack.port().poll()) {
                lastSent = sent;
                if (sent[v4 ? 9 : 6] == IpProtocol.TCP) {
                    learn(Packet.of(sent));
                }
            }
        }

        /** What a peer would know, so that segments reach deep. */
        private void learn(final Packet packet) {
            final int peer = packet.destinationPort() & 7;
            acks[peer] = packet.seq() + packet.length() + (packet.has("S") ? 1 : 0) + (packet.has("F") ? 1 : 0);
            open[peer] = !packet.has("R");
            if (packet.has("A")) {
                seqs[peer] = packet.ack();
            }
        }

        private byte[] segment() {
            final int peer = random.nextInt(4);
            final int flags = random.nextInt(12) == 0 ? random.nextInt(256) : Packet.flags(plausible(peer));
            final byte[] options = new byte[4 * random.nextInt(random.nextInt(4) == 0 ? 11 : 1)];
            random.nextBytes(options);
            final byte[] payload = Arrays.copyOf(text, random.nextInt(3) == 0 ? random.nextInt(1_461) : 0);
            final ByteBuffer tcp = ByteBuffer.allocate(20 + options.length + payload.length);
            tcp.putShort((short) (40_000 + peer)).putShort((short) PORT).putInt(seqs[peer] + nearby())
                    .putInt(acks[peer] + nearby()).put((byte) (20 + options.length << 2)).put((byte) flags)
                    .putShort((short) (random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(65_536)))
                    .putShort((short) 0).putShort((short) random.nextInt(3_000)).put(options).put(payload);
            return v4
                    ? IpPacket.toStack(IpProtocol.TCP, withChecksum(tcp.array())).toBytes()
                    : Ipv6Packet.toStack(Ipv6Packet.TCP, tcp.array()).checksummed().toBytes();
        }

        private String plausible(final int peer) {
            if (!open[peer]) {
                return "S";
            }
            return switch (random.nextInt(40)) {
                case 0 -> "R";
                case 1 -> "S";
                case 2, 3 -> "FA";
                case 4, 5, 6, 7, 8, 9, 10, 11, 12 -> "A";
                default -> "PA";
            };
        }

        private int nearby() {
            return switch (random.nextInt(24)) {
                case 0 -> random.nextInt();
                case 1 -> random.nextInt(140_000) - 70_000;
                case 2, 3 -> random.nextInt(3_000);
                case 4 -> random.nextInt(5) - 2;
                default -> 0;
            };
        }

        private static byte[] withChecksum(final byte[] tcp) {
            final byte[] pseudo = ByteBuffer.allocate(12 + tcp.length).putInt(Packet.address(Peer.ADDRESS))
                    .putInt(Packet.address(StackDriver.ADDRESS)).putShort((short) IpProtocol.TCP)
                    .putShort((short) tcp.length).put(tcp).array();
            ByteBuffer.wrap(tcp).putShort(16, (short) IpPacket.checksum(pseudo, 0, pseudo.length));
            return tcp;
        }

        private byte[] mutated(final byte[] packet) {
            final byte[] bytes = Arrays.copyOf(packet, 1 + random.nextInt(packet.length + 10));
            for (int i = random.nextInt(4); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            return bytes;
        }

        /** An error that quotes what the stack sent, or nearly that. */
        private byte[] icmp() {
            final byte[] quote = Arrays.copyOf(lastSent, Family.current().headerLength() + random.nextInt(20));
            if (random.nextBoolean()) {
                quote[random.nextInt(quote.length)] ^= (byte) (1 << random.nextInt(8));
            }
            final int type = (v4 ? ERRORS : ERRORS_V6)[random.nextInt(ERRORS.length)];
            final int chosen = random.nextInt(6) == 0 ? random.nextInt(256) : type;
            final int code = random.nextInt(6);
            final int rest = random.nextInt(1_600);
            return v4
                    ? IpPacket.toStack(IpProtocol.ICMP, IpPacket.icmp(chosen, code, rest, quote)).toBytes()
                    : Ipv6Packet.toStack(Ipv6Packet.ICMP, Ipv6Packet.icmp(chosen, code, rest, quote)).checksummed()
                            .toBytes();
        }

        private byte[] noise() {
            final byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (random.nextBoolean()) {
                return bytes;
            }
            final int protocol = random.nextInt(256);
            return v4
                    ? IpPacket.toStack(protocol, bytes).toBytes()
                    : Ipv6Packet.toStack(protocol, bytes).toBytes();
        }

        private void accept() {
            final long handle = listener.accept(stack, new Application(stack));
            if (handle != 0) {
                handles.add(handle);
            }
        }

        private void userCall() {
            if (handles.isEmpty()) {
                return;
            }
            final long handle = handles.get(random.nextInt(handles.size()));
            switch (random.nextInt(30)) {
                case 0 -> stack.tcp().close(handle);
                case 1 -> stack.tcp().abort(handle);
                case 2 -> stack.tcp().shutdownOutput(handle);
                case 3 -> stack.tcp().shutdownInput(handle);
                case 4 -> stack.tcp().keepAlive(handle, random.nextBoolean());
                case 5 -> stack.tcp().receiveBuffer(handle, 2_304 + random.nextInt(100_000));
                case 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 ->
                    stack.send(handle, Arrays.copyOf(text, 1 + random.nextInt(4_000)));
                default -> stack.receive(handle, 1 + random.nextInt(8_000));
            }
            stack.run();
        }

        /** After all that: the queue is emptied, and somebody new is served. */
        private void serveOnce() {
            long waiting = listener.accept(stack, new Application(stack));
            while (waiting != 0) {
                stack.tcp().abort(waiting);
                waiting = listener.accept(stack, new Application(stack));
            }
            stack.advanceMs(3_600_000);
            stack.allSent();
            final Peer peer = new Peer(stack, 50_000, PORT, 77);
            peer.open(1_460);
            final long handle = listener.accept(stack, new Application(stack));
            peer.seq(78).send("PA", "hello");
            assertThat(stack.receive(handle, 10)).isEqualTo("hello".getBytes());
            stack.tcp().abort(handle);
            stack.run();
            assertThat(stack.engine().connections()).isZero();
        }
    }
}
