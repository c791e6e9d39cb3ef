package io.millrace.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigKeysTest {
    private static final List<Class<?>> GROUPS = List.of(ThreadingKeys.class, PortKeys.class, IpKeys.class,
            DhcpKeys.class, NeighbourKeys.class, Ipv6Keys.class, IcmpKeys.class, EngineKeys.class, TcpKeys.class,
            TcpOptionKeys.class,
            TcpRecoveryKeys.class, ListenKeys.class, EphemeralPortKeys.class, TransportKeys.class,
            ObserveKeys.class);

    @Test
    void shouldListEveryDeclarationOnce() throws IllegalAccessException {
        final List<ConfigKey<?>> declared = new ArrayList<>();
        for (final Class<?> group : GROUPS) {
            for (final Field field : group.getFields()) {
                if (Modifier.isStatic(field.getModifiers()) && field.get(null) instanceof final ConfigKey<?> key) {
                    declared.add(key);
                }
            }
        }

        PortOptionKey.ALL.forEach(option -> declared.add(option.key()));
        assertThat(ConfigKeys.ALL).containsExactlyInAnyOrderElementsOf(declared).extracting(ConfigKey::path)
                .doesNotHaveDuplicates().allMatch(path -> path.matches("millrace(\\.[a-z0-9-]+){1,3}"));
        assertThat(ConfigKeys.ALL).extracting(ConfigKey::group).hasSameElementsAs(ConfigKeys.GROUPS.keySet());
    }

    @Test
    void shouldDocumentEveryKeyInOneToFourLines() {
        assertThat(ConfigKeys.ALL).allSatisfy(key -> {
            assertThat(key.documentationLines()).as(key.path()).hasSizeBetween(1, 4).noneMatch(String::isBlank);
            assertThat(key.documentation()).as(key.path()).endsWith(".");
            assertThat(key.allowed()).as(key.path()).isNotBlank();
        });
    }

    @Test
    void shouldHaveAFileThatListsEveryKeyAsDeclared() throws IOException {
        final Path file = Path.of("..", "config", "millrace.conf");

        assertThat(Files.exists(file) ? Files.readString(file) : "no such file")
                .as("config/millrace.conf differs from the declarations; make it anew with: " + ConfigReference.COMMAND)
                .isEqualTo(ConfigReference.render());
    }

    @Test
    void shouldGiveTheDefaultsWhenTheReferenceIsLoaded() {
        final MillraceConfig config = MillraceConfig.parse(ConfigReference.render());

        assertThat(ConfigKeys.ALL).allSatisfy(key -> {
            assertThat(config.text(key)).isEqualTo(MillraceConfig.defaults().text(key));
            assertThat(config.origin(key).source()).as(key.path()).isEqualTo(Origin.Source.FILE);
        });
    }

    @Test
    void shouldKeepTheReferenceWithin120Columns() {
        assertThat(ConfigReference.render().lines()).allMatch(line -> line.length() <= 120);
    }

    @Test
    void shouldRefuseADeclarationWhoseDefaultIsNotAllowed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfigKey.of("millrace.a.b", ValueTypes.whole(1, 2), 3, null, "Text."))
                .withMessage("millrace.a.b: default must be 1 to 2");
    }

    @Test
    void shouldFindKeysByPath() {
        assertThat(ConfigKeys.find("millrace.tcp.mss")).isSameAs(TcpKeys.MSS);
        assertThat(ConfigKeys.find("millrace.tcp")).isNull();
    }
}
