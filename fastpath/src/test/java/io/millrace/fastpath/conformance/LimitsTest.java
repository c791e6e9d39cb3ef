package io.millrace.fastpath.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The table of limits names what exists: each limit its key, its counter, and a test that fills it and looks at that. */
class LimitsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Map<String, Counter> COUNTERS = Arrays.stream(Counter.values())
            .collect(Collectors.toMap(Counter::label, Function.identity()));
    /** Counted by the control plane's ring itself, which the test asks. */
    private static final String LOST = "lost()";

    private static Evidence evidence;

    /** @param what is limited; the columns of the table. */
    private record Limit(String what, String limit, String policy, String counter, String test) {}

    @BeforeAll
    static void look() throws IOException {
        evidence = new Evidence(ROOT);
    }

    private static List<Limit> limits() throws IOException {
        return Files.readAllLines(ROOT.resolve("fastpath/LIMITS.md")).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| what |")).map(line -> {
                    final String[] cells = line.substring(2, line.length() - 2).split(" \\| ", -1);
                    assertThat(cells).as(line).hasSize(5);
                    return new Limit(cells[0], cells[1], cells[2], cells[3], cells[4]);
                }).toList();
    }

    @Test
    void shouldNameKeysCountersAndTestsThatExist() throws IOException {
        assertThat(limits()).hasSizeGreaterThan(20).allSatisfy(limit -> {
            assertThat(limit.policy()).as(limit.what()).isNotBlank();
            assertThat(COUNTERS).as(limit.what()).containsKey(limit.counter());
            final Matcher keys = CODE.matcher(limit.limit());
            while (keys.find()) {
                assertThat(evidence.exists(keys.group(1))).as(keys.group(1)).isTrue();
            }
            final Matcher test = CODE.matcher(limit.test());
            assertThat(test.find()).as(limit.what()).isTrue();
            assertThat(evidence.exists(test.group(1))).as(test.group(1)).isTrue();
        });
    }

    /** The body of a test, or a method that its class calls, says which counter it is about. */
    @Test
    void shouldNameTestsThatLookAtTheCounter() throws IOException {
        assertThat(limits()).allSatisfy(limit -> {
            final Matcher test = CODE.matcher(limit.test());
            assertThat(test.find()).isTrue();
            final String source = evidence.source(test.group(1));
            final Counter counter = COUNTERS.get(limit.counter());
            assertThat(source).as("%s looks at %s", test.group(1), limit.counter())
                    .contains(counter == Counter.EVENTS_LOST ? LOST : counter.name());
        });
    }
}
