package io.millrace.control.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.control.RecordingCommands;
import io.millrace.config.Cidr;
import io.millrace.config.SynCookieMode;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.security.Secret;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.ListenOptions;
import io.millrace.fastpath.control.ListenerPolicy.SynAnswer;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.control.SynCookies;
import io.millrace.fastpath.tcp.TcpSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpListenerTest {
    private final RecordingCommands engine0 = new RecordingCommands();
    private final RecordingCommands engine1 = new RecordingCommands();
    private final ControlCounters counters = new ControlCounters();
    private final int[] calls = new int[1];
    private Listeners listeners;

    @Test
    void shouldHandOverConnectionsInOrder() throws IOException {
        final TcpListener listener = listener(4, 4);
        complete(listener, 0, 11);
        complete(listener, 1, 12);
        assertThat(listener.acceptQueueDepth()).isEqualTo(2);
        assertThat(listener.poll()).isEqualTo(new Accepted(0, 11));
        assertThat(listener.poll()).isEqualTo(new Accepted(1, 12));
        assertThat(listener.poll()).isNull();
        assertThat(listener.accepted()).isEqualTo(2);
        assertThat(listener.acceptQueueDepth()).isZero();
        assertThat(listener.acceptQueueHighest()).isEqualTo(2);
    }

    @Test
    void shouldDropHandshakesWhereTheAcceptQueueIsFull() throws IOException {
        final TcpListener listener = listener(2, 8);
        complete(listener, 0, 1);
        assertThat(listener.reserveAccept()).as("a place is taken before the connection is there").isTrue();
        assertThat(listener.reserveAccept()).isFalse();
        assertThat(listener.overflows()).isEqualTo(1);
        assertThat(listener.drops()).isEqualTo(1);
        assertThat(counters.get(ControlCounter.LISTEN_OVERFLOWS)).isEqualTo(1);
        assertThat(counters.get(ControlCounter.LISTEN_DROPS)).isEqualTo(1);
        assertThat(listener.poll()).isNotNull();
        assertThat(listener.reserveAccept()).isTrue();
    }

    @Test
    void shouldDropSynsWhereTheAcceptQueueIsFull() throws IOException {
        final TcpListener listener = listener(1, 8);
        complete(listener, 0, 1);
        assertThat(listener.reserveSyn()).isFalse();
        assertThat(listener.overflows()).isEqualTo(1);
        assertThat(listener.synQueueFull()).isZero();
        listener.poll();
        assertThat(listener.reserveSyn()).isTrue();
    }

    @Test
    void shouldDropSynsWhereTheSynQueueIsFull() throws IOException {
        final TcpListener listener = listener(8, 2);
        assertThat(listener.reserveSyn()).isTrue();
        assertThat(listener.reserveSyn()).isTrue();
        assertThat(listener.reserveSyn()).isFalse();
        assertThat(listener.synQueueDepth()).isEqualTo(2);
        assertThat(listener.synQueueFull()).isEqualTo(1);
        assertThat(listener.drops()).isEqualTo(1);
        assertThat(listener.overflows()).isZero();
        assertThat(counters.get(ControlCounter.SYN_QUEUE_FULL)).isEqualTo(1);
        listener.releaseSyn();
        assertThat(listener.reserveSyn()).isTrue();
        assertThat(listener.synQueueHighest()).isEqualTo(2);
    }

    @Test
    void shouldSendCookiesWhileTheSynQueueIsFull() throws IOException {
        final TcpListener listener = listener(8, 1, SynCookieMode.WHEN_FULL);
        assertThat(listener.onSyn(true, 0)).isEqualTo(SynAnswer.QUEUED);
        assertThat(listener.expectsCookies(0)).isFalse();
        assertThat(listener.onSyn(true, 0)).isEqualTo(SynAnswer.COOKIE);
        assertThat(listener.onSyn(false, 0)).as("no cookie can say it").isEqualTo(SynAnswer.DROPPED);
        assertThat(listener.expectsCookies(0)).isTrue();
        listener.releaseSyn();
        assertThat(listener.onSyn(true, 0)).isEqualTo(SynAnswer.QUEUED);
        assertThat(listener.cookiesSent()).isEqualTo(1);
        assertThat(listener.synQueueFull()).isEqualTo(1);
        assertThat(listener.drops()).isEqualTo(1);
    }

    @Test
    void shouldSendNothingButCookiesWhereToldSo() throws IOException {
        final TcpListener listener = listener(8, 1, SynCookieMode.ALWAYS);
        assertThat(listener.onSyn(true, 0)).isEqualTo(SynAnswer.COOKIE);
        assertThat(listener.synQueueDepth()).isZero();
        assertThat(listener.onSyn(false, 0)).isEqualTo(SynAnswer.QUEUED);
    }

    @Test
    void shouldSendNoCookieWhereTheyAreOff() throws IOException {
        final TcpListener listener = listener(8, 1, SynCookieMode.OFF);
        assertThat(listener.onSyn(true, 0)).isEqualTo(SynAnswer.QUEUED);
        assertThat(listener.onSyn(true, 0)).isEqualTo(SynAnswer.DROPPED);
        assertThat(listener.expectsCookies(0)).isFalse();
    }

    @Test
    void shouldSendNoCookieWhileTheAcceptQueueIsFull() throws IOException {
        final TcpListener listener = listener(1, 1, SynCookieMode.ALWAYS);
        complete(listener, 0, 1);
        assertThat(listener.onSyn(true, 0)).isEqualTo(SynAnswer.DROPPED);
        assertThat(listener.overflows()).isEqualTo(1);
    }

    @Test
    void shouldExpectCookiesForAsLongAsTheyAreValid() throws IOException {
        final TcpListener listener = listener(8, 1, SynCookieMode.ALWAYS);
        final long sentNs = -5;
        assertThat(listener.expectsCookies(sentNs)).isFalse();
        listener.onSyn(true, sentNs);
        assertThat(listener.expectsCookies(sentNs + SynCookies.VALIDITY_NS)).isTrue();
        assertThat(listener.expectsCookies(sentNs + SynCookies.VALIDITY_NS + 2_000_000_000L)).isFalse();
        listener.onSyn(true, sentNs + SynCookies.VALIDITY_NS);
        assertThat(listener.expectsCookies(sentNs + 2 * SynCookies.VALIDITY_NS)).isTrue();
        listener.onCookie(true);
        listener.onCookie(false);
        listener.onCookie(false);
        assertThat(listener.cookiesReceived()).isEqualTo(1);
        assertThat(listener.cookiesFailed()).isEqualTo(2);
        listener.close();
        assertThat(listener.expectsCookies(sentNs)).isFalse();
    }

    @Test
    void shouldTakeExactlyTheBacklogWhereItIsNoPowerOfTwo() throws IOException {
        final TcpListener listener = listener(5, 8);
        for (int i = 0; i < 5; i++) {
            complete(listener, 0, i);
        }
        assertThat(listener.reserveAccept()).isFalse();
    }

    @Test
    void shouldRefuseAConnectionWithoutAPlace() throws IOException {
        final TcpListener listener = listener(2, 2);
        listener.offer(0, 1);
        listener.offer(0, 2);
        assertThatThrownBy(() -> listener.offer(0, 3)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldCallTheHookWhenTheQueueIsNoLongerEmpty() throws IOException {
        final TcpListener listener = listener(8, 8);
        listener.onAcceptable(() -> calls[0]++);
        assertThat(calls[0]).isZero();
        complete(listener, 0, 1);
        complete(listener, 0, 2);
        assertThat(calls[0]).isEqualTo(1);
        listener.poll();
        listener.poll();
        complete(listener, 0, 3);
        assertThat(calls[0]).isEqualTo(2);
    }

    @Test
    void shouldCallAHookThatComesLate() throws IOException {
        final TcpListener listener = listener(8, 8);
        complete(listener, 0, 1);
        listener.onAcceptable(() -> calls[0]++);
        assertThat(calls[0]).isEqualTo(1);
    }

    @Test
    void shouldKeepTheConnectionWhereTheHookThrows() throws IOException {
        final TcpListener listener = listener(8, 8);
        listener.onAcceptable(() -> {
            throw new IllegalStateException("expected by the test");
        });
        complete(listener, 0, 1);
        assertThat(listener.poll()).isEqualTo(new Accepted(0, 1));
    }

    @Test
    void shouldAbortWhatNobodyAcceptedWhenClosed() throws IOException {
        final TcpListener listener = listener(8, 8);
        complete(listener, 0, 11);
        complete(listener, 1, 12);
        complete(listener, 0, 13);
        listener.poll();
        listener.close();
        assertThat(engine0.take()).containsExactly("closed " + listener.id(), "abort 13");
        assertThat(engine1.take()).containsExactly("closed " + listener.id(), "abort 12");
        assertThat(listener.poll()).isNull();
    }

    @Test
    void shouldHaveHandshakesResetThatCompleteAfterItIsClosed() throws IOException {
        final TcpListener listener = listener(1, 8);
        complete(listener, 0, 1);
        listener.close();
        assertThat(listener.reserveSyn()).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThat(listener.reserveAccept()).isTrue();
            assertThat(listener.offer(0, 2)).isFalse();
        }
        assertThat(listener.drops()).isZero();
    }

    @Test
    void shouldCountConnectionsThatDieInTheQueue() throws IOException {
        final TcpListener listener = listener(8, 8);
        complete(listener, 0, 1);
        listener.onDeadBeforeAccept();
        assertThat(listener.deadBeforeAccept()).isEqualTo(1);
        assertThat(listener.poll()).as("the place frees when it is polled").isNotNull();
    }

    @Test
    void shouldNeverTakeMoreThanTheBacklogFromTwoEngines() throws Exception {
        final TcpListener listener = listener(7, 8);
        final int each = 50_000;
        final AtomicInteger running = new AtomicInteger(2);
        final List<Thread> engines = new ArrayList<>();
        for (int engine = 0; engine < 2; engine++) {
            final int index = engine;
            engines.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < each;) {
                    if (listener.reserveAccept()) {
                        assertThat(listener.offer(index, (long) index * each + i)).isTrue();
                        i++;
                    }
                }
                running.getAndDecrement();
            }));
        }
        final Set<Long> seen = new HashSet<>();
        while (seen.size() < 2 * each) {
            final Accepted accepted = listener.poll();
            if (accepted != null) {
                assertThat(seen.add(accepted.connection())).isTrue();
            }
        }
        for (final Thread engine : engines) {
            engine.join();
        }
        assertThat(running.get()).isZero();
        assertThat(listener.poll()).isNull();
        assertThat(listener.acceptQueueHighest()).isLessThanOrEqualTo(7);
        assertThat(listener.acceptQueueDepth()).isZero();
    }

    @Test
    void shouldLoseNoWakeUpOfAConsumerThatSleeps() throws Exception {
        final TcpListener listener = listener(3, 8);
        final int each = 20_000;
        final Thread consumer = Thread.currentThread();
        final AtomicInteger signals = new AtomicInteger();
        listener.onAcceptable(() -> {
            signals.incrementAndGet();
            LockSupport.unpark(consumer);
        });
        for (int engine = 0; engine < 2; engine++) {
            final int index = engine;
            Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < each;) {
                    if (listener.reserveAccept()) {
                        listener.offer(index, i++);
                    }
                }
            });
        }
        int seen = 0;
        int handled = 0;
        while (seen < 2 * each) {
            if (listener.poll() != null) {
                seen++;
            } else if (signals.get() == handled) {
                LockSupport.park(); // only the hook ends this
            } else {
                handled = signals.get();
            }
        }
        assertThat(seen).isEqualTo(2 * each);
    }

    @Test
    void shouldAbortEveryConnectionThatRacesWithClose() throws Exception {
        for (int round = 0; round < 500; round++) {
            final TcpListener listener = listener(64, 64);
            final Set<Long> offered = ConcurrentHashMap.newKeySet();
            final Thread engine = Thread.ofPlatform().start(() -> {
                for (long i = 0; i < 64; i++) {
                    if (listener.reserveAccept() && listener.offer(0, i)) {
                        offered.add(i);
                    }
                }
            });
            listener.close();
            engine.join();
            assertThat(engine0.take().stream().filter(command -> command.startsWith("abort"))
                    .map(command -> Long.valueOf(command.substring(6)))).containsExactlyInAnyOrderElementsOf(offered);
        }
    }

    @Test
    void shouldTakeMoreWhereItsQueuesGrowAndLoseNobodyWhereTheyShrink() throws IOException {
        final TcpListener listener = listener(100, 8);
        reload(2, 1);
        assertThat(listener.backlog()).isEqualTo(2);
        assertThat(listener.reserveSyn()).isTrue();
        assertThat(listener.reserveSyn()).as("one half-open connection").isFalse();
        listener.releaseSyn();
        complete(listener, 0, 1);
        complete(listener, 0, 2);
        assertThat(listener.reserveAccept()).isFalse();

        reload(5, 2);
        for (int connection = 3; connection <= 5; connection++) {
            complete(listener, 0, connection);
        }
        assertThat(listener.reserveAccept()).isFalse();

        reload(3, 2);
        assertThat(listener.poll()).isEqualTo(new Accepted(0, 1));
        assertThat(listener.poll()).isEqualTo(new Accepted(0, 2));
        assertThat(listener.reserveAccept()).as("three still wait").isFalse();
        assertThat(listener.poll()).isEqualTo(new Accepted(0, 3));
        complete(listener, 0, 6);
        assertThat(List.of(listener.poll(), listener.poll(), listener.poll())).containsExactly(new Accepted(0, 4),
                new Accepted(0, 5), new Accepted(0, 6));
        assertThat(listener.poll()).isNull();
        assertThat(engine0.take()).as("nobody was reset").isEmpty();
    }

    @Test
    void shouldNotTakeMoreThanTheApplicationAskedForWhereTheMaximumGrows() throws IOException {
        final TcpListener listener = listener(4, 8);
        reload(1_000, 8);
        assertThat(listener.backlog()).isEqualTo(4);
    }

    @Test
    void shouldGiveEveryConnectionOnceWhileItsQueueChanges() throws Exception {
        final TcpListener listener = listener(1_000, 8);
        reload(1, 8);
        final int each = 20_000;
        final Thread[] engines = new Thread[2];
        for (int engine = 0; engine < engines.length; engine++) {
            final int number = engine;
            engines[engine] = Thread.ofPlatform().start(() -> {
                for (int connection = 0; connection < each;) {
                    if (listener.reserveAccept()) {
                        listener.offer(number, connection++);
                    }
                }
            });
        }
        final Set<Accepted> seen = new HashSet<>();
        for (int turn = 0; seen.size() < 2 * each; turn++) {
            if (turn % 64 == 0) {
                reload(1 + (turn >> 6) * 7 % 400, 8);
            }
            final Accepted next = listener.poll();
            assertThat(next == null || seen.add(next)).isTrue();
        }
        for (final Thread engine : engines) {
            engine.join();
        }
        assertThat(listener.poll()).isNull();
        assertThat(listener.acceptQueueDepth()).isZero();
    }

    @Test
    void shouldTakeOtherRulesOfOverloadWhileItIsOpen() throws IOException {
        final TcpListener listener = listener(4, 1, SynCookieMode.OFF);
        assertThat(listener.abortsOnOverflow()).isFalse();
        listener.onSyn(true, 0);
        assertThat(listener.onSyn(true, 0)).isEqualTo(SynAnswer.DROPPED);
        listeners.reload(new ListenSettings(1, 4, 1, SynCookieMode.WHEN_FULL, true, List.of(), 40_000, 41_000),
                TcpSettings.DEFAULT);
        assertThat(listener.onSyn(true, 0)).isEqualTo(SynAnswer.COOKIE);
        assertThat(listener.abortsOnOverflow()).isTrue();
    }

    @Test
    void shouldFollowTheStacksSettingsOnlyWhereTold() throws IOException {
        final TcpListener listener = listener(4, 8);
        listeners.reload(limits(4, 8), TcpSettings.DEFAULT.toBuilder().mss(500).build());
        assertThat(listener.settings().mss()).isZero();
        listener.follow(stack -> stack.toBuilder().initialWindow(3).build());
        assertThat(listener.settings().mss()).as("as the stack has it by now").isEqualTo(500);
        listeners.reload(limits(4, 8), TcpSettings.DEFAULT.toBuilder().mss(600).build());
        assertThat(listener.settings().mss()).isEqualTo(600);
        assertThat(listener.settings().initialWindow()).isEqualTo(3);
    }

    private void reload(final int maxBacklog, final int synQueue) {
        listeners.reload(limits(maxBacklog, synQueue), TcpSettings.DEFAULT);
    }

    private static ListenSettings limits(final int maxBacklog, final int synQueue) {
        return new ListenSettings(1, maxBacklog, synQueue, 40_000, 41_000);
    }

    private TcpListener listener(final int backlog, final int synQueue) throws IOException {
        return listener(backlog, synQueue, SynCookieMode.WHEN_FULL);
    }

    private TcpListener listener(final int backlog, final int synQueue, final SynCookieMode cookies)
            throws IOException {
        final RouteTable routes = RouteTable.of(List.of(Cidr.parse("10.0.0.2/24")), List.of());
        listeners = new Listeners(new ListenSettings(1, 1_024, synQueue, cookies, false, List.of(), 40_000, 41_000),
                false,
                new PublishedRoutes(routes), new EngineCommands[]{engine0, engine1}, port -> false, Secret.ofSeed(1),
                counters);
        return listeners.listen(new InetSocketAddress(InetAddress.ofLiteral("10.0.0.2"), 80), TcpSettings.DEFAULT,
                ListenOptions.DEFAULT.withBacklog(backlog));
    }

    private static void complete(final TcpListener listener, final int engine, final long connection) {
        assertThat(listener.reserveAccept()).isTrue();
        assertThat(listener.offer(engine, connection)).isTrue();
    }
}
