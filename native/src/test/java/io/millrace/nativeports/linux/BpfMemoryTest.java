package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import org.junit.jupiter.api.Test;

@RequiresNetworkNamespaces
class BpfMemoryTest {
    /** No kernel has so much in one piece; older ones have no more than 4 MiB, which rings of eight engines need. */
    @Test
    void shouldSayHowMuchTheKernelDoesNotHave() {
        assertThatThrownBy(() -> new BpfMemory(Integer.MIN_VALUE)).isInstanceOf(IOException.class)
                .hasMessage("cannot make the 2147483648 bytes of memory of a BPF program: E2BIG (more than this kernel"
                        + " allows)");
    }
}
