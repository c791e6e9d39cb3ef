package io.millrace.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;

/** The arrows between the modules: control-plane → fastpath ← native. */
@AnalyzeClasses(packages = MillraceClasses.ALL, importOptions = MillraceClasses.class)
class ModuleArrowsTest {
    private static final String FAST_PATH = "io.millrace.fastpath..";
    private static final String NATIVE = "io.millrace.nativeports..";

    @ArchTest
    private static final ArchRule SHOULD_KEEP_THE_FAST_PATH_FREE_OF_EVERY_OTHER_MODULE = noClasses().that()
            .resideInAPackage(FAST_PATH).should()
            .dependOnClassesThat(resideInAPackage("io.millrace..").and(not(resideInAPackage(FAST_PATH))));

    @ArchTest
    private static final ArchRule SHOULD_LET_NATIVE_PORTS_KNOW_ONLY_PORTS_IDLING_MEMORY_AND_THE_WIRE = noClasses()
            .that()
            .resideInAPackage(NATIVE).should()
            .dependOnClassesThat(resideInAPackage("io.millrace..").and(
                    not(resideInAnyPackage(NATIVE, "io.millrace.fastpath.port", "io.millrace.fastpath.idle",
                            "io.millrace.fastpath.memory", "io.millrace.fastpath.wire"))));

    @ArchTest
    private static final ArchRule SHOULD_LET_THE_CONTROL_PLANE_FIND_NATIVE_PORTS_BY_SERVICE_LOADER_ALONE = noClasses()
            .that(resideInAPackage("io.millrace..").and(not(resideInAPackage(NATIVE)))).should().dependOnClassesThat()
            .resideInAPackage(NATIVE);

    @ArchTest
    private static final ArchRule SHOULD_KEEP_THE_COMMAND_LINE_ON_TOP = noClasses().that()
            .resideOutsideOfPackage("io.millrace.cli..").should().dependOnClassesThat()
            .resideInAPackage("io.millrace.cli..");

    @ArchTest
    private static final ArchRule SHOULD_KEEP_THE_CONFIGURATION_APART_FROM_THE_REST_OF_THE_CONTROL_PLANE = noClasses()
            .that().resideInAPackage("io.millrace.config..").should()
            .dependOnClassesThat(resideInAPackage("io.millrace..")
                    .and(not(resideInAnyPackage("io.millrace.config..", FAST_PATH))));

    @ArchTest
    private static final ArchRule SHOULD_LET_WHO_LOOKS_INTO_A_STACK_KNOW_NOTHING_BUT_THE_FAST_PATH = noClasses().that()
            .resideInAPackage("io.millrace.observe..").should()
            .dependOnClassesThat(resideInAPackage("io.millrace..")
                    .and(not(resideInAnyPackage("io.millrace.observe..", FAST_PATH))));

    @ArchTest
    private static final ArchRule SHOULD_KEEP_NETTY_IN_THE_TRANSPORT = noClasses().that()
            .resideInAPackage(FAST_PATH).and().resideOutsideOfPackage("io.millrace.fastpath.netty..").should()
            .dependOnClassesThat().resideInAnyPackage("io.netty..", "io.millrace.fastpath.netty..");

    @ArchTest
    private static final ArchRule SHOULD_LIVE_IN_ROOMS_OF_THE_PLAN = classes().that().resideInAPackage(FAST_PATH)
            .should().resideInAnyPackage(rooms());

    private static String[] rooms() {
        final String rooms = "wire port idle memory flow timer ip tcp tcp.recovery tcp.congestion udp engine control"
                + " counters netty";
        return Arrays.stream(rooms.split(" ")).map(room -> "io.millrace.fastpath." + room)
                .toArray(String[]::new);
    }

    /** The rules above hold something only where the classes of all modules were found. */
    @ArchTest
    static void shouldSeeEveryModule(final JavaClasses classes) {
        for (final String module : new String[]{FAST_PATH, NATIVE, "io.millrace.config..", "io.millrace.cli.."}) {
            assertThat(classes.stream().map(JavaClass::getPackageName))
                    .as(module).anyMatch(name -> name.startsWith(module.replace("..", "")));
        }
    }
}
