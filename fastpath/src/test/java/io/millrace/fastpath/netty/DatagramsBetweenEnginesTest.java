package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.StackEngine;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A stack of two engines: a datagram arrives at the engine whose queue it was sent to, here that of the sender, and goes
 * to the one that owns the endpoint.
 */
@Timeout(60)
class DatagramsBetweenEnginesTest {
    private static final InetSocketAddress SERVER = new InetSocketAddress("10.0.0.1", 5_000);

    private final DatagramProbe server = new DatagramProbe();
    private final DatagramProbe client = new DatagramProbe();
    private DatagramRig rig;

    @BeforeEach
    void open() {
        rig = new DatagramRig(2);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Channel onLeft(final int engine, final ChannelHandler handler, final InetSocketAddress local) {
        return rig.onLeft(engine, handler).bind(local).syncUninterruptibly().channel();
    }

    private Channel onRight(final int engine, final ChannelHandler handler) {
        return rig.onRight(engine, handler).bind("10.0.0.2", 0).syncUninterruptibly().channel();
    }

    private static DatagramPacket packet(final String text, final InetSocketAddress to) {
        return new DatagramPacket(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII), to);
    }

    private static long sum(final LinkedStack stack, final Counter counter) {
        long sum = 0;
        for (int i = 0; i < stack.engineCount(); i++) {
            final StackEngine engine = stack.engine(i);
            sum += engine.counters().get(counter);
        }
        return sum;
    }

    @Test
    void shouldReachAnEndpointWhereverItsDatagramsArrive() throws Exception {
        final Channel serving = onLeft(0, server, SERVER);
        for (int engine = 0; engine < 2; engine++) {
            final Channel asking = onRight(engine, client);
            asking.writeAndFlush(packet("from engine " + engine, SERVER)).sync();
            final DatagramProbe.Received received = server.take();
            assertThat(received.text()).isEqualTo("from engine " + engine);
            assertThat(received.sender()).isEqualTo(asking.localAddress());
            serving.writeAndFlush(packet("answer", received.sender())).sync();
            assertThat(client.take().text()).isEqualTo("answer");
        }
        // an engine counts a datagram after it has handed it over
        Rig.until(() -> sum(rig.left, Counter.UDP_FORWARDED) > 0 && sum(rig.right, Counter.UDP_FORWARDED) > 0);
        assertThat(sum(rig.left, Counter.UDP_FORWARDED)).isEqualTo(1);
        assertThat(sum(rig.right, Counter.UDP_FORWARDED)).isEqualTo(1);
    }

    @Test
    void shouldForwardTheLongestDatagram() throws Exception {
        final DatagramProbe large = new DatagramProbe();
        rig.onLeft(0, large)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_507))
                .bind(SERVER).sync();
        final byte[] bytes = new byte[65_507];
        onRight(1, client).writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(bytes), SERVER)).sync();
        assertThat(large.take().bytes()).hasSize(65_507);
    }

    @Test
    void shouldBindOnceInAllEngines() {
        onLeft(0, server, SERVER);
        assertThat(rig.onLeft(1, new DatagramProbe()).bind(SERVER).awaitUninterruptibly()
                .cause()).isInstanceOf(BindException.class);
    }

    @Test
    void shouldGiveABroadcastToEndpointsOfEveryEngine() throws Exception {
        final InetSocketAddress any = new InetSocketAddress("0.0.0.0", 5_000);
        for (int engine = 0; engine < 2; engine++) {
            rig.onLeft(engine, server).option(ChannelOption.SO_REUSEADDR, true).bind(any).sync();
        }
        final Channel sender = onRight(0, client);
        sender.config().setOption(ChannelOption.SO_BROADCAST, true);
        sender.writeAndFlush(packet("all", new InetSocketAddress("255.255.255.255", 5_000))).sync();
        assertThat(server.take().text()).isEqualTo("all");
        assertThat(server.take().text()).isEqualTo("all");
    }

    @Test
    void shouldTellErrorsWhereverTheyArrive() throws Exception {
        final Channel connected = rig.onRight(1, client)
                .connect(new InetSocketAddress("10.0.0.1", 9)).sync().channel();
        connected.writeAndFlush(Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII)).sync();
        assertThat(client.takeException()).isInstanceOf(PortUnreachableException.class);
    }
}
