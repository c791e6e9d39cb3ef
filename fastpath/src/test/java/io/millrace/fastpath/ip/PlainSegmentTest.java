package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short way of a segment through IP ends where the long one does, whatever the frame. */
class PlainSegmentTest {
    /** Where frames come from. */
    private enum From {
        IP,
        ETHERNET,
        HERE
    }

    private static final long MAC = 0x0200_0000_0001L;
    private static final int ROUNDS = 20_000;
    private static final int IP_HEADER = 20;
    private static final long NOW_NS = 7_000;
    private static final byte[] SEGMENT = new Packet(Packet.address(Peer.ADDRESS), 40_000,
            Packet.address(StackDriver.ADDRESS), 80, 5_000, 9_000, Packet.flags("PA"), 1_000, 0, -1, -1, new byte[30])
            .toBytes();

    @ParameterizedTest
    @EnumSource
    void shouldDoWhatTheStepsDo(final From from) {
        final boolean ethernet = from == From.ETHERNET;
        int plain = 0;
        try (Way shortWay = new Way(from); Way longWay = new Way(from)) {
            final Random random = new Random(11);
            for (int round = 0; round < ROUNDS; round++) {
                final byte[] frame = frame(random, ethernet);
                final int flags = random.nextInt(4);
                final long stampNs = random.nextBoolean() ? 0 : 6_000;
                if (random.nextInt(64) == 0) {
                    final boolean ours = random.nextInt(4) > 0;
                    shortWay.addressIsOurs(ours);
                    longWay.addressIsOurs(ours);
                }
                final boolean known = shortWay.isPlain(frame);
                plain += known ? 1 : 0;
                shortWay.take(frame, flags, stampNs, false);
                longWay.take(frame, flags, stampNs, true);
                assertThat(shortWay.segments).as("round %s: %s", round, Arrays.toString(frame))
                        .isEqualTo(longWay.segments);
                assertThat(shortWay.segments.isEmpty() && known).isFalse();
                assertThat(shortWay.counted()).as("round %s: %s", round, Arrays.toString(frame))
                        .isEqualTo(longWay.counted());
            }
        }
        assertThat(plain).isBetween(ROUNDS / 10, ROUNDS - ROUNDS / 10);
    }

    /** What was asked of a frame of the stack's own says nothing of one with these addresses that comes from outside. */
    @Test
    void shouldNotKnowAFrameFromOutsideByOneFromHere() {
        final byte[] own = SEGMENT.clone();
        System.arraycopy(own, 16, own, 12, 4);
        ByteBuffer.wrap(own).putShort(10, (short) 0);
        ByteBuffer.wrap(own).putShort(10, (short) IpPacket.checksum(own, 0, IP_HEADER));
        try (Way way = new Way(From.HERE)) {
            final long frame = way.acquire(own, 0, 0);
            assertThat(way.plain.isLocalSegment(frame)).isTrue();
            assertThat(way.plain.isSegment(frame)).isFalse();
            way.port.release(frame);
        }
    }

    /** A segment, mostly with something changed, the checksum mended or not, cut short or padded. */
    private static byte[] frame(final Random random, final boolean ethernet) {
        final byte[] packet = SEGMENT.clone();
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            final int at = random.nextInt(random.nextBoolean() ? IP_HEADER : packet.length);
            if (random.nextInt(16) == 0) {
                // from ourselves: only where nobody else can have sent it
                System.arraycopy(packet, 16, packet, 12, 4);
            }
            packet[at] = (byte) (random.nextBoolean() ? packet[at] ^ 1 << random.nextInt(8) : random.nextInt());
        }
        if (random.nextInt(4) > 0) {
            ByteBuffer.wrap(packet).putShort(10, (short) 0);
            ByteBuffer.wrap(packet).putShort(10, (short) IpPacket.checksum(packet, 0, IP_HEADER));
        }
        final int length = switch (random.nextInt(8)) {
            case 0 -> random.nextInt(packet.length);
            case 1 -> packet.length + random.nextInt(20);
            default -> packet.length;
        };
        final byte[] cut = Arrays.copyOf(packet, length);
        return ethernet ? withLinkHeader(cut, random) : cut;
    }

    private static byte[] withLinkHeader(final byte[] packet, final Random random) {
        final long destination = random.nextInt(8) == 0 ? MAC ^ 1L << random.nextInt(48) : MAC;
        final int type = switch (random.nextInt(12)) {
            case 0 -> 0x86DD;
            case 1 -> 0x8100;
            default -> 0x0800;
        };
        final byte[] frame = ByteBuffer.allocate(14 + packet.length).putShort((short) (destination >>> 32))
                .putInt((int) destination).putShort((short) 0x0200).putInt(2).putShort((short) type).put(packet)
                .array();
        return random.nextInt(32) == 0 ? Arrays.copyOf(frame, random.nextInt(16)) : frame;
    }

    /** IP's input, with somebody above who writes down what arrives. */
    private static final class Way implements TransportInput, DatagramInput, AutoCloseable {
        private static final RouteSnapshot OURS = StandInRoutes.of(Packet.address(StackDriver.ADDRESS))
                .withBroadcast(Packet.address(StackDriver.BROADCAST));
        private static final RouteSnapshot GIVEN_BACK = StandInRoutes.of(Packet.address(StackDriver.ADDRESS) + 1);

        private final From from;
        private final EngineCounters counters = new EngineCounters();
        private final List<List<Object>> segments = new ArrayList<>();
        private final QueuePort port;
        private final StandInControl control;
        private final PlainSegment plain;
        private final IpInput input;

        Way(final From from) {
            this.from = from;
            port = from == From.ETHERNET ? new QueuePort(1_500, MAC) : new QueuePort(1_500);
            control = new StandInControl(OURS, new StandInIss(1, 0), new StandInPorts(1, 2));
            final NeighbourTable neighbours = new NeighbourTable(port, counters, 16, 4, 42);
            final IpOutput output = new IpOutput(port, control, counters, neighbours,
                    new TransmitQueue(port, counters, 64, 256), new PathMtus(PathMtuSettings.DEFAULT, counters, 42));
            plain = new PlainSegment(output.links(), control);
            input = new IpInput(output.links(), control, counters, this, this,
                    new Icmp(control, counters, output, neighbours, this, this, 1_000), ReassemblySettings.DEFAULT);
        }

        void addressIsOurs(final boolean ours) {
            control.routes(ours ? OURS : GIVEN_BACK);
        }

        boolean isPlain(final byte[] bytes) {
            final long frame = acquire(bytes, 0, 0);
            final boolean answer = from == From.HERE ? plain.isLocalSegment(frame) : plain.isSegment(frame);
            port.release(frame);
            return answer;
        }

        void take(final byte[] bytes, final int flags, final long stampNs, final boolean byStep) {
            final long frame = acquire(bytes, flags, stampNs);
            segments.clear();
            if (from == From.HERE) {
                if (byStep) {
                    input.onAnyLocalFrame(frame, NOW_NS);
                } else {
                    input.onLocalFrame(frame, NOW_NS);
                }
            } else if (byStep) {
                input.onAnyFrame(frame, NOW_NS);
            } else {
                input.onFrame(frame, NOW_NS);
            }
            port.release(frame);
        }

        private long acquire(final byte[] bytes, final int flags, final long stampNs) {
            final long frame = port.acquire();
            Frame.flags(frame, flags);
            Frame.timestampNs(frame, stampNs);
            Frame.length(frame, bytes.length);
            // what an earlier one left behind the end must not be looked at
            Memory.zero(Frame.data(frame), 512);
            Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
            return frame;
        }

        Map<Counter, Long> counted() {
            final Map<Counter, Long> counted = new EnumMap<>(Counter.class);
            for (final Counter counter : Counter.values()) {
                counted.put(counter, counters.get(counter));
            }
            return counted;
        }

        @Override
        public void onSegment(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
                final long address, final int length, final boolean checksumTrusted, final int ecn,
                final long arrivedNs) {
            final byte[] bytes = new byte[length];
            Memory.copyToArray(address, bytes, 0, length);
            segments.add(List.of(localHi, localLo, remoteHi, remoteLo, Arrays.toString(bytes), checksumTrusted, ecn,
                    arrivedNs));
        }

        @Override
        public void onForwardedSegment(final long localHi, final long localLo, final long remoteHi,
                final long remoteLo, final long address, final int length, final boolean checksumTrusted,
                final int ecn) {
            throw new AssertionError("forwarded");
        }

        @Override
        public boolean isKnown(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
                final long address, final int length) {
            return false;
        }

        @Override
        public void onIcmpError(final IcmpError error, final long localHi, final long localLo, final long remoteHi,
                final long remoteLo, final int ports, final int sequence, final int mtu) {}

        @Override
        public boolean onDatagram(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
                final long address, final int length, final int flags) {
            return true;
        }

        @Override
        public void onDatagramError(final IcmpError error, final long localHi, final long localLo,
                final long remoteHi, final long remoteLo, final int ports, final int mtu) {}

        @Override
        public void close() {
            input.close();
            port.close();
        }
    }
}
