package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fragments in a whole stack: what they make goes where an unfragmented datagram goes, and what is missing is told. */
class FragmentInputTest {
    private static final int QUOTED = 28;

    @ParameterizedTest
    @ValueSource(ints = {1_473, 4_000, 8_000, 65_507})
    void shouldAnswerALongEchoRequestInFragments(final int length) {
        try (StackDriver stack = new StackDriver()) {
            final byte[] data = Fragments.payload(length);
            final List<byte[]> fragments = Fragments.cutFor(1_500, 9, IpProtocol.ICMP,
                    IpPacket.icmp(8, 0, 0x1234_5678, data));
            Collections.shuffle(fragments, new Random(length));
            fragments.forEach(stack::inject);
            try (ReassemblyRig peer = new ReassemblyRig()) {
                byte[] last = stack.port().poll();
                for (byte[] next = stack.port().poll(); next != null; next = stack.port().poll()) {
                    assertThat(last).hasSizeLessThanOrEqualTo(1_500);
                    peer.add(last);
                    last = next;
                }
                assertThat(peer.add(last)).isTrue();
                assertThat(peer.payload()).isEqualTo(IpPacket.icmp(0, 0, 0x1234_5678, data));
            }
            final long count = fragments.size();
            assertThat(stack.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENTS_RECEIVED, count,
                    Counter.IP_REASSEMBLED, 1L, Counter.ICMP_ECHOES_ANSWERED, 1L, Counter.IP_FRAGMENTED, 1L,
                    Counter.IP_FRAGMENTS_SENT, count));
        }
    }

    @Test
    void shouldTakeASegmentInFragments() {
        try (StackDriver stack = new StackDriver()) {
            stack.listen(80, 1, TcpSettings.DEFAULT);
            final byte[] syn = new Packet(Packet.address(Peer.ADDRESS), 40_000, Packet.address(StackDriver.ADDRESS),
                    80, 5_000, 0, Packet.flags("S"), 1_000, 0, 1_460, -1, new byte[0]).toBytes();
            final byte[] segment = Arrays.copyOfRange(syn, 20, syn.length);
            // RFC 1858 §3: a first fragment too short to hold the flags hides nothing from a host
            for (final byte[] fragment : Fragments.cut(3, IpProtocol.TCP, segment, 8, 16)) {
                assertThat(stack.port().poll()).isNull();
                stack.inject(fragment);
            }
            assertThat(stack.sent().is("SA")).isTrue();
        }
    }

    @Test
    void shouldQuoteTheWholeDatagramWhereNobodyListens() {
        try (StackDriver stack = new StackDriver()) {
            final byte[] datagram = IpPacket.udp(9, Fragments.payload(2_992));
            Fragments.cutFor(1_500, 4, IpProtocol.UDP, datagram).forEach(stack::inject);
            final byte[] whole = Fragments.identified(4, IpPacket.toStack(IpProtocol.UDP, datagram));
            assertThat(IpPacket.of(stack.port().poll()).payload())
                    .isEqualTo(IpPacket.icmp(3, 3, 0, Arrays.copyOf(whole, QUOTED)));
        }
    }

    @Test
    void shouldTellTheSenderWhereTheRestDoesNotCome() {
        try (StackDriver stack = new StackDriver()) {
            final List<byte[]> fragments = Fragments.cutFor(1_500, 5, IpProtocol.UDP, Fragments.payload(3_000));
            stack.inject(fragments.get(1));
            stack.advanceMs(10_000);
            stack.inject(fragments.get(0));
            stack.advance(TimeUnit.SECONDS.toNanos(20) - 1);
            assertThat(stack.port().poll()).isNull();
            stack.advance(1);
            final IpPacket error = IpPacket.of(stack.port().poll());
            assertThat(error.payload()).isEqualTo(IpPacket.icmp(11, 1, 0, Arrays.copyOf(fragments.get(0), QUOTED)));
            assertThat(stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
            // too late: this begins another one
            stack.inject(fragments.get(2));
            assertThat(stack.counters()).isEqualTo(Map.of(Counter.IP_FRAGMENTS_RECEIVED, 3L,
                    Counter.IP_REASSEMBLY_TIMED_OUT, 1L, Counter.ICMP_ERRORS_SENT, 1L));
        }
    }

    @Test
    void shouldSayNothingWhereFragmentZeroIsMissing() {
        try (StackDriver stack = new StackDriver()) {
            stack.inject(Fragments.part(5, IpProtocol.UDP, Fragments.payload(3_000), 1_480, 2_960));
            stack.advanceMs(30_000);
            assertThat(stack.port().poll()).isNull();
            assertThat(stack.counter(Counter.IP_REASSEMBLY_TIMED_OUT)).isEqualTo(1);
        }
    }

    @Test
    void shouldBoundWhatItTellsInASecond() {
        try (StackDriver stack = new StackDriver()) {
            final byte[] payload = Fragments.payload(16);
            for (int id = 0; id < 300; id++) {
                stack.inject(Fragments.part(id, IpProtocol.UDP, payload, 0, 8));
            }
            stack.advanceMs(30_000);
            assertThat(stack.counter(Counter.IP_REASSEMBLY_TIMED_OUT)).isEqualTo(300);
            assertThat(stack.counter(Counter.ICMP_ERRORS_SENT)).isEqualTo(100);
        }
    }

    @Test
    void shouldWaitAsLongAsItIsTold() {
        final EngineSettings settings = EngineSettings.DEFAULT
                .with(new ReassemblySettings(1 << 17, TimeUnit.SECONDS.toNanos(2)));
        try (StackDriver stack = new StackDriver(settings, 1_500)) {
            stack.inject(Fragments.part(1, IpProtocol.UDP, Fragments.payload(16), 0, 8));
            assertThat(stack.toNextTimer()).isEqualTo(TimeUnit.SECONDS.toNanos(2));
            assertThat(stack.counter(Counter.IP_REASSEMBLY_TIMED_OUT)).isEqualTo(1);
        }
    }

    @Test
    void shouldDropEveryFragmentWhereReassemblyIsOff() {
        try (StackDriver stack = new StackDriver(EngineSettings.DEFAULT.with(new ReassemblySettings(0, 1)), 1_500)) {
            stack.inject(Fragments.part(1, IpProtocol.UDP, Fragments.payload(16), 0, 8));
            assertThat(stack.counters())
                    .isEqualTo(Map.of(Counter.IP_FRAGMENTS_RECEIVED, 1L, Counter.IP_FRAGMENT_REFUSED, 1L));
            assertThat(stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldKeepNoFragmentThatIsNotForUs() {
        try (StackDriver stack = new StackDriver()) {
            final IpPacket fragment = IpPacket.toStack(IpProtocol.UDP, new byte[16]).flagsAndOffset(0x2000);
            stack.inject(fragment.to("10.0.0.9").toBytes()).inject(fragment.from("224.0.0.1").toBytes())
                    .inject(fragment.options(131, 3, 4, 0).toBytes());
            assertThat(stack.counters()).isEqualTo(Map.of(Counter.IP_NOT_FOR_US, 1L, Counter.IP_BAD_SOURCE, 1L,
                    Counter.IP_SOURCE_ROUTE, 1L));
            assertThat(stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldNotAnswerForAGroup() {
        try (StackDriver stack = new StackDriver()) {
            stack.inject(IpPacket.toStack(IpProtocol.UDP, new byte[16]).flagsAndOffset(0x2000)
                    .to(StackDriver.BROADCAST).toBytes());
            stack.advanceMs(30_000);
            assertThat(stack.port().poll()).isNull();
            assertThat(stack.counter(Counter.IP_REASSEMBLY_TIMED_OUT)).isEqualTo(1);
        }
    }

    @Test
    void shouldIgnoreAnErrorAboutAFragmentThatHoldsNoPorts() {
        try (StackDriver stack = new StackDriver()) {
            final byte[] ours = IpPacket.toStack(IpProtocol.TCP, new byte[16]).flagsAndOffset(100)
                    .from(StackDriver.ADDRESS).to(Peer.ADDRESS).toBytes();
            stack.inject(IpPacket.toStack(IpProtocol.ICMP, IpPacket.icmp(3, 3, 0, ours)).toBytes());
            assertThat(stack.counters()).isEqualTo(Map.of(Counter.ICMP_ERRORS_RECEIVED, 1L, Counter.ICMP_IGNORED, 1L));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldSurviveAnyFragments(final long seed) {
        final Random random = new Random(seed);
        final EngineSettings settings = new EngineSettings(16, 16, 1 << 20, 16, 1 << 16, 16, 4, 1_000)
                .with(new ReassemblySettings(1 << 17, TimeUnit.SECONDS.toNanos(1)));
        final List<byte[]> pool = new ArrayList<>();
        try (StackDriver stack = new StackDriver(settings, 1_500)) {
            for (int step = 0; step < 20_000; step++) {
                if (pool.isEmpty() || random.nextInt(4) == 0) {
                    pool.addAll(datagram(random));
                }
                final byte[] fragment = pool.get(random.nextInt(pool.size()));
                stack.inject(random.nextInt(8) == 0 ? mutated(fragment, random) : fragment);
                if (random.nextInt(50) == 0) {
                    stack.advance(random.nextInt(1_000_000_000));
                }
                while (pool.size() > 200) {
                    pool.remove(random.nextInt(pool.size()));
                }
                while (stack.port().poll() != null) {
                    assertThat(stack.counter(Counter.EXCEPTIONS)).isZero();
                }
            }
            assertThat(stack.counters().keySet()).contains(Counter.IP_REASSEMBLED, Counter.IP_REASSEMBLY_TIMED_OUT,
                    Counter.IP_REASSEMBLY_EVICTED, Counter.IP_FRAGMENTS_OVERLAP, Counter.IP_FRAGMENTS_CONTRADICT,
                    Counter.IP_FRAGMENT_DUPLICATE, Counter.IP_FRAGMENT_MALFORMED, Counter.IP_FRAGMENTS_BAD_ECN,
                    Counter.ICMP_ECHOES_ANSWERED);
            stack.advanceMs(1_000);
            assertThat(stack.nextTimerNs()).as("nothing is held").isEqualTo(Long.MAX_VALUE);
        }
    }

    private static List<byte[]> datagram(final Random random) {
        final int protocol = new int[]{IpProtocol.ICMP, IpProtocol.UDP, IpProtocol.TCP, 99}[random.nextInt(4)];
        final byte[] data = Fragments.payload(random.nextInt(random.nextInt(10) == 0 ? 65_000 : 3_000));
        final byte[] payload = protocol == IpProtocol.ICMP ? IpPacket.icmp(8, 0, 1, data) : data;
        return payload.length == 0
                ? List.of()
                : Fragments.cutFor(28 + random.nextInt(1_472), random.nextInt(64), protocol, payload);
    }

    private static byte[] mutated(final byte[] fragment, final Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Fragments.changed(fragment, 6, random.nextInt(0x10000));
            case 1 -> Fragments.changed(fragment, 0, fragment[0] << 8 | random.nextInt(4));
            case 2 -> Fragments.changed(fragment, 2, 20 + random.nextInt(fragment.length - 19));
            default -> Fragments.changed(fragment, 4, random.nextInt(64));
        };
    }
}
