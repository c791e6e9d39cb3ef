package io.millrace.fastpath.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The conformance table names what exists, gives a reason for what it does not meet, and leaves nothing out. */
class ConformanceTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final List<String> RFCS = List.of("9293", "7323", "2018", "2883", "6675", "8985", "9937", "6937",
            "3042", "5682", "3522", "4015", "3708", "6298", "5681", "6582", "9438", "9406", "7661", "2861", "6928",
            "3465", "3168", "6191", "5961", "1337", "5482", "7413", "6093", "6528", "5927", "1191", "8201", "4821",
            "8899", "768", "826", "5227", "4861", "4862", "6724", "3810");

    private static Evidence evidence;

    @BeforeAll
    static void look() throws IOException {
        evidence = new Evidence(ROOT);
    }

    private static List<String> labels() throws IOException {
        return Files.readAllLines(ROOT.resolve("fastpath/src/test/resources/conformance/rfc9293-labels.txt"));
    }

    @Test
    void shouldNameWhatExistsAndLeaveNothingOut() throws IOException {
        final ConformanceTable table = new ConformanceTable(Files.readAllLines(ROOT.resolve(ConformanceTable.FILE)));
        assertThat(table.problems(evidence, labels(), RFCS)).isEmpty();
        assertThat(table.rows()).hasSizeGreaterThan(labels().size());
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = ';', value = {
            "| MUST-1 | unsigned | met | `ConformanceTest.shouldNotBeThere` |; `ConformanceTest.shouldNotBeThere` does not exist",
            "| MUST-1 | unsigned | met | `ReceiveWindowTest.shouldNeverShrink` |; `ReceiveWindowTest.shouldNeverShrink` does not exist",
            "| MUST-1 | unsigned | met | `matrix: ESTABLISHED R seq 77` |; `matrix: ESTABLISHED R seq 77` does not exist",
            "| MUST-1 | unsigned | met | `script: window/none.pkt` |; `script: window/none.pkt` does not exist",
            "| MUST-1 | unsigned | deviates | it is a setting: `millrace.tcp.nonsense` |; `millrace.tcp.nonsense` does not exist",
            "| MUST-1 | unsigned | met | by and large, with some exceptions |; is said to be met, and nothing shows it",
            "| MUST-1 | unsigned | as Linux | by and large, with some exceptions |; is said to be as Linux, and nothing shows it",
            "| MUST-1 | unsigned | deviates | `matrix: ESTABLISHED R seq 0` |; deviates, without a reason",
            "| MUST-1 | unsigned | not applicable | |; not applicable, without a reason",
            "| MUST-1 | unsigned | mostly | `matrix: ESTABLISHED R seq 0` |; status \"mostly\" is none of [as Linux, deviates, met, not applicable]",
            "| MUST-1 | unsigned | `matrix: ESTABLISHED R seq 0` |; has 3 columns instead of 4",
            "| MUST-1 | | met | `matrix: ESTABLISHED R seq 0` |; does not say what is required, or where",
            "| MUST-77 | unsigned | met | `matrix: ESTABLISHED R seq 0` |; MUST-77 is no label of RFC 9293's appendix B"})
    void shouldNameTheLineOfWhatIsWrong(final String row, final String problem) {
        assertThat(problems(List.of("MUST-1"), "## RFC 9293", "", "| where | what | status | shown by |",
                "|---|---|---|---|",
                row)).contains(ConformanceTable.FILE + ":5: " + problem);
    }

    @Test
    void shouldMissLabelsAndRfcs() {
        assertThat(problems(List.of("MUST-1", "MUST-2"), "## RFC 7323",
                "| §2 MUST | something | met | `matrix: ESTABLISHED R seq 0` |"))
                .containsExactly(ConformanceTable.FILE + ": MUST-1 of RFC 9293 is missing",
                        ConformanceTable.FILE + ": MUST-2 of RFC 9293 is missing",
                        ConformanceTable.FILE + ": no row of RFC 9293");
    }

    @Test
    void shouldSeeALabelTwice() {
        assertThat(problems(List.of("MUST-1"), "## RFC 9293",
                "| MUST-1 | unsigned | met | `script: window/scaled.pkt`, `ConformanceTest.shouldSeeALabelTwice` |",
                "| MUST-1 | unsigned | met | `matrix: ESTABLISHED {zero-window} R seq 0` |"))
                .containsExactly(ConformanceTable.FILE + ":3: MUST-1 stands in line 2 already");
    }

    private static List<String> problems(final List<String> labels, final String... text) {
        return new ConformanceTable(List.of(text)).problems(evidence, labels, List.of(ConformanceTable.RFC_9293));
    }
}
