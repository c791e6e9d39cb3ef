package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.fastpath.tcp.TcpSettings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenRuleTest {
    private static final String RULES = """
            millrace {
              tcp { mss = 1300, sack = true }
              listen.rules = [
                { port = 443, backlog = 100, sources = ["10.0.0.0/8", "fd00::/8"], mss = 1400 }
                { port = 22, address = "10.0.0.2", sack = false, keep-alive-idle = 2m, ecn = on }
              ]
            }
            """;

    @Test
    void shouldChangeWhatItNamesAndNothingElse() {
        final MillraceConfig config = MillraceConfig.parse(RULES);
        final List<ListenRule> rules = config.get(ListenKeys.RULES);
        assertThat(rules).extracting(ListenRule::port).containsExactly(443, 22);
        assertThat(rules.getFirst().backlog()).contains(100);
        assertThat(rules.getFirst().address()).isEmpty();
        assertThat(rules.getFirst().sources()).extracting(Cidr::toString).containsExactly("10.0.0.0/8",
                "fd00::/8");
        assertThat(config.tcpSettings(rules.getFirst()).mss()).isEqualTo(1_400);
        assertThat(config.tcpSettings(rules.getFirst()).sack()).isTrue();
        final TcpSettings second = config.tcpSettings(rules.get(1));
        assertThat(second.mss()).isEqualTo(1_300);
        assertThat(second.sack()).isFalse();
        assertThat(second.keepAliveIdleNs()).isEqualTo(120_000_000_000L);
        assertThat(second.ecn()).isEqualTo(TcpSettings.Ecn.ON);
        assertThat(config.tcpSettings().sack()).isTrue();
    }

    @Test
    void shouldBeReadAsItIsShown() {
        final MillraceConfig config = MillraceConfig.parse(RULES);
        final String shown = config.text(ListenKeys.RULES);
        assertThat(shown)
                .isEqualTo("[{ port = 443, backlog = 100, sources = [\"10.0.0.0/8\", \"fd00::/8\"],"
                        + " mss = 1400 }, { port = 22, address = \"10.0.0.2\", ecn = on, keep-alive-idle = 120s, sack = false }]");
        assertThat(MillraceConfig.parse("millrace.listen.rules = " + shown).get(ListenKeys.RULES))
                .isEqualTo(config.get(ListenKeys.RULES));
        assertThat(MillraceConfig.builder().option("--set", ListenKeys.RULES, shown).build().get(ListenKeys.RULES))
                .isEqualTo(config.get(ListenKeys.RULES));
    }

    @Test
    void shouldTellTheLineOfThePartThatIsWrong() {
        final ConfigException wrong = catchThrowableOfType(ConfigException.class, () -> MillraceConfig.parse("""
                millrace.listen.rules = [
                  { port = 80 }
                  { port = 443
                    mss = 20 }
                ]
                """));
        assertThat(wrong.problems()).singleElement().asString().startsWith("text:4: millrace.listen.rules = ")
                .endsWith(" mss must be 0 or 88 to 65495 bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "{ backlog = 5 }                          | must be a rule such as { port = 443, backlog = 100, mss = 1400 }",
            "5                                        | must be a rule such as { port = 443, backlog = 100, mss = 1400 }",
            "{ port = 0 }                             | port must be 1 to 65535",
            "{ port = 80, backlgo = 5 }               | has an unknown key backlgo, did you mean backlog?",
            "{ port = 80, time-stamps = on }          | has an unknown key time-stamps, did you mean timestamps?",
            "{ port = 80, backlog = 0 }               | backlog must be 1 to 1048576",
            "{ port = 80, address = here }            | address must be an IP address such as 10.0.0.1",
            "{ port = 80, sources = [\"10.0.0.1/8\"] } | sources item \"10.0.0.1/8\" must be a network such as 10.0.0.0/8; 10.0.0.1/8 has bits set after its prefix",
            "{ port = 80, sack = maybe }              | sack must be true or false",
            "{ port = 80, mss = 1461 }                | for port 80: millrace.tcp.mss (1461) must be at most 1460 bytes, millrace.port.mtu - 40",
            "{ port = 80 }, { port = 80, mss = 1000 } | names the same listeners twice, those of port 80"})
    void shouldSayWhatIsWrong(final String rules, final String message) {
        final ConfigException wrong = catchThrowableOfType(ConfigException.class,
                () -> MillraceConfig.parse("millrace.listen.rules = [" + rules + "]"));
        assertThat(wrong.problems()).singleElement().asString().startsWith("text:1: millrace.listen.rules = ")
                .endsWith(message);
    }
}
