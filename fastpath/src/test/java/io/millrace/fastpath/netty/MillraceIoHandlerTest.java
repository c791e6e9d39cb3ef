package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.idle.Idling;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MillraceIoHandlerTest {
    private static void shutDown(final EventLoopGroup group) {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void shouldDriveEveryEngineFromTheStart() {
        try (Rig rig = new Rig(new FakeStack(3))) {
            for (int i = 0; i < 3; i++) {
                final FakeEngine engine = rig.stack.engines[i];
                Rig.until(() -> engine.turns > 2);
                assertThat(rig.group.loopOf(i).submit(Thread::currentThread).syncUninterruptibly().getNow()).isSameAs(
                        engine.driver.get());
            }
        }
    }

    @Test
    void shouldRefuseMoreLoopsThanEngines() {
        final FakeStack stack = new FakeStack(2);
        assertThatThrownBy(() -> new MultiThreadIoEventLoopGroup(3, new MillraceIoHandlerFactory(stack.engines())))
                .rootCause().isInstanceOf(IllegalStateException.class).hasMessage(
                        "event loop 3 asked for, but the stack has 2 engine(s): one event loop drives one engine");
    }

    @Test
    void shouldRefuseASecondGroupOverTheSameStack() {
        try (Rig rig = new Rig()) {
            assertThatThrownBy(rig.stack::newGroup).isInstanceOf(IllegalStateException.class).hasMessage(
                    "engine 0 is driven by another thread: a stack serves one event loop group");
            rig.connect(new EventRecorder()).close().syncUninterruptibly();
        }
    }

    @Test
    void shouldLeaveTheStackToANewGroupAfterShutdown() {
        final FakeStack stack = new FakeStack(2);
        shutDown(stack.newGroup());
        shutDown(stack.newGroup());
        assertThat(stack.engines[0].driver.get()).isNull();
    }

    @Test
    void shouldRefuseChannelsOfALoopThatDrivesNothing() {
        try (Rig rig = new Rig()) {
            final EventLoopGroup second = new MultiThreadIoEventLoopGroup(1,
                    new MillraceIoHandlerFactory(rig.stack.engines()));
            final ChannelFuture registered = new Bootstrap().group(second).channel(MillraceSocketChannel.class)
                    .handler(new EventRecorder()).register();
            assertThat(registered.awaitUninterruptibly().cause()).isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("engine 0 is driven by another thread");
            assertThat(second.submit(() -> 5).syncUninterruptibly().getNow()).isEqualTo(5);
            shutDown(second);
        }
    }

    @Test
    void shouldRefuseChannelsOfOtherTransports() {
        try (Rig rig = new Rig()) {
            final ChannelFuture registered = rig.group.loopOf(0).register(new NioSocketChannel());
            assertThat(registered.awaitUninterruptibly().cause()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("incompatible event loop type");
            final EventLoopGroup other = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
            assertThat(other.register(new MillraceSocketChannel()).awaitUninterruptibly().cause()).isInstanceOf(
                    IllegalStateException.class).hasMessageContaining("incompatible event loop type");
            shutDown(other);
        }
    }

    @Test
    void shouldEndAParkWhenATaskComes() {
        final FakeStack stack = new FakeStack(1);
        final FakeStack.SleepsUntilWoken sleeper = new FakeStack.SleepsUntilWoken();
        stack.idling = Idling.by(() -> sleeper);
        try (Rig rig = new Rig(stack)) {
            Rig.until(() -> sleeper.parked);
            final AtomicInteger done = new AtomicInteger();
            for (int i = 1; i <= 20_000; i++) {
                final int number = i;
                rig.group.loopOf(0).execute(() -> done.set(number));
                if (i % 3 != 0) {
                    Rig.until(() -> done.get() == number);
                }
            }
            Rig.until(() -> done.get() == 20_000);
        }
    }

    @Test
    void shouldEndAParkWhenACommandComes() {
        final FakeStack stack = new FakeStack(1);
        final FakeStack.SleepsUntilWoken sleeper = new FakeStack.SleepsUntilWoken();
        stack.idling = Idling.by(() -> sleeper);
        try (Rig rig = new Rig(stack)) {
            final FakeEngine engine = rig.stack.engines[0];
            for (int i = 0; i < 20_000; i++) {
                engine.commanded = true;
                engine.wakeup.run();
                Rig.until(() -> !engine.commanded);
            }
        }
    }

    @Test
    void shouldNotIdleWhileTheEngineHasSomethingToDo() {
        final FakeStack stack = new FakeStack(1);
        stack.idling = Idling.by(FakeStack.SleepsUntilWoken::new);
        stack.engines[0].deadlineNs = Long.MIN_VALUE;
        try (Rig rig = new Rig(stack)) {
            Rig.until(() -> rig.stack.engines[0].turns > 10_000);
        }
    }

    @Test
    void shouldIdleOnlyBrieflyBeforeADeadline() {
        final FakeStack stack = new FakeStack(1);
        stack.idling = Idling.by(FakeStack.SleepsUntilWoken::new);
        stack.engines[0].deadlineNs = System.nanoTime() - 1;
        try (Rig rig = new Rig(stack)) {
            Rig.until(() -> rig.stack.engines[0].turns > 10_000);
        }
    }

    @Test
    void shouldServeTasksWhileItSpins() {
        final FakeStack stack = new FakeStack(1);
        stack.idling = Idling.by(() -> BusySpinIdleStrategy.INSTANCE);
        try (Rig rig = new Rig(stack)) {
            final EventLoop loop = rig.group.loopOf(0);
            for (int i = 0; i < 100; i++) {
                loop.submit(() -> {}).syncUninterruptibly();
                loop.schedule(() -> {}, 1, TimeUnit.MICROSECONDS).syncUninterruptibly();
            }
        }
    }

    @Test
    void shouldSurviveAnExceptionInATurn() {
        try (Rig rig = new Rig()) {
            rig.stack.engines[0].throwOnce = new IllegalStateException("expected by a test");
            Rig.until(() -> rig.stack.engines[0].throwOnce == null);
            rig.connect(new EventRecorder()).close().syncUninterruptibly();
        }
    }

    @Test
    void shouldHandTheLossOfMemoryToItsEngine() {
        try (Rig rig = new Rig()) {
            final FakeEngine engine = rig.stack.engines[0];
            final InternalError lost = new InternalError("expected by a test");
            engine.throwOnce = lost;
            Rig.until(() -> engine.memoryLost != null);
            assertThat(engine.memoryLost).isSameAs(lost);
        }
    }

    @Test
    void shouldCloseItsChannelsWithTheStackAndGoOnWithTasks() {
        try (Rig rig = new Rig()) {
            final EventRecorder recorder = new EventRecorder();
            final EventRecorder half = new EventRecorder();
            final MillraceServerSocketChannel server = rig.bind(rig.serverBootstrap(new EventRecorder()));
            final MillraceSocketChannel channel = rig.connect(recorder);
            final ChannelFuture connecting = rig.bootstrap(half).connect(Rig.REMOTE);
            rig.awaitConnection(connecting);
            final EventLoop loop = rig.group.loopOf(0);
            final Thread thread = rig.stack.engines[0].driver.get();
            rig.stack.close();
            channel.closeFuture().syncUninterruptibly();
            server.closeFuture().syncUninterruptibly();
            connecting.channel().closeFuture().syncUninterruptibly();
            assertThat(connecting.cause()).isInstanceOf(SocketException.class);
            assertThat(recorder.events).contains("exception Connection aborted");
            assertThat(loop.submit(() -> 7).syncUninterruptibly().getNow()).isEqualTo(7);
            loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).syncUninterruptibly();
            Rig.until(() -> thread.getState() == Thread.State.TIMED_WAITING);
            assertThat(rig.bootstrap(new EventRecorder()).register().awaitUninterruptibly().cause()).isInstanceOf(
                    IllegalStateException.class).hasMessage("the stack is closed");
        }
    }

    @Test
    void shouldCloseAChannelThatWasNotRegisteredWhenTheStackClosed() {
        try (Rig rig = new Rig()) {
            final MillraceSocketChannel channel = rig.connect(new EventRecorder());
            channel.deregister().syncUninterruptibly();
            rig.stack.close();
            Rig.until(() -> rig.stack.engines[0].driver.get() == null);
            channel.close().syncUninterruptibly();
            assertThat(rig.connection(channel).calls).isEmpty();
        }
    }

    @Test
    void shouldCloseItsChannelsWithTheLoop() {
        final Rig rig = new Rig();
        final EventRecorder recorder = new EventRecorder();
        final MillraceSocketChannel channel = rig.connect(recorder);
        rig.close();
        assertThat(channel.closeFuture().isDone()).isTrue();
        assertThat(recorder.events).containsExactly("registered", "active", "inactive", "unregistered");
        assertThat(rig.connection(channel).calls).containsExactly("close");
    }

    @Test
    void shouldCloseItsChannelsWhereATaskEndsTheLoop() {
        final Rig rig = new Rig();
        final EventRecorder recorder = new EventRecorder();
        final MillraceSocketChannel channel = rig.connect(recorder);
        channel.eventLoop().submit(() -> rig.group.shutdownGracefully(0, 10, TimeUnit.SECONDS)).syncUninterruptibly();
        rig.close();
        assertThat(channel.closeFuture().isDone()).isTrue();
        assertThat(recorder.events).containsExactly("registered", "active", "inactive", "unregistered");
    }

    @Test
    void shouldTakeASecondTurnAtOnceWhereFramesCameWhileItLooked() {
        final FakeStack stack = new FakeStack(1);
        stack.idling = Idling.by(BusySpinIdleStrategy::new);
        final FakeEngine engine = stack.engines[0];
        final ManualIoEventLoop loop = new ManualIoEventLoop(Thread.currentThread(),
                new MillraceIoHandlerFactory(stack.engines()));
        loop.run(0);
        assertThat(engine.turns).isEqualTo(1);
        engine.sleep.input = true;
        loop.run(0);
        assertThat(engine.turns).isEqualTo(3);
        loop.runNow();
        assertThat(engine.turns).as("it may not wait, and does not look").isEqualTo(4);
        engine.commanded = true;
        loop.run(0);
        assertThat(engine.turns).as("there was something to do").isEqualTo(5);
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        while (!loop.isTerminated()) {
            loop.runNow();
        }
    }

    @Test
    void shouldFailAGroupOverAClosedStack() {
        final FakeStack stack = new FakeStack(1);
        final EventLoopGroup first = stack.newGroup();
        stack.close();
        Rig.until(() -> stack.engines[0].isClosed());
        shutDown(first);
        assertThatThrownBy(stack::newGroup).hasMessage("the stack is closed");
    }
}
