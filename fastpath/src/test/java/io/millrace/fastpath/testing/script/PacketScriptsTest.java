package io.millrace.fastpath.testing.script;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every packet script of {@code src/test/resources/scripts}, each a test of its name. */
class PacketScriptsTest {
    @TestFactory
    Stream<DynamicTest> shouldDoWhatTheScriptSays() throws IOException, URISyntaxException {
        final Path root = Path.of(Objects.requireNonNull(PacketScriptsTest.class.getResource("/scripts")).toURI());
        final List<Path> scripts = PacketScripts.find(root);
        assertFalse(scripts.isEmpty());
        return scripts.stream()
                .map(script -> DynamicTest.dynamicTest(root.relativize(script).toString(), script.toUri(),
                        () -> PacketScripts.run(script, true)));
    }
}
