package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LinuxCallsTest {
    /** The JVM reports a page of a file that is gone when it leaves the code that met it, which may be in a call. */
    @Test
    void shouldPassOnThatMemoryIsLost() {
        final InternalError lost = new InternalError("a fault occurred in an unsafe memory access operation");
        assertThatThrownBy(() -> LinuxCalls.unexpected("read", lost)).isSameAs(lost);
    }

    @Test
    void shouldNameTheCallThatFailed() {
        final Exception cause = new ClassCastException();
        assertThat(LinuxCalls.unexpected("read", cause)).hasMessage("read failed in the JVM").hasCause(cause);
    }
}
