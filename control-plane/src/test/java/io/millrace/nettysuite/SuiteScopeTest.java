package io.millrace.nettysuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.testsuite.transport.TestsuitePermutation;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** The suite is run whole: each class of Netty's, also of a version to come, is run here or excluded with a reason. */
class SuiteScopeTest {
    private static final String SUITE = "io.netty.testsuite.transport.";
    private static final String CLASS = ".class";

    private static Path source(final Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** The classes of Netty's suite, by their names within its package. */
    private static List<String> ofNetty() throws IOException, URISyntaxException {
        try (JarFile jar = new JarFile(source(TestsuitePermutation.class).toFile())) {
            return jar.stream().map(entry -> entry.getName().replace('/', '.'))
                    .filter(name -> name.startsWith(SUITE) && name.endsWith("Test" + CLASS))
                    .map(name -> name.substring(SUITE.length(), name.length() - CLASS.length())).toList();
        }
    }

    private static List<Class<?>> ofOurs() throws IOException, URISyntaxException {
        final Path folder = source(SuiteScopeTest.class)
                .resolve(SuiteScopeTest.class.getPackageName().replace('.', '/'));
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith("Test" + CLASS))
                    .<Class<?>>map(name -> load(SuiteScopeTest.class.getPackageName() + '.'
                            + name.substring(0, name.length() - CLASS.length())))
                    .toList();
        }
    }

    private static Class<?> load(final String name) {
        try {
            return Class.forName(name, false, SuiteScopeTest.class.getClassLoader());
        } catch (final ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<Method> tests(final Class<?> type) {
        return Arrays.stream(type.getMethods()).filter(method -> method.isAnnotationPresent(Test.class)
                || method.isAnnotationPresent(ParameterizedTest.class));
    }

    @Test
    void shouldRunOrExcludeEveryClass() throws Exception {
        final Set<Class<?>> run = new HashSet<>();
        for (Class<?> type : ofOurs()) {
            for (; type != null; type = type.getSuperclass()) {
                run.add(type);
            }
        }
        assertThat(ofNetty()).hasSizeGreaterThan(40).allSatisfy(name -> {
            if (!Excluded.CLASSES.containsKey(name)) {
                final Class<?> type = load(SUITE + name);
                assertThat(run.contains(type) || tests(type).findAny().isEmpty()).as(name).isTrue();
            }
        });
    }

    @Test
    void shouldExcludeOnlyWhatThereIs() throws Exception {
        assertThat(ofNetty()).containsAll(Excluded.CLASSES.keySet());
        final List<Class<?>> ours = ofOurs();
        assertThat(Excluded.METHODS.keySet()).allSatisfy(key -> {
            final String[] parts = key.split("#| on ");
            assertThat(ours).anyMatch(type -> type.getSimpleName().equals(parts[0])
                    && tests(type).anyMatch(method -> method.getName().equals(parts[1])));
        });
    }
}
