package io.millrace.control.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The authors' vectors: key 00 01 .. 0f, message 00 01 02 .., as far as the message is of whole words. */
class SipHashTest {
    private static final Secret KEY = new Secret(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    @ParameterizedTest
    @CsvSource({"0,310E0EDD47DB6F72", "1,6224939A79F5F593", "2,DB9BC2577FCC2A3F", "3,94AF49F6C650ADB8",
            "4,CE7CF2722F512771", "5,D0A704536BA93E0E", "6,51A9CB9ECBA312E6", "7,BD838D3AAFBF8DB7"})
    void shouldMatchTheVectorsOfTwoFour(final int words, final String bytes) {
        assertThat(hash(SipHash.twoFour(KEY), words)).isEqualTo(littleEndian(bytes));
    }

    @ParameterizedTest
    @CsvSource({"0,DCC40F055801ACAB", "1,8E9A298D11959036", "2,668B907D1ADD4FCC", "3,8C9C3467B2AE64F4",
            "4,0DB6A7166C7B1581", "5,3115E4993236D2C1", "6,464C07DFF843319F", "7,756D3C24DBC0BCB4"})
    void shouldMatchTheVectorsOfOneThree(final int words, final String bytes) {
        assertThat(hash(SipHash.oneThree(KEY), words)).isEqualTo(littleEndian(bytes));
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "5"})
    void shouldHashOneMessageAfterTheOther(final int words) {
        final SipHash hash = SipHash.twoFour(KEY);
        final long first = hash(hash, words);
        hash(hash, 3);
        assertThat(hash(hash, words)).isEqualTo(first);
    }

    private static long hash(final SipHash hash, final int words) {
        hash.begin();
        long word = 0x0706050403020100L;
        for (int i = 0; i < words; i++, word += 0x0808080808080808L) {
            hash.add(word);
        }
        return hash.end();
    }

    private static long littleEndian(final String hex) {
        return Long.reverseBytes(Long.parseUnsignedLong(hex, 16));
    }
}
