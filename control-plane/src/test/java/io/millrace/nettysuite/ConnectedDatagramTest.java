package io.millrace.nettysuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.interop.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.net.PortUnreachableException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

/** In place of Netty's {@code DatagramConnectedWriteExceptionTest}: what it shows, between the addresses of the pairing. */
@OverPairings({Pairing.LINK, Pairing.LOCAL, Pairing.NIO_SERVER, Pairing.EPOLL_SERVER})
@Timeout(60)
class ConnectedDatagramTest {
    @Parameter
    Pair pair;

    @Test
    void shouldFailAWriteOnceTheServerIsGone() throws Exception {
        final BootstrapComboFactory<Bootstrap, Bootstrap> sides = pair.datagrams().getFirst();
        final CountDownLatch received = new CountDownLatch(1);
        final Channel server = sides.newServerInstance().handler(new Receiver(received)).bind(pair.serverAddress())
                .sync().channel();
        final Channel client = sides.newClientInstance().handler(new Receiver(new CountDownLatch(1)))
                .option(ChannelOption.AUTO_READ, false).connect(server.localAddress()).sync().channel();
        client.writeAndFlush(Unpooled.copyInt(1)).sync();
        assertThat(received.await(20, TimeUnit.SECONDS)).isTrue();
        server.close().sync();
        final Throwable[] failure = new Throwable[1];
        Await.until("a write fails", () -> {
            failure[0] = client.writeAndFlush(Unpooled.copyInt(2)).await().cause();
            return failure[0] != null;
        });
        assertThat(failure[0]).isInstanceOf(PortUnreachableException.class);
        assertThat(client.isOpen()).isTrue();
    }

    private static final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
        private final CountDownLatch received;

        Receiver(final CountDownLatch received) {
            this.received = received;
        }

        @Override
        protected void channelRead0(final ChannelHandlerContext ctx, final DatagramPacket packet) {
            received.countDown();
        }
    }
}
