package io.millrace.nettysuite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.testsuite.transport.TestsuitePermutation.BootstrapComboFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@OverPairings(families = Family.INET6)
class DatagramMulticastIPv6Test extends io.netty.testsuite.transport.socket.DatagramMulticastIPv6Test {
    private static final long TIMEOUT_S = 20;

    @Parameter
    Pair pair;

    @Override
    protected List<BootstrapComboFactory<Bootstrap, Bootstrap>> newFactories() {
        return pair.datagrams();
    }

    /** Netty's own test takes a group that no packet leaves its host for. */
    @ParameterizedTest
    @ValueSource(strings = {"ff02::101", "ff05::101"})
    void testMulticastToTheOtherStack(final String group) throws Exception {
        assumeTrue(pair.pairing() == Pairing.LINK, "two stacks on one link");
        final CompletableFuture<InetSocketAddress> sender = new CompletableFuture<>();
        final DatagramChannel member = (DatagramChannel) pair.datagrams().getFirst().newServerInstance()
                .handler(new SimpleChannelInboundHandler<DatagramPacket>() {
                    @Override
                    protected void channelRead0(final ChannelHandlerContext ctx, final DatagramPacket packet) {
                        sender.complete(packet.sender());
                    }
                }).bind(new InetSocketAddress("::", 0)).sync().channel();
        final InetAddress address = InetAddress.ofLiteral(group);
        member.joinGroup(address).sync();
        final InetSocketAddress to = new InetSocketAddress(address, member.localAddress().getPort());
        final Channel other = pair.datagrams().getFirst().newClientInstance()
                .handler(new ChannelInboundHandlerAdapter()).bind(pair.clientAddress()).sync().channel();
        other.writeAndFlush(new DatagramPacket(Unpooled.copyInt(101), to)).sync();
        assertThat(sender.get(TIMEOUT_S, TimeUnit.SECONDS)).isEqualTo(other.localAddress());
    }
}
