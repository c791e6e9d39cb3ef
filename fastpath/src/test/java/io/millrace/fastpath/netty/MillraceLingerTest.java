package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpFailure;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SO_LINGER: what a close waits for. */
@Timeout(60)
class MillraceLingerTest {
    private static final int LONG = 1_000_000;

    private final Rig rig = new Rig();
    private final EventRecorder recorder = new EventRecorder();

    @AfterEach
    void close() {
        rig.close();
    }

    private MillraceSocketChannel connect(final int seconds) {
        return rig.connect(recorder, ChannelOption.SO_LINGER, seconds);
    }

    /** A close that waits. */
    private ChannelFuture close(final MillraceSocketChannel channel) {
        final ChannelFuture closing = channel.close();
        rig.settle();
        assertThat(closing.isDone()).isFalse();
        assertThat(channel.isOpen()).isTrue();
        assertThat(rig.connection(channel).calls).endsWith("shutdownOutput");
        return closing;
    }

    private void shouldBeOver(final MillraceSocketChannel channel, final ChannelFuture closing) {
        assertThat(closing.syncUninterruptibly().isSuccess()).isTrue();
        assertThat(channel.closeFuture().isDone()).isTrue();
        assertThat(rig.connection(channel).calls).containsExactly("shutdownOutput", "close");
        rig.settle();
        assertThat(recorder.events).endsWith("inactive", "unregistered");
    }

    @Test
    void shouldWaitUntilEverythingIsAcknowledged() {
        final MillraceSocketChannel channel = connect(LONG);
        final ChannelFuture closing = close(channel);
        assertThat(recorder.events).doesNotContain("inactive");
        rig.peer(channel, peer -> peer.events |= ConnectionHandler.OUTPUT_ACKNOWLEDGED);
        shouldBeOver(channel, closing);
    }

    @Test
    void shouldWaitUntilBothDirectionsAreClosed() {
        final MillraceSocketChannel channel = connect(LONG);
        final ChannelFuture closing = close(channel);
        rig.peer(channel, FakeConnection::arriveFin);
        assertThat(closing.isDone()).as("the peer's FIN acknowledges nothing").isFalse();
        rig.peer(channel, peer -> peer.events |= ConnectionHandler.CLOSED);
        shouldBeOver(channel, closing);
    }

    @Test
    void shouldNotWaitLongerThanTold() {
        final MillraceSocketChannel channel = connect(1);
        shouldBeOver(channel, close(channel));
    }

    @Test
    void shouldResetWhereBytesArriveThatNobodyWillRead() {
        final MillraceSocketChannel channel = connect(LONG);
        final ChannelFuture closing = close(channel);
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("late")));
        // close with unread bytes resets: the connection's own doing
        shouldBeOver(channel, closing);
        assertThat(recorder.events).noneMatch(event -> event.startsWith("read "));
    }

    @Test
    void shouldNotWaitForAConnectionThatFailed() {
        final MillraceSocketChannel channel = connect(LONG);
        final ChannelFuture closing = close(channel);
        rig.peer(channel, peer -> peer.fail(TcpFailure.RESET));
        shouldBeOver(channel, closing);
        assertThat(recorder.exceptions).isEmpty();
    }

    @Test
    void shouldNotWaitForAStackThatIsClosed() {
        final MillraceSocketChannel channel = connect(LONG);
        final ChannelFuture closing = close(channel);
        rig.stack.close();
        assertThat(closing.syncUninterruptibly().isSuccess()).isTrue();
        assertThat(recorder.exceptions).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotHoldUpALoopThatEnds(final boolean before) {
        final MillraceSocketChannel channel = connect(LONG);
        if (before) {
            close(channel);
        }
        rig.group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(channel.closeFuture().isDone()).isTrue();
    }

    @Test
    void shouldFailWhatIsWrittenMeanwhileAndWhatHadNoRoom() {
        final MillraceSocketChannel channel = connect(LONG);
        rig.peer(channel, peer -> peer.sendCapacity = 2);
        final ChannelFuture waiting = channel.writeAndFlush(Unpooled.wrappedBuffer(Rig.ascii("abc")));
        final ChannelFuture closing = close(channel);
        assertThat(channel.writeAndFlush(Unpooled.wrappedBuffer(Rig.ascii("d"))).awaitUninterruptibly().cause())
                .isInstanceOf(ClosedChannelException.class);
        rig.peer(channel, peer -> peer.events |= ConnectionHandler.OUTPUT_ACKNOWLEDGED);
        shouldBeOver(channel, closing);
        assertThat(waiting.awaitUninterruptibly().cause()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void shouldCompleteEveryCloseTogether() {
        final MillraceSocketChannel channel = connect(LONG);
        final ChannelFuture first = close(channel);
        final ChannelFuture second = channel.close();
        rig.settle();
        assertThat(second.isDone()).isFalse();
        rig.peer(channel, peer -> peer.events |= ConnectionHandler.OUTPUT_ACKNOWLEDGED);
        shouldBeOver(channel, first);
        assertThat(second.syncUninterruptibly().isSuccess()).isTrue();
    }

    @Test
    void shouldNotWaitWhereBytesAreUnread() {
        final MillraceSocketChannel channel = rig.establish(rig.bootstrap(recorder)
                .option(ChannelOption.SO_LINGER, LONG).option(ChannelOption.AUTO_READ, false));
        rig.peer(channel, peer -> peer.arrive(Rig.ascii("unread")));
        channel.close().syncUninterruptibly();
        assertThat(rig.connection(channel).calls).containsExactly("close");
    }

    @Test
    void shouldNotWaitForAConnectionThatIsNotThereYet() {
        final ChannelFuture connecting = rig.bootstrap(recorder).option(ChannelOption.SO_LINGER, LONG)
                .connect(Rig.REMOTE);
        rig.awaitConnection(connecting);
        connecting.channel().close().syncUninterruptibly();
        assertThat(rig.connection((MillraceSocketChannel) connecting.channel()).calls).containsExactly("close");
    }

    @Test
    void shouldNotWaitWithoutTheOption() {
        final MillraceSocketChannel channel = connect(-1);
        channel.close().syncUninterruptibly();
        assertThat(rig.connection(channel).calls).containsExactly("close");
    }

    @Test
    void shouldResetWithATimeOfZero() {
        final MillraceSocketChannel channel = connect(0);
        channel.close().syncUninterruptibly();
        assertThat(rig.connection(channel).calls).containsExactly("abort");
    }
}
