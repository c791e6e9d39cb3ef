package io.millrace.nativeports;

import io.millrace.nativeports.tap.TapDeviceProvider;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tries once a JVM to make a namespace. */
final class NetworkNamespaceCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(final ExtensionContext context) {
        return Trial.REASON == null
                ? ConditionEvaluationResult.enabled("network namespaces can be made")
                : ConditionEvaluationResult.disabled(Trial.REASON);
    }

    /** Made when first asked for. */
    static final class Trial {
        static final @Nullable String REASON = reason();

        private static @Nullable String reason() {
            try (NetworkNamespace namespace = new NetworkNamespace()) {
                final String cause = new TapDeviceProvider().unavailabilityCause();
                return cause == null ? null : namespace.name() + " could be made, but " + cause;
            } catch (final IOException e) {
                return "no network namespace can be made here: " + e.getMessage();
            }
        }
    }
}
