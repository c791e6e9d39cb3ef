package io.millrace.nativeports.dpdk;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test, with the reason, where DPDK or one of the drivers named is not installed. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresDpdk.Condition.class)
public @interface RequiresDpdk {
    String[] value() default {};

    /** Looks. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context) {
            final String reason = reason(context);
            return reason == null
                    ? ConditionEvaluationResult.enabled("DPDK is installed")
                    : ConditionEvaluationResult.disabled(reason);
        }

        private static @Nullable String reason(final ExtensionContext context) {
            final String cause = new DpdkDeviceProvider().unavailabilityCause();
            if (cause != null) {
                return cause;
            }
            final String[] drivers = context.getElement().map(element -> element.getAnnotation(RequiresDpdk.class))
                    .map(RequiresDpdk::value).orElse(new String[0]);
            for (final String driver : drivers) {
                if (!Libraries.exists(driver)) {
                    return "DPDK's driver " + driver + " is not installed";
                }
            }
            return null;
        }
    }
}
