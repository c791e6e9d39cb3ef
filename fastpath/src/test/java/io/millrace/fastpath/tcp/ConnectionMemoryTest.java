package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the state and the way out: rings, ranges, flight and congestion control give their memory back. */
@OverBothFamilies
class ConnectionMemoryTest {
    private enum Exit {
        ABORT(at -> at.stack().tcp().abort(at.handle())),
        CLOSE(at -> at.stack().tcp().close(at.handle())),
        READ_AND_CLOSE(at -> {
            at.stack().received(at.handle(), 1 << 16);
            at.stack().tcp().close(at.handle());
        }),
        RESET(at -> at.peer().send("RA", "")),
        SILENCE(at -> {});

        private final Consumer<Scenario> action;

        Exit(final Consumer<Scenario> action) {
            this.action = action;
        }
    }

    private static List<Arguments> exits() {
        final List<Arguments> all = new ArrayList<>();
        for (final TcpState state : TcpState.values()) {
            final boolean is = state != TcpState.CLOSED && state != TcpState.LISTEN && state != TcpState.TIME_WAIT;
            for (final Exit exit : Exit.values()) {
                final boolean called = exit != Exit.RESET && exit != Exit.SILENCE;
                if (is && !(called && state == TcpState.SYN_RECEIVED)) {
                    all.add(Arguments.of(state, exit, "bbr"));
                    all.add(Arguments.of(state, exit, "cubic"));
                }
            }
        }
        return all;
    }

    /** Text in flight and queued, in order and unread, and beyond a gap, as far as the state allows. */
    private static void fill(final Scenario at) {
        final StackDriver stack = at.stack();
        stack.send(at.handle(), new byte[50_000]);
        at.peer().data(new byte[500]);
        at.peer().sendAt("A", at.peer().seq() + 3_000, at.peer().ack(), new byte[1_000]);
        at.peer().sendAt("A", at.peer().seq() + 6_000, at.peer().ack(), new byte[1_000]);
    }

    @ParameterizedTest
    @MethodSource("exits")
    void shouldGiveEverythingBack(final TcpState state, final Exit exit, final String congestionControl) {
        final TcpSettings settings = TcpSettings.DEFAULT.toBuilder().congestionControl(congestionControl)
                .keepAlive(true).userTimeoutNs(30_000_000_000L).build();
        try (Scenario at = Scenario.in(state, settings)) {
            if (state != TcpState.SYN_RECEIVED) {
                fill(at);
                assertThat(at.stack().engine().slabInUse()).as("something to give back").isPositive();
            }
            exit.action.accept(at);
            at.stack().run();
            at.stack().untilIdle().run();
            at.stack().tcp().abort(at.handle());
            at.stack().untilIdle().run();
            assertThat(at.stack().engine().connections()).as("connections").isZero();
            assertThat(at.stack().engine().slabInUse()).as("bytes of the slab").isZero();
        }
    }

    @Test
    void shouldGiveEverythingBackWhereFastOpenNeverSentItsSyn() {
        try (StackDriver stack = new StackDriver()) {
            for (final boolean abort : new boolean[]{true, false}) {
                final long handle = stack.tcp().connect(0, 0, 0, Family.current().hi(),
                        Family.current().lo(Packet.address(Peer.ADDRESS)), 80,
                        Wire.settings().fastOpen(true).build(), new Peer.Events());
                assertThat(stack.tcp().send(handle, stack.scratch(), 1_000)).isEqualTo(1_000);
                if (abort) {
                    stack.tcp().abort(handle);
                } else {
                    stack.tcp().close(handle);
                }
                stack.run();
                assertThat(stack.allSent()).isEmpty();
                assertThat(stack.engine().connections()).isZero();
                assertThat(stack.engine().slabInUse()).isZero();
            }
        }
    }
}
