package io.millrace.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Time and randomness are inputs of everything below the engine: that is what lets the whole stack run in virtual time
 * from a seed.
 */
@AnalyzeClasses(packages = MillraceClasses.FAST_PATH, importOptions = MillraceClasses.class)
class InputsTest {
    private static final String[] BELOW_THE_ENGINE = {"io.millrace.fastpath.wire..", "io.millrace.fastpath.port..",
            "io.millrace.fastpath.memory..", "io.millrace.fastpath.flow..", "io.millrace.fastpath.timer..",
            "io.millrace.fastpath.ip..", "io.millrace.fastpath.tcp..", "io.millrace.fastpath.udp.."};
    private static final Set<String> CALLS = Set.of("java.lang.System.nanoTime", "java.lang.System.currentTimeMillis",
            "java.lang.Math.random", "java.util.UUID.randomUUID", "java.lang.Thread.sleep",
            "java.util.concurrent.locks.LockSupport.parkNanos");

    @ArchTest
    private static final ArchRule SHOULD_READ_NO_CLOCK_AND_NEITHER_SLEEP_NOR_DRAW_LOTS = noClasses().that()
            .resideInAnyPackage(BELOW_THE_ENGINE).should().callMethodWhere(DescribedPredicate.describe(
                    "it is one of " + CALLS, (final JavaMethodCall call) -> CALLS
                            .contains(call.getTargetOwner().getName() + '.' + call.getTarget().getName())));

    @ArchTest
    private static final ArchRule SHOULD_HOLD_NO_SOURCE_OF_RANDOMNESS = noClasses().that()
            .resideInAnyPackage(BELOW_THE_ENGINE).should().dependOnClassesThat(assignableTo(RandomGenerator.class));

    @ArchTest
    private static final ArchRule SHOULD_HOLD_NO_CLOCK = noClasses().that().resideInAnyPackage(BELOW_THE_ENGINE)
            .should().dependOnClassesThat(clocks());

    private static DescribedPredicate<JavaClass> clocks() {
        return resideInAPackage("java.time..").or(DescribedPredicate.describe("are clocks of Agrona",
                type -> type.getPackageName().equals("org.agrona.concurrent")
                        && type.getSimpleName().endsWith("Clock")));
    }
}
