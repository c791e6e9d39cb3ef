package io.millrace.nettysuite;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.interop.Await;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

/** In place of Netty's {@code ServerSocketSuspendTest}: what it means to show, without the times of the kernel. */
@OverPairings
@Timeout(60)
class ServerSuspendTest {
    private static final int CONNECTIONS = 10;

    @Parameter
    Pair pair;

    @Test
    void shouldAcceptNothingWhileSuspendedAndEverythingAfterwards() throws Exception {
        final Counter counter = new Counter();
        final Channel server = pair.newServer().option(ChannelOption.SO_BACKLOG, CONNECTIONS)
                .option(ChannelOption.AUTO_READ, false).childHandler(counter).bind(pair.serverAddress()).sync()
                .channel();
        final Bootstrap client = pair.newClient().handler(new Counter());
        final List<Channel> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(client.connect(server.localAddress()).sync().channel());
        }
        assertThat(counter.accepted.getCount()).isEqualTo(CONNECTIONS);
        server.config().setAutoRead(true);
        assertThat(counter.accepted.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(clients).allMatch(Channel::isActive);
    }

    @Test
    void shouldAcceptOneForEachRead() throws Exception {
        final Counter counter = new Counter();
        final Channel server = pair.newServer().option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(1))
                .childHandler(counter).bind(pair.serverAddress()).sync()
                .channel();
        final Bootstrap client = pair.newClient().handler(new Counter());
        for (int i = 0; i < CONNECTIONS; i++) {
            client.connect(server.localAddress()).sync();
        }
        for (int i = 1; i <= CONNECTIONS; i++) {
            server.read();
            counter.await(i);
        }
    }

    @Sharable
    private static final class Counter extends ChannelInboundHandlerAdapter {
        final CountDownLatch accepted = new CountDownLatch(CONNECTIONS);

        @Override
        public void channelActive(final ChannelHandlerContext ctx) {
            accepted.countDown();
        }

        void await(final int connections) throws Exception {
            Await.until("a connection is accepted",
                    () -> accepted.getCount() <= CONNECTIONS - connections);
            assertThat(accepted.getCount()).isEqualTo(CONNECTIONS - connections);
        }
    }
}
