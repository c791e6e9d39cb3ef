package io.millrace.fastpath.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.AfterClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContext;
import org.junit.jupiter.api.extension.ClassTemplateInvocationContextProvider;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs a class of tests twice, over IPv4 and over IPv6. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(OverBothFamilies.Families.class)
public @interface OverBothFamilies {
    /** One run for each family. */
    final class Families implements ClassTemplateInvocationContextProvider {
        @Override
        public boolean supportsClassTemplate(final ExtensionContext context) {
            return true;
        }

        @Override
        public Stream<Run> provideClassTemplateInvocationContexts(
                final ExtensionContext context) {
            return Stream.of(Family.values()).map(Run::new);
        }
    }

    /** A run over one of them. */
    record Run(Family family) implements ClassTemplateInvocationContext {
        @Override
        public String getDisplayName(final int index) {
            return family.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of((AfterClassTemplateInvocationCallback) run -> Family.use(Family.V4));
        }

        /** Before the first instance of the class is made: its fields are of the family, too. */
        @Override
        public void prepareInvocation(final ExtensionContext context) {
            Family.use(family);
        }
    }
}
