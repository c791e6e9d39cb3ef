package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README and the lists of features name must exist. */
class ReadmeTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|Contract))\\.(should\\w+)`");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)(#[^)]*)?\\)");
    private static final List<Path> PAGES = List.of(ROOT.resolve("README.md"),
            ROOT.resolve("fastpath/FEATURES.md"), ROOT.resolve("control-plane/FEATURES.md"));
    private static final int FEATURES = 150;

    @Test
    void shouldNameOnlyTestsThatExist() throws IOException {
        final List<String> missing = new ArrayList<>();
        int named = 0;
        for (final Path page : PAGES) {
            final Matcher matcher = TEST.matcher(Files.readString(page));
            while (matcher.find()) {
                named++;
                final Path file = source(matcher.group(1));
                if (file == null || !Files.readString(file).contains("void " + matcher.group(2) + "(")) {
                    missing.add(page.getFileName() + ": " + matcher.group());
                }
            }
        }
        assertThat(missing).as("tests that are named and that do not exist").isEmpty();
        assertThat(named).as("tests that are named").isGreaterThan(FEATURES);
    }

    /** Not only its class: that may show anything. */
    @Test
    void shouldNameATestOfEachFeature() throws IOException {
        for (final Path page : PAGES.subList(1, PAGES.size())) {
            assertThat(Files.readAllLines(page)).filteredOn(line -> line.startsWith("| "))
                    .filteredOn(line -> !"| feature | test |".equals(line)).isNotEmpty()
                    .allMatch(line -> TEST.matcher(line).find());
        }
    }

    @Test
    void shouldLinkOnlyToFilesThatExist() throws IOException {
        for (final Path page : PAGES) {
            final Matcher matcher = LINK.matcher(Files.readString(page));
            while (matcher.find()) {
                assertThat(page.resolveSibling(matcher.group(1))).exists();
            }
        }
    }

    private static Path source(final String testClass) throws IOException {
        try (Stream<Path> modules = Stream.concat(Files.list(ROOT), Stream.of(ROOT.resolve("bench/examples")))) {
            for (final Path tests : modules.map(module -> module.resolve("src/test/java")).filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(tests)) {
                    final Path found = files.filter(file -> file.endsWith(testClass + ".java")).findFirst()
                            .orElse(null);
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        return null;
    }
}
