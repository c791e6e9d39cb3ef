package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting has a way in, a way out, and goes along into copies. */
class TcpSettingsTest {
    private static Stream<Field> settings() {
        return Arrays.stream(TcpSettingsValues.class.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()));
    }

    private static Method setter(final Field setting) throws NoSuchMethodException {
        return TcpSettings.Builder.class.getMethod(setting.getName(), setting.getType());
    }

    private static Object read(final TcpSettings settings, final Field setting) throws ReflectiveOperationException {
        return TcpSettings.class.getMethod(setting.getName()).invoke(settings);
    }

    /** Another value of the same type. */
    private static Object other(final Object value) {
        return switch (value) {
            case final Integer number -> number + 1;
            case final Long number -> number + 1;
            case final Boolean flag -> !flag;
            case final String name -> name + "x";
            case final Enum<?> constant -> {
                final List<?> all = List.of(constant.getDeclaringClass().getEnumConstants());
                yield all.get((constant.ordinal() + 1) % all.size());
            }
            default -> throw new IllegalArgumentException("a setting of the type " + value.getClass());
        };
    }

    @ParameterizedTest
    @MethodSource("settings")
    void shouldKeepASettingAndChangeNoOther(final Field setting) throws ReflectiveOperationException {
        final Object before = read(TcpSettings.DEFAULT, setting);
        final Object other = other(before);
        final TcpSettings.Builder builder = TcpSettings.DEFAULT.toBuilder();
        assertThat(setter(setting).invoke(builder, other)).isSameAs(builder);
        final TcpSettings copy = builder.build().toBuilder().build();

        assertThat(read(copy, setting)).isEqualTo(other);
        assertThat(copy).usingRecursiveComparison().ignoringFields("values." + setting.getName())
                .isEqualTo(TcpSettings.DEFAULT);
        assertThat(read(TcpSettings.DEFAULT, setting)).as("the settings that it was made from").isEqualTo(before);
    }

    @Test
    void shouldHaveASetterForNothingElse() {
        final Stream<String> setters = Arrays.stream(TcpSettingsBuilder.class.getMethods())
                .filter(method -> method.getReturnType() == TcpSettings.Builder.class).map(Method::getName);

        assertThat(setters).containsExactlyInAnyOrderElementsOf(settings().map(Field::getName).toList());
    }

    @Test
    void shouldNotChangeWhatWasBuiltWhenTheBuilderGoesOn() {
        final TcpSettings.Builder builder = TcpSettings.DEFAULT.toBuilder().retries(3);
        final TcpSettings built = builder.build();
        builder.retries(4);

        assertThat(built.retries()).isEqualTo(3);
        assertThat(builder.build().retries()).isEqualTo(4);
    }
}
