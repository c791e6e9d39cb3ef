package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task inside a namespace throws is thrown as it is, on whichever thread it runs. */
class HostNamespaceTest {
    private static final String OWN = "/proc/self/ns/net";

    private static void assumeRoot(final String namespace) {
        assumeTrue(namespace == null || "root".equals(System.getProperty("user.name")), "a namespace needs root");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = OWN)
    void shouldReturnWhatTheTaskReturns(final String namespace) throws Exception {
        assumeRoot(namespace);
        final Thread thread = HostNamespace.call(namespace, Thread::currentThread);
        assertThat(thread == Thread.currentThread()).isEqualTo(namespace == null);
    }

    private static Stream<Throwable> failures() {
        return Stream.of(new IOException("test"), new IllegalStateException("test"), new InternalError("test"),
                new LinkageError("test"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void shouldThrowWhatTheTaskThrows(final Throwable failure) {
        assumeRoot(OWN);
        assertThatThrownBy(() -> HostNamespace.call(OWN, () -> {
            switch (failure) {
                case final IOException e -> throw e;
                case final RuntimeException e -> throw e;
                default -> throw (Error) failure;
            }
        })).isSameAs(failure);
    }
}
