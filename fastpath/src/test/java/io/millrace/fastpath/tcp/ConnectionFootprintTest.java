package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.flow.FlowTable;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.flow.TimeWaitTable;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.Test;

/** What a connection with no data in flight holds off the heap, and that an ACK delay of 0 means no delay. */
@OverBothFamilies
class ConnectionFootprintTest {
    private static final int PORT = 80;

    private final Peer.Events events = new Peer.Events();
    private final long[] handle = new long[1];

    @Test
    void shouldFitAConnectionIn512Bytes() {
        final EngineSettings sizes = EngineSettings.DEFAULT;
        final int flows = sizes.maxConnections() + sizes.maxTimeWait();
        final long flowShare = FlowTable.requiredBytes(flows) / sizes.maxConnections();

        assertThat(Tcb.LENGTH + flowShare).isLessThanOrEqualTo(512);
        assertThat(TimeWaitTable.LENGTH).isLessThanOrEqualTo(64);
    }

    @Test
    void shouldHoldNothingOfTheSlabWhenIdle() {
        try (StackDriver stack = new StackDriver()) {
            final Peer peer = accepted(stack, Wire.settings().build());
            assertThat(stack.engine().slabInUse()).isZero();

            peer.send("PA", "request");
            stack.receive(handle[0], 100);
            stack.send(handle[0], new byte[100]);
            assertThat(stack.engine().slabInUse()).isPositive();
            final Packet reply = stack.sent();
            peer.ack(reply.seq() + reply.length());

            assertThat(stack.engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldAcknowledgeASmallSegmentInItsTurnWithoutDelay() {
        try (StackDriver stack = new StackDriver()) {
            final Peer peer = accepted(stack, TcpSettings.DEFAULT.toBuilder().delayedAckNs(0).build());

            peer.send("PA", "x");

            assertThat(stack.sent().ack()).isEqualTo(peer.seq());
            assertThat(stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    private Peer accepted(final StackDriver stack, final TcpSettings settings) {
        return Peer.accepted(stack, stack.listen(PORT, 16, settings), PORT, handle, events);
    }
}
