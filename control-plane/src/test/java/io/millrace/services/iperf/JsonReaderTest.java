package io.millrace.services.iperf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.CorruptedFrameException;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
    @Test
    void shouldReadWhatIperf3Says() {
        assertThat(JsonReader.object("""
                {"tcp":true,"udp":false,"none":null,"time":10,"cpu":36.74,"retransmits":18446744073709551615,
                 "title":"a \\"b\\" \\u00e9\\n", "streams" : [ {"id":1} , {"id":-3} ], "empty":{}, "list":[]}"""))
                .isEqualTo(Map.of("tcp", true, "udp", false, "time", 10L, "cpu", 36.74, "retransmits",
                        1.8446744073709552E19, "title", "a \"b\" é\n", "streams",
                        List.of(Map.of("id", 1L), Map.of("id", -3L)), "empty", Map.of(), "list", List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "1", "{", "}", "{}x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1 \"b\":2}",
            "{a:1}", "{\"a\":[1,]}", "{\"a\":[1}", "{\"a\":tru}", "{\"a\":1e}", "{\"a\":--1}", "{\"a\":\"",
            "{\"a\":\"\\", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12", "{\"a\":\"\\u12g4\"}"})
    void shouldRefuseWhatIsNoObject(final String text) {
        assertThatThrownBy(() -> JsonReader.object(text)).isInstanceOf(CorruptedFrameException.class);
    }

    @Test
    void shouldRefuseDepthThatWouldEndTheStackOfItsThread() {
        assertThatThrownBy(() -> JsonReader.object("{\"a\":" + "[".repeat(100_000)))
                .isInstanceOf(CorruptedFrameException.class);
        assertThatThrownBy(() -> JsonReader.object("{\"a\":".repeat(100_000)))
                .isInstanceOf(CorruptedFrameException.class);
    }

    @Property
    void shouldFailInOneWayAlone(@ForAll @CharRange(from = ' ', to = '~') @StringLength(max = 60) final String text) {
        for (final String each : List.of(text, '{' + text, "{\"a\":" + text, "{\"a\":[" + text + "]}")) {
            try {
                JsonReader.object(each);
            } catch (final CorruptedFrameException expected) {
                assertThat(expected).hasMessageStartingWith("no JSON at character ");
            }
        }
    }
}
