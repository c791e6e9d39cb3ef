package io.millrace.fastpath.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InboxTest {
    private static final int BAD = 1_000_000;
    private static final int MANY = 1_000;

    private final List<Integer> handled = new ArrayList<>();
    private final Inbox inbox = new Inbox(new Inbox.Handler() {
        @Override
        public void onForwarded(final int endpoint, final long fromHi, final long fromLo, final int fromPort,
                final long payload, final int length) {
            throw new AssertionError();
        }

        @Override
        public void onForwardedError(final int endpoint, final long toHi, final long toLo, final int toPort,
                final DatagramError error, final int mtu) {
            handled.add(endpoint);
            if (endpoint == BAD) {
                throw new IllegalStateException("defect");
            }
        }
    });

    @AfterEach
    void close() {
        inbox.close();
    }

    @Test
    void shouldHandOverInTheNextTurnWhatStandsBehindAMessageThatThrew() {
        offer(BAD);
        offer(2);
        assertThatThrownBy(inbox::drain).hasMessage("defect");
        assertThat(inbox.isWaiting()).isTrue();
        assertThat(inbox.drain()).isEqualTo(1);
        assertThat(handled).containsExactly(BAD, 2);
        assertThat(inbox.isWaiting()).isFalse();
    }

    @Test
    void shouldLeaveToTheNextTurnWhatIsTooMuchForOne() {
        for (int i = 0; i < MANY; i++) {
            offer(i);
        }
        while (inbox.isWaiting()) {
            assertThat(inbox.drain()).isLessThan(MANY);
        }
        assertThat(handled).hasSize(MANY).last().isEqualTo(MANY - 1);
        assertThat(inbox.drain()).isZero();
    }

    private void offer(final int endpoint) {
        assertThat(inbox.offerError(endpoint, 0, 1, 2, DatagramError.TOO_LONG, 1_280)).isTrue();
    }
}
