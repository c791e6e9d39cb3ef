package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.tcp.TcpInfo;
import io.netty.channel.ChannelException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Information about a connection, read from its channel. */
@Timeout(60)
class MillraceTcpInfoTest {
    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void shouldFillTheObjectThatItIsGivenOnTheLoop() {
        final MillraceSocketChannel channel = rig.connect(new EventRecorder());
        final TcpInfo info = new TcpInfo();
        rig.onLoop(() -> channel.tcpInfo(info));
        assertThat(rig.connection(channel).informed).isSameAs(info);
    }

    @Test
    void shouldMakeAnObjectOfItsOwnOnTheLoop() {
        final MillraceSocketChannel channel = rig.connect(new EventRecorder());
        final TcpInfo info = rig.ask(channel::tcpInfo);
        assertThat(rig.connection(channel).informed).isSameAs(info);
    }

    @Test
    void shouldBeReadFromAnyThread() {
        final MillraceSocketChannel channel = rig.connect(new EventRecorder());
        final TcpInfo info = channel.readTcpInfo().syncUninterruptibly().getNow();
        assertThat(rig.connection(channel).informed).isSameAs(info);
    }

    @Test
    void shouldRefuseOtherThreadsThanTheLoopsWithTheWayOut() {
        final MillraceSocketChannel channel = rig.connect(new EventRecorder());
        assertThatThrownBy(channel::tcpInfo).isInstanceOf(IllegalStateException.class).hasMessage(
                "tcpInfo belongs to the channel's event loop; from another thread use readTcpInfo");
        assertThatThrownBy(new MillraceSocketChannel()::tcpInfo).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldFailWhereThereIsNoConnection() {
        assertThat(new MillraceSocketChannel().readTcpInfo().awaitUninterruptibly().cause()).isInstanceOf(
                ChannelException.class);
        final MillraceSocketChannel unconnected = (MillraceSocketChannel) rig.bootstrap(new EventRecorder()).register()
                .syncUninterruptibly().channel();
        assertThat(unconnected.readTcpInfo().awaitUninterruptibly().cause()).isInstanceOf(ChannelException.class)
                .hasMessage("there is no connection to tell about");
        unconnected.close().syncUninterruptibly();
    }

    @Test
    void shouldFailWhereTheConnectionIsNoMore() {
        final MillraceSocketChannel channel = rig.connect(new EventRecorder());
        rig.onLoop(() -> rig.connection(channel).stale = true);
        assertThat(channel.readTcpInfo().awaitUninterruptibly().cause()).isInstanceOf(ChannelException.class);
        channel.close().syncUninterruptibly();
        assertThat(channel.readTcpInfo().awaitUninterruptibly().cause()).isInstanceOf(ChannelException.class);
    }
}
