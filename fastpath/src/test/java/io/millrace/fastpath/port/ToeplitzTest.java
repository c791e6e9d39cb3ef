package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToeplitzTest {
    /** "Verifying the RSS Hash Calculation" of the specification. */
    @ParameterizedTest
    @CsvSource({"66.9.149.187, 2794, 161.142.100.80, 1766, 323e8fc2, 51ccc178",
            "199.92.111.2, 14230, 65.69.140.83, 4739, d718262a, c626b0ea",
            "24.19.198.95, 12898, 12.22.207.184, 38024, d2d0a5de, 5c2b394a",
            "38.27.205.30, 48228, 209.142.163.6, 2217, 82989176, afc7327f",
            "153.39.163.191, 44251, 202.188.127.2, 1303, 5d1809c5, 10e828a2",
            "3ffe:2501:200:1fff::7, 2794, 3ffe:2501:200:3::1, 1766, 2cc18cd5, 40207d3d",
            "3ffe:501:8::260:97ff:fe40:efab, 14230, ff02::1, 4739, 0f0c461c, dde51bbf",
            "3ffe:1900:4545:3:200:f8ff:fe21:67cf, 44251, fe80::200:f8ff:fe21:67cf, 38024, 4b61e985, 02d1feef"})
    void shouldHashAsTheSpecificationSays(final String source, final int sourcePort, final String destination,
            final int destinationPort, final String addresses, final String withPorts) throws Exception {
        final Toeplitz hash = new Toeplitz(RssKey.EXAMPLE);
        final InetAddress from = InetAddress.getByName(source);
        final InetAddress to = InetAddress.getByName(destination);
        assertThat(hash.hash(IpAddress.hi(from), IpAddress.lo(from), IpAddress.hi(to), IpAddress.lo(to)))
                .isEqualTo(Integer.parseUnsignedInt(addresses, 16));
        assertThat(hash.hash(IpAddress.hi(from), IpAddress.lo(from), sourcePort, IpAddress.hi(to), IpAddress.lo(to),
                destinationPort)).isEqualTo(Integer.parseUnsignedInt(withPorts, 16));
    }

    @Property
    void shouldHashAsTheDefinitionDoesBitByBit(@ForAll final long seed) {
        final Random random = new Random(seed);
        final byte[] key = new byte[RssKey.LENGTH];
        random.nextBytes(key);
        final byte[] input = new byte[Toeplitz.INPUT_LENGTH];
        random.nextBytes(input);
        final ByteBuffer in = ByteBuffer.wrap(input);
        assertThat(new Toeplitz(RssKey.of(key)).hash(in.getLong(0), in.getLong(8), in.getShort(32) & 0xFFFF,
                in.getLong(16), in.getLong(24), in.getShort(34) & 0xFFFF)).isEqualTo(bitByBit(key, input));
    }

    private static int bitByBit(final byte[] key, final byte[] input) {
        int hash = 0;
        for (int bit = 0; bit < input.length * 8; bit++) {
            if ((input[bit / 8] & 0x80 >> bit % 8) != 0) {
                int window = 0;
                for (int i = bit; i < bit + 32; i++) {
                    window = window << 1 | key[i / 8] >> 7 - i % 8 & 1;
                }
                hash ^= window;
            }
        }
        return hash;
    }

    @ParameterizedTest
    @CsvSource({"''", "00", "0000000000000000000000000000000000000000000000000000000000000000000000000000000000",
            "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fg"})
    void shouldRefuseWhatIsNoKey(final String text) {
        assertThatThrownBy(() -> new RssKey(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
