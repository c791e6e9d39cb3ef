package io.millrace.fastpath.testing.script;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.fastpath.testing.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every packet script of {@code src/test/resources/scripts}, each a test of its name over IPv4 and one over IPv6, unless
 * it names the family that it is for.
 */
class PacketScriptsTest {
    @TestFactory
    Stream<DynamicTest> shouldDoWhatTheScriptSays() throws IOException, URISyntaxException {
        final Path root = Path.of(Objects.requireNonNull(PacketScriptsTest.class.getResource("/scripts")).toURI());
        final List<Path> scripts = PacketScripts.find(root);
        assertFalse(scripts.isEmpty());
        return Stream.of(Family.values()).flatMap(family -> scripts.stream().filter(script -> holdsFor(family, script))
                .map(script -> DynamicTest.dynamicTest(family + " " + root.relativize(script), script.toUri(),
                        () -> run(family, script))));
    }

    /** A script that names its family runs once, among those of that family. */
    private static boolean holdsFor(final Family family, final Path script) {
        final Family named = Configuration.of(parse(script)).family();
        return named == null || named == family;
    }

    private static Script parse(final Path script) {
        try {
            return Script.parse(script.toString(), Files.readString(script));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(final Family family, final Path script) throws IOException {
        Family.use(family);
        try {
            PacketScripts.run(script, true);
        } finally {
            Family.use(Family.V4);
        }
    }
}
