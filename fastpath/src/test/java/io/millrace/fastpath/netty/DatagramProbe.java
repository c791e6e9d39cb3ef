package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what a datagram channel receives, datagrams and exceptions apart. Thread: the event loop's notes, any takes. */
@Sharable
class DatagramProbe extends SimpleChannelInboundHandler<DatagramPacket> {
    private static final int TIMEOUT_S = 20;

    /** A datagram as a value. */
    record Received(byte[] bytes, InetSocketAddress sender, InetSocketAddress recipient) {
        String text() {
            return new String(bytes, StandardCharsets.US_ASCII);
        }
    }

    final BlockingQueue<Received> datagrams = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> exceptions = new LinkedBlockingQueue<>();

    @Override
    protected void channelRead0(final ChannelHandlerContext ctx, final DatagramPacket packet) {
        datagrams.add(new Received(ByteBufUtil.getBytes(packet.content()), packet.sender(), packet.recipient()));
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        exceptions.add(cause);
    }

    Received take() throws InterruptedException {
        final Received next = datagrams.poll(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(next).as("a datagram").isNotNull();
        return next;
    }

    Throwable takeException() throws InterruptedException {
        final Throwable next = exceptions.poll(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(next).as("an exception").isNotNull();
        return next;
    }
}
