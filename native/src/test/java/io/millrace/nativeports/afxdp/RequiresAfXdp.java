package io.millrace.nativeports.afxdp;

import io.millrace.nativeports.NetworkNamespace;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test, with the reason, where no AF_XDP socket can be opened in a network namespace. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresAfXdp.Condition.class)
public @interface RequiresAfXdp {

    /** Looks. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context) {
            final String reason = reason();
            return reason == null
                    ? ConditionEvaluationResult.enabled("AF_XDP is there")
                    : ConditionEvaluationResult.disabled(reason);
        }

        private static @Nullable String reason() {
            final String cause = NetworkNamespace.unavailabilityCause();
            return cause != null ? cause : new AfXdpDeviceProvider().unavailabilityCause();
        }
    }
}
