package io.millrace.bench.many;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.FlowTable;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The run of {@link io.millrace.bench.ManyConnections} with fewer connections, in virtual time. */
@Timeout(120)
class CrowdTest {
    private static final int CONNECTIONS = 20_000;
    private static final long TURN_NS = 20_000;
    private static final int MANY = 4_000_000;

    @Test
    void shouldOpenKeepUseAndCloseEveryConnectionWithin512BytesEach() throws IOException {
        final long before = MemoryRegion.bytesInUse();
        final CachedNanoClock clock = new CachedNanoClock();
        final CrowdSettings settings = new CrowdSettings(CONNECTIONS, 4_096, 512, 64, CONNECTIONS / 100, CONNECTIONS);
        final CrowdReport report;
        try (Crowd crowd = new Crowd(settings, clock, () -> clock.advance(TURN_NS))) {
            report = crowd.run(false);
        }
        assertThat(report.established()).isEqualTo(CONNECTIONS);
        assertThat(report.retransmissions()).isZero();
        assertThat(report.timeWaitFull()).isZero();
        assertThat(report.slab()).as("rings of idle connections").isZero();
        assertThat(report.offHeap()).isLessThan(512);
        // two references of four bytes; the smallest object would be 16 more
        assertThat(report.heap()).isLessThan(16);
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Test
    void shouldTakeMemoryOnlyForTheConnectionsThatThereAre() throws IOException {
        final ProcessMemory before = ProcessMemory.now();
        try (StackPair stacks = new StackPair(MANY, MANY, SystemNanoClock.INSTANCE, () -> {})) {
            assertThat(stacks.reservedBytes()).isGreaterThan(
                    MANY * (long) Tcb.LENGTH + FlowTable.requiredBytes(2 * MANY));
            final ProcessMemory taken = ProcessMemory.now().minus(before);
            assertThat(taken.resident()).isLessThan(stacks.reservedBytes() / 10);
            assertThat(taken.heap()).isLessThan(MANY);
        }
    }
}
