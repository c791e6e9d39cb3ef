package io.millrace.examples;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;

/** What a user of a framework has to know of Millrace: how a stack is launched, and the Netty transport. */
@AnalyzeClasses(packages = "io.millrace.examples", importOptions = DoNotIncludeTests.class)
class OnlyTheTransportTest {
    @ArchTest
    private static final ArchRule SHOULD_KNOW_THE_STACK_AND_THE_TRANSPORT_ALONE = noClasses().should()
            .dependOnClassesThat(resideInAPackage("io.millrace..")
                    .and(not(resideInAnyPackage("io.millrace.examples..", "io.millrace.fastpath.netty")))
                    .and(not(belongToAnyOf(Millrace.class, MillraceConfig.class))));
}
