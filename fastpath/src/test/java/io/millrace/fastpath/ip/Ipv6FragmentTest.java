package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Ipv6Packet;
import io.millrace.fastpath.testing.StackDriver;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fragments of IPv6 (RFC 8200 §4.5), in and out. Thread: the test's. */
class Ipv6FragmentTest {
    private static final int ICMP = Ipv6Packet.ICMP;

    private StackDriver stack;

    @BeforeEach
    void open() {
        Family.use(Family.V6);
        stack = new StackDriver();
    }

    @AfterEach
    void close() {
        Family.use(Family.V4);
        stack.close();
    }

    private static byte[] data(final int length) {
        final byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i * 7 + (i >> 8));
        }
        return data;
    }

    /** An echo request with so many bytes of data. */
    private static byte[] echo(final int length) {
        return Ipv6Packet.toStack(ICMP, Ipv6Packet.icmp(128, 0, 9, data(length))).checksummed().payload();
    }

    private static Ipv6Packet part(final byte[] whole, final int from, final int to, final int identification) {
        return Ipv6Packet.toStack(ICMP, Arrays.copyOfRange(whole, from, to)).behind(Ipv6Packet.FRAGMENT,
                Ipv6Packet.fragment(ICMP, from, to < whole.length, identification));
    }

    private void inject(final Ipv6Packet packet) {
        stack.inject(packet.toBytes());
    }

    private long counter(final Counter counter) {
        return stack.counter(counter);
    }

    @Test
    void shouldPutTogetherAnswerAndFragment() {
        final byte[] whole = echo(4_000);
        inject(part(whole, 2_400, whole.length, 77));
        inject(part(whole, 0, 1_200, 77));
        assertThat(stack.port().poll()).isNull();
        inject(part(whole, 1_200, 2_400, 77));
        final byte[] reply = new byte[whole.length];
        int bytes = 0;
        int identification = 0;
        for (byte[] next = stack.port().poll(); next != null; next = stack.port().poll()) {
            final Ipv6Packet fragment = Ipv6Packet.of(next);
            assertThat(next.length).isLessThanOrEqualTo(1_520);
            assertThat(fragment.nextHeader()).isEqualTo(Ipv6Packet.FRAGMENT);
            assertThat(fragment.payload()[0]).isEqualTo((byte) ICMP);
            final int id = ByteBuffer.wrap(fragment.payload()).getInt(4);
            assertThat(id).isEqualTo(identification == 0 ? id : identification);
            identification = id;
            final int length = fragment.payload().length - 8;
            System.arraycopy(fragment.payload(), 8, reply, fragment.fragmentOffset(), length);
            bytes += length;
            assertThat(ByteBuffer.wrap(fragment.payload()).getShort(2) & 1).isEqualTo(bytes < whole.length ? 1 : 0);
        }
        assertThat(bytes).isEqualTo(whole.length);
        assertThat(reply[0]).isEqualTo((byte) 129);
        assertThat(Arrays.copyOfRange(reply, 8, reply.length)).isEqualTo(data(4_000));
        assertThat(new Ipv6Packet(Ipv6Packet.address(StackDriver.ADDRESS), Ipv6Packet.address("10.0.0.2"), 0, ICMP, 64,
                reply).isChecksumRight()).isTrue();
        assertThat(counter(Counter.IP_REASSEMBLED)).isEqualTo(1);
        assertThat(counter(Counter.IP_FRAGMENTED)).isEqualTo(1);
    }

    @Test
    void shouldPutTogetherBehindOtherExtensionHeaders() {
        final byte[] whole = echo(100);
        final byte[] options = Ipv6Packet.extension(Ipv6Packet.FRAGMENT, 1, 4, 0, 0, 0, 0);
        inject(part(whole, 0, 48, 5).behind(60, options));
        inject(part(whole, 48, whole.length, 5).behind(60, options));
        assertThat(Ipv6Packet.of(stack.port().poll()).payload()).hasSize(whole.length);
    }

    @Test
    void shouldTakeAnAtomicFragmentForItself() {
        final byte[] whole = echo(100);
        inject(part(whole, 0, 48, 5));
        inject(part(echo(20), 0, 28, 5));
        assertThat(Ipv6Packet.of(stack.port().poll()).payload()).hasSize(28);
        inject(part(whole, 48, whole.length, 5));
        assertThat(Ipv6Packet.of(stack.port().poll()).payload()).as("the others go on").hasSize(whole.length);
    }

    @Test
    void shouldKeepDatagramsApart() {
        final byte[] whole = echo(100);
        inject(part(whole, 0, 48, 5));
        inject(part(whole, 48, whole.length, 6));
        inject(part(whole, 48, whole.length, 5).from("10.0.0.9"));
        assertThat(stack.port().poll()).isNull();
        inject(part(whole, 48, whole.length, 5));
        assertThat(stack.port().poll()).isNotNull();
    }

    @Test
    void shouldDropAllWhereFragmentsOverlap() {
        final byte[] whole = echo(100);
        final byte[] other = whole.clone();
        other[50] ^= 1;
        inject(part(whole, 0, 64, 5));
        inject(part(other, 48, 80, 5));
        assertThat(counter(Counter.IP_FRAGMENTS_OVERLAP)).isEqualTo(1);
        inject(part(whole, 64, whole.length, 5));
        assertThat(stack.port().poll()).isNull();
        assertThat(stack.counters()).doesNotContainKeys(Counter.IP_REASSEMBLED, Counter.ICMP_ERRORS_SENT);
    }

    @Test
    void shouldTakeARepetitionForOne() {
        final byte[] whole = echo(100);
        inject(part(whole, 0, 64, 5));
        inject(part(whole, 0, 64, 5));
        inject(part(whole, 64, whole.length, 5));
        assertThat(stack.port().poll()).isNotNull();
        assertThat(counter(Counter.IP_FRAGMENT_DUPLICATE)).isEqualTo(1);
    }

    private void assertProblem(final int code, final int pointer) {
        final Ipv6Packet problem = Ipv6Packet.of(stack.port().poll());
        assertThat(problem.isChecksumRight()).isTrue();
        assertThat(ByteBuffer.wrap(problem.payload()).getShort()).isEqualTo((short) (4 << 8 | code));
        assertThat(ByteBuffer.wrap(problem.payload()).getInt(4)).isEqualTo(pointer);
        assertThat(stack.port().poll()).isNull();
    }

    @Test
    void shouldTellOfALengthThatIsNoMultipleOf8() {
        inject(part(echo(100), 0, 63, 5));
        assertProblem(0, 4);
        assertThat(counter(Counter.IP_FRAGMENT_MALFORMED)).isEqualTo(1);
    }

    @Test
    void shouldTellOfWhatWouldBeTooLong() {
        inject(Ipv6Packet.toStack(ICMP, new byte[16]).behind(Ipv6Packet.FRAGMENT,
                Ipv6Packet.fragment(ICMP, 65_528, false, 1)));
        assertProblem(0, 42);
        assertThat(counter(Counter.IP_FRAGMENT_TOO_LONG)).isEqualTo(1);
    }

    @ParameterizedTest(name = "protocol {0} with {1} bytes")
    @CsvSource({"6, 16", "58, 0", "60, 16", "44, 16"})
    void shouldRefuseAFirstFragmentThatHidesHeaders(final int protocol, final int length) {
        final byte[] bytes = new byte[length];
        if (protocol == 60) {
            bytes[0] = 58;
            bytes[1] = 3; // goes on in the next fragment
        }
        if (length == 0) {
            inject(Ipv6Packet.toStack(60, Ipv6Packet.extension(58, 1, 4, 0, 0, 0, 0)).behind(Ipv6Packet.FRAGMENT,
                    Ipv6Packet.fragment(60, 0, true, 1)));
        } else {
            inject(Ipv6Packet.toStack(protocol, bytes).behind(Ipv6Packet.FRAGMENT,
                    Ipv6Packet.fragment(protocol, 0, true, 1)));
        }
        assertProblem(3, 0);
        assertThat(counter(Counter.IPV6_FIRST_FRAGMENT_INCOMPLETE)).isEqualTo(1);
    }

    @Test
    void shouldTellWhenFragmentsAreMissing() {
        final byte[] whole = echo(100);
        inject(part(whole, 0, 64, 0x1234_5678));
        stack.advanceMs(31_000);
        final Ipv6Packet error = Ipv6Packet.of(stack.port().poll());
        assertThat(error.isChecksumRight()).isTrue();
        assertThat(ByteBuffer.wrap(error.payload()).getShort()).isEqualTo((short) (3 << 8 | 1));
        assertThat(Arrays.copyOfRange(error.payload(), 8, error.payload().length))
                .as("the fragment as it came").isEqualTo(part(whole, 0, 64, 0x1234_5678).toBytes());
        assertThat(counter(Counter.IP_REASSEMBLY_TIMED_OUT)).isEqualTo(1);
    }

    @Test
    void shouldSayNothingWhereTheFirstIsMissing() {
        final byte[] whole = echo(100);
        inject(part(whole, 64, whole.length, 5));
        stack.advanceMs(31_000);
        assertThat(stack.port().poll()).isNull();
        assertThat(stack.counters())
                .isEqualTo(Map.of(Counter.IP_FRAGMENTS_RECEIVED, 1L, Counter.IP_REASSEMBLY_TIMED_OUT, 1L));
    }

    @Test
    void shouldTakeNoFragmentOfFragments() {
        final byte[] inner = Ipv6Packet.join(Ipv6Packet.fragment(ICMP, 0, true, 9), new byte[40]);
        final byte[] outer = Ipv6Packet.join(Ipv6Packet.extension(Ipv6Packet.FRAGMENT, 1, 4, 0, 0, 0, 0), inner);
        // the first holds options alone and an upper layer's header behind, as it seems
        inject(Ipv6Packet.toStack(60, Arrays.copyOfRange(outer, 0, 16)).behind(Ipv6Packet.FRAGMENT,
                Ipv6Packet.fragment(60, 0, true, 1)));
        assertThat(counter(Counter.IPV6_FIRST_FRAGMENT_INCOMPLETE)).isEqualTo(1);
    }
}
