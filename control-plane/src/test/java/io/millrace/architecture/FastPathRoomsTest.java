package io.millrace.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** The arrows between the rooms of the fast path, from the bottom up. */
@AnalyzeClasses(packages = MillraceClasses.FAST_PATH, importOptions = MillraceClasses.class)
class FastPathRoomsTest {
    /** What every room may use. */
    private static final String[] COMMON = {"java..", "jdk.internal.misc..", "org.agrona..", "org.jspecify.."};

    private static final DescribedPredicate<JavaClass> PRIMITIVE = DescribedPredicate.describe("are primitive",
            type -> type.getBaseComponentType().isPrimitive());

    @ArchTest
    private static final ArchRule SHOULD_STAND_MEMORY_ON_NOTHING = only("memory", "memory");

    @ArchTest
    private static final ArchRule SHOULD_MAKE_WIRE_A_PURE_FUNCTION_OF_A_BUFFER = only("wire", "wire", "memory");

    @ArchTest
    private static final ArchRule SHOULD_STAND_THE_TIMER_WHEEL_ON_MEMORY = only("timer", "timer", "memory");

    @ArchTest
    private static final ArchRule SHOULD_STAND_THE_FLOW_TABLE_ON_MEMORY = only("flow", "flow", "memory");

    @ArchTest
    private static final ArchRule SHOULD_STAND_PORTS_ON_MEMORY_AND_WIRE = only("port", "port", "memory", "wire");

    @ArchTest
    private static final ArchRule SHOULD_STAND_IDLING_ON_PORTS = only("idle", "idle", "port");

    @ArchTest
    private static final ArchRule SHOULD_STAND_COUNTERS_ON_MEMORY = only("counters", "counters", "memory");

    @ArchTest
    private static final ArchRule SHOULD_KEEP_IP_BELOW_TCP_AND_THE_ENGINE = never("ip", "tcp", "engine", "netty",
            "udp");

    @ArchTest
    private static final ArchRule SHOULD_KEEP_TCP_BELOW_THE_ENGINE = never("tcp", "engine", "netty", "udp");

    @ArchTest
    private static final ArchRule SHOULD_KEEP_UDP_APART_FROM_TCP_AND_BELOW_THE_ENGINE = never("udp", "tcp", "flow",
            "engine", "netty");

    @ArchTest
    private static final ArchRule SHOULD_KEEP_THE_ENGINE_BELOW_THE_TRANSPORT = never("engine", "netty");

    @ArchTest
    private static final ArchRule SHOULD_KEEP_CONGESTION_CONTROL_AND_RECOVERY_BEHIND_THEIR_SPIS = noClasses().that()
            .resideInAnyPackage("io.millrace.fastpath.tcp.congestion", "io.millrace.fastpath.tcp.recovery").should()
            .dependOnClassesThat().resideInAnyPackage(packages("tcp", "ip", "port", "engine", "netty", "control"));

    private static ArchRule only(final String room, final String... allowed) {
        final String[] all = Stream.concat(Stream.of(COMMON), Stream.of(allowed).map(FastPathRoomsTest::pattern))
                .toArray(String[]::new);
        return classes().that().resideInAPackage(pattern(room)).should()
                .onlyDependOnClassesThat(resideInAnyPackage(all).or(PRIMITIVE));
    }

    private static ArchRule never(final String room, final String... forbidden) {
        final String[] all = Stream.of(forbidden).map(FastPathRoomsTest::pattern).toArray(String[]::new);
        return noClasses().that().resideInAPackage(pattern(room)).should().dependOnClassesThat()
                .resideInAnyPackage(all);
    }

    private static String pattern(final String room) {
        return "io.millrace.fastpath." + room + "..";
    }

    private static String[] packages(final String... rooms) {
        return Stream.of(rooms).map(room -> "io.millrace.fastpath." + room).toArray(String[]::new);
    }
}
