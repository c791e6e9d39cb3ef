package io.millrace.control.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a server's options (RFC 2132, 3396, 3442). */
class LeaseTest {
    private static final int LONG_OPTION = 300;

    private static @Nullable Lease leaseOf(final byte[] message, final long nowNs) {
        final DhcpMessage decoded = DhcpMessage.decode(message);
        return decoded == null ? null : Lease.of(decoded, nowNs, new SplittableRandom(1));
    }

    private static Lease lease(final ServerSays message) {
        return Objects.requireNonNull(leaseOf(message.toBytes(), 0));
    }

    @ParameterizedTest(name = "lease {0} s, T1 {1}, T2 {2}")
    @CsvSource({"1000, 0, 0, 500, 875", "1000, 100, 200, 100, 200", "1000, 0, 200, 100, 200", "1000, 300, 0, 300, 875",
            "1000, 900, 950, 900, 950", "1000, 900, 200, 100, 200", "1000, 100, 1000, 100, 875",
            "1000, 2000, 3000, 500, 875", "1, 0, 0, 0.5, 0.875", "4294967288, 0, 0, 2147483644, 3758096377"})
    void shouldHaveTimesInOrder(final long seconds, final long t1, final long t2, final double renew,
            final double rebind) {
        ServerSays message = ServerSays.lease().with(DhcpOption.LEASE_TIME, number(seconds));
        message = t1 == 0 ? message : message.with(DhcpOption.RENEWAL_TIME, number(t1));
        message = t2 == 0 ? message : message.with(DhcpOption.REBINDING_TIME, number(t2));
        final Lease lease = lease(message);
        assertThat(lease.expiryNs()).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
        assertThat(lease.rebindAtNs()).isEqualTo(Math.round(rebind * 1e9));
        final long latest = (long) (renew * 1e9);
        assertThat(lease.renewAtNs()).isBetween(latest - latest / 16, latest);
    }

    @Test
    void shouldNeverEndWhereTheLeaseIsInfinite() {
        final Lease lease = lease(ServerSays.lease().with(DhcpOption.LEASE_TIME, 255, 255, 255, 255));
        assertThat(lease.renewAtNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(lease.rebindAtNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(lease.expiryNs()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"0A00004D, 10.0.0.77/8", "AC10004D, 172.16.0.77/16", "C0A8004D, 192.168.0.77/24"})
    void shouldTakeTheClassesMaskWhereNoneIsNamed(final String address, final String cidr) {
        assertThat(lease(ServerSays.lease().yourAddress((int) Long.parseLong(address, 16))
                .without(DhcpOption.SUBNET_MASK)).cidr()).hasToString(cidr);
    }

    @ParameterizedTest(name = "{0} bytes")
    @CsvSource({"0, 0x7FFFFFFF", "68, 0x7FFFFFFF", "575, 0x7FFFFFFF", "576, 576", "1400, 1400", "65535, 65535"})
    void shouldTakeTheLinksMtuWhereItIsNotTooSmall(final int said, final int mtu) {
        assertThat(lease(ServerSays.lease().with(DhcpOption.INTERFACE_MTU, said >>> 8, said & 0xFF)).mtu())
                .isEqualTo(mtu);
        assertThat(lease(ServerSays.lease().with(DhcpOption.INTERFACE_MTU, 0, said >>> 8, said & 0xFF)).mtu())
                .as("no number of two bytes").isEqualTo(Lease.ANY_MTU);
    }

    @Test
    void shouldTakeTheFirstRouterOnTheLink() {
        assertThat(lease(ServerSays.lease().with(DhcpOption.ROUTERS, 10, 0, 0, 9, 10, 0, 0, 8)).routes())
                .singleElement()
                .hasToString("0.0.0.0/0 via 10.0.0.9");
        assertThat(lease(ServerSays.lease().with(DhcpOption.ROUTERS, 10, 9, 0, 9)).routes()).as("elsewhere").isEmpty();
        assertThat(lease(ServerSays.lease().with(DhcpOption.ROUTERS, 10, 0, 0, 77)).routes()).as("ourselves").isEmpty();
        assertThat(lease(ServerSays.lease().without(DhcpOption.ROUTERS)).routes()).isEmpty();
        assertThat(lease(ServerSays.lease().with(DhcpOption.ROUTERS, 10, 0)).routes()).isEmpty();
    }

    @Test
    void shouldTakeClasslessRoutesInTheRoutersPlace() {
        final Lease lease = lease(ServerSays.lease().with(DhcpOption.CLASSLESS_ROUTES,
                0, 10, 0, 0, 1, //
                8, 10, 10, 0, 0, 2, //
                25, 10, 17, 0, 255, 10, 0, 0, 3, // a bit behind the prefix
                32, 10, 198, 122, 47, 10, 0, 0, 4, //
                16, 10, 77, 0, 0, 0, 0, // on the link
                12, 172, 16, 10, 77, 9, 9, // a router there
                24, 192, 168, 5, 192, 168, 6, 1)); // a router nowhere
        assertThat(lease.routes().stream().map(Object::toString)).containsExactly("0.0.0.0/0 via 10.0.0.1",
                "10.0.0.0/8 via 10.0.0.2", "10.17.0.128/25 via 10.0.0.3", "10.198.122.47/32 via 10.0.0.4",
                "172.16.0.0/12 via 10.77.9.9");
        assertThat(lease.onLink()).singleElement().hasToString("10.77.0.0/16");
    }

    @ParameterizedTest
    @CsvSource({"33", "24", "8"})
    void shouldLeaveOutWhatIsBehindAMalformedRoute(final int length) {
        final Lease lease = lease(
                ServerSays.lease().with(DhcpOption.CLASSLESS_ROUTES, 8, 11, 10, 0, 0, 2, length, 12, 10,
                        0));
        assertThat(lease.routes()).singleElement().hasToString("11.0.0.0/8 via 10.0.0.2");
    }

    @Test
    void shouldJoinAnOptionThatComesInPieces() {
        final int[] routes = new int[LONG_OPTION];
        for (int i = 0; i < routes.length; i += 6) {
            routes[i] = 8;
            routes[i + 1] = 20 + i / 6;
            routes[i + 2] = 10;
            routes[i + 5] = 3;
        }
        assertThat(lease(ServerSays.lease().with(DhcpOption.CLASSLESS_ROUTES, routes)).routes()).hasSize(50).last()
                .hasToString("69.0.0.0/8 via 10.0.0.3");
    }

    @ParameterizedTest(name = "overload {0}")
    @CsvSource({"1, true, false", "2, false, true", "3, true, true", "0, false, false", "4, false, false"})
    void shouldReadOnInTheFieldsForFileAndServerName(final int overload, final boolean file, final boolean name) {
        final byte[] message = ServerSays.lease().with(DhcpOption.OVERLOAD, overload).without(DhcpOption.ROUTERS)
                .without(DhcpOption.SUBNET_MASK).toBytes();
        ByteBuffer.wrap(message, 108, 128).put(new byte[]{3, 4, 10, 0, 0, 5, -1});
        ByteBuffer.wrap(message, 44, 64).put(new byte[]{0, 1, 4, -1, -1, 0, 0, -1});
        final Lease lease = Objects.requireNonNull(leaseOf(message, 0));
        assertThat(lease.routes()).hasSize(file ? 1 : 0);
        assertThat(lease.cidr().prefixLength()).isEqualTo(name ? 16 : 8);
    }

    @ParameterizedTest(name = "byte {0} = {1}")
    @CsvSource({"0, 1", "1, 6", "2, 8", "236, 0", "239, 0"})
    void shouldDecodeOnlyAnswersToEthernet(final int at, final int value) {
        final byte[] message = ServerSays.lease().toBytes();
        assertThat(DhcpMessage.decode(message)).isNotNull();
        message[at] = (byte) value;
        assertThat(DhcpMessage.decode(message)).isNull();
    }

    @Test
    void shouldRefuseAnOptionThatReachesBeyondTheEnd() {
        final byte[] message = ServerSays.lease().toBytes();
        for (int length = 0; length < message.length - 1; length++) {
            final byte[] cut = Arrays.copyOf(message, length);
            final DhcpMessage decoded = DhcpMessage.decode(cut);
            // between two options it is whole: an end is not asked for
            assertThat(decoded == null || length >= DhcpMessage.FIXED_LENGTH).isTrue();
        }
        message[241] = 127;
        assertThat(DhcpMessage.decode(message)).isNull();
    }

    private static int[] number(final long value) {
        return new int[]{(int) (value >>> 24), (int) (value >>> 16), (int) (value >>> 8), (int) value};
    }
}
