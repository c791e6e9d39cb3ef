package io.millrace.fastpath.wire;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A test whose bytes lie in guarded memory. (jqwik's properties do not have it: they run without Jupiter's lifecycle.) */
abstract class WithGuardedMemory {
    /** Room for the longest packet and as much again. */
    static final int CAPACITY = 1 << 17;

    GuardedMemory memory;

    @BeforeEach
    final void allocate() {
        memory = new GuardedMemory(CAPACITY);
    }

    @AfterEach
    final void release() {
        memory.close();
    }
}
