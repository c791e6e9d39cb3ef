package io.millrace.control.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SipHashCookiesTest {
    private final FastOpenKeys keys = new FastOpenKeys(Secret.ofSeed(1));
    private final SipHashCookies cookies = new SipHashCookies(keys);

    @Test
    void shouldBelieveACookieOnlyFromTheClientThatItWasMadeFor() {
        final long cookie = cookies.make(0, 1, 0, 2);
        assertThat(cookies.isValid(cookie, 0, 1, 0, 2)).isTrue();
        assertThat(cookies.isValid(cookie, 0, 1, 0, 3)).isFalse();
        assertThat(cookies.isValid(cookie, 0, 2, 0, 2)).isFalse();
        assertThat(cookies.isValid(cookie + 1, 0, 1, 0, 2)).isFalse();
    }

    @Test
    void shouldMakeAnotherForEveryClientAndKey() {
        final Set<Long> seen = new HashSet<>();
        for (int client = 0; client < 100; client++) {
            seen.add(cookies.make(0, 1, 0, client));
        }
        seen.add(new SipHashCookies(new FastOpenKeys(Secret.ofSeed(2))).make(0, 1, 0, 2));
        assertThat(seen).hasSize(101);
    }

    @Test
    void shouldMakeTheSameOnEveryEngine() {
        assertThat(new SipHashCookies(keys).make(0, 1, 0, 2)).isEqualTo(cookies.make(0, 1, 0, 2));
    }

    @Test
    void shouldBelieveCookiesOfTheLastKeyButOfNoneBeforeIt() {
        final long first = cookies.make(0, 1, 0, 2);
        keys.rotate(Secret.ofSeed(2));
        final long second = cookies.make(0, 1, 0, 2);
        assertThat(second).isNotEqualTo(first);
        assertThat(cookies.isValid(first, 0, 1, 0, 2)).isTrue();
        keys.rotate(Secret.ofSeed(3));
        assertThat(cookies.isValid(first, 0, 1, 0, 2)).isFalse();
        assertThat(cookies.isValid(second, 0, 1, 0, 2)).isTrue();
    }
}
