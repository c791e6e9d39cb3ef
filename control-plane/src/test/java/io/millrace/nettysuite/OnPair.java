package io.millrace.nettysuite;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.params.ParameterInfo;

/** Runs each test of a class on its {@link Pair}, or skips it with the reason. */
final class OnPair implements BeforeEachCallback, AfterEachCallback, InvocationInterceptor {
    @Override
    public void beforeEach(final ExtensionContext context) {
        final Pair pair = pair(context);
        final String reason = Excluded.reason(context.getRequiredTestClass(), context.getRequiredTestMethod(),
                pair.pairing());
        assumeTrue(reason == null, reason);
        final String missing = pair.pairing().missing();
        assumeTrue(missing == null, missing);
    }

    @Override
    public void interceptTestMethod(final Invocation<Void> invocation,
            final ReflectiveInvocationContext<Method> invocationContext, final ExtensionContext context)
            throws Throwable {
        pair(context).run(invocation);
    }

    @Override
    public void interceptTestTemplateMethod(final Invocation<Void> invocation,
            final ReflectiveInvocationContext<Method> invocationContext, final ExtensionContext context)
            throws Throwable {
        pair(context).run(invocation);
    }

    @Override
    public void afterEach(final ExtensionContext context) throws Exception {
        pair(context).finish();
    }

    /** The parameter of the class, beyond those that the method may have. */
    private static Pair pair(final ExtensionContext context) {
        for (Optional<ExtensionContext> next = Optional.of(context); next.isPresent(); next = next.get().getParent()) {
            final ParameterInfo info = ParameterInfo.get(next.get());
            if (info != null && info.getArguments().size() > 0
                    && info.getArguments().get(0) instanceof final Pair pair) {
                return pair;
            }
        }
        throw new IllegalStateException(context.getDisplayName() + " is not run on a pair");
    }
}
