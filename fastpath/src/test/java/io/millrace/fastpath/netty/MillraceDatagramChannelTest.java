package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagram channels between two stacks, and within one. */
@SuppressWarnings("deprecation") // DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION is, and works nevertheless
@Timeout(60)
class MillraceDatagramChannelTest {
    private static final int PORT = 5_000;
    private static final InetSocketAddress SERVER = new InetSocketAddress("10.0.0.1", PORT);
    private static final InetSocketAddress NOBODY = new InetSocketAddress("10.0.0.1", 9);
    private static final InetSocketAddress BROADCAST = new InetSocketAddress("255.255.255.255", PORT);

    private final DatagramProbe server = new DatagramProbe();
    private final DatagramProbe client = new DatagramProbe();
    private DatagramRig rig;

    @BeforeEach
    void open() {
        rig = new DatagramRig(1);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static ByteBuf text(final String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static Channel channel(final ChannelFuture future) {
        return future.syncUninterruptibly().channel();
    }

    private Channel serve() {
        return channel(rig.onLeft(server).bind(SERVER));
    }

    private Channel bindClient() {
        return channel(rig.onRight(client).bind("10.0.0.2", 0));
    }

    @Test
    void shouldSendToAServerAndReceiveItsAnswer() throws Exception {
        final Channel serving = serve();
        final Channel asking = bindClient();
        asking.writeAndFlush(new DatagramPacket(text("question"), SERVER)).sync();
        final DatagramProbe.Received question = server.take();
        assertThat(question.text()).isEqualTo("question");
        assertThat(question.recipient()).isEqualTo(SERVER);
        assertThat(question.sender()).isEqualTo(asking.localAddress());
        serving.writeAndFlush(new DatagramPacket(text("answer"), question.sender())).sync();
        final DatagramProbe.Received answer = client.take();
        assertThat(answer.text()).isEqualTo("answer");
        assertThat(answer.sender()).isEqualTo(SERVER);
    }

    /** Kinds of buffers. */
    enum Kind {
        DIRECT,
        HEAP,
        COMPOSITE,
        READ_ONLY,
        EMPTY;

        ByteBuf buffer() {
            final ByteBuf bytes = text("some text");
            return switch (this) {
                case DIRECT -> Unpooled.directBuffer().writeBytes(bytes, 0, bytes.readableBytes());
                case HEAP -> bytes;
                case COMPOSITE -> Unpooled.wrappedBuffer(text("some"), Unpooled.directBuffer().writeBytes(
                        text(" text"), 0, 5));
                case READ_ONLY -> bytes.asReadOnly();
                case EMPTY -> Unpooled.EMPTY_BUFFER;
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void shouldSendEveryKindOfBuffer(final Kind kind) throws Exception {
        serve();
        bindClient().writeAndFlush(new DatagramPacket(kind.buffer(), SERVER)).sync();
        assertThat(server.take().text()).isEqualTo(kind == Kind.EMPTY ? "" : "some text");
    }

    @Test
    void shouldSendEnvelopesToo() throws Exception {
        serve();
        bindClient().writeAndFlush(new DefaultAddressedEnvelope<>(text("in an envelope"), SERVER)).sync();
        assertThat(server.take().text()).isEqualTo("in an envelope");
    }

    @Test
    void shouldSendPlainBuffersWhileConnected() throws Exception {
        serve();
        final MillraceDatagramChannel connected = (MillraceDatagramChannel) channel(
                rig.onRight(client).connect(SERVER));
        assertThat(connected.isConnected()).isTrue();
        assertThat(connected.remoteAddress()).isEqualTo(SERVER);
        assertThat(connected.localAddress().getAddress()).isEqualTo(InetAddress.getByName("10.0.0.2"));
        connected.writeAndFlush(text("plain")).sync();
        assertThat(server.take().text()).isEqualTo("plain");
        connected.disconnect().sync();
        assertThat(connected.isConnected()).isFalse();
        assertThat(connected.remoteAddress()).isNull();
        assertThat(connected.localAddress()).isNotNull();
        assertThat(connected.isActive()).isTrue();
        assertThat(connected.writeAndFlush(text("to nobody")).await().cause())
                .isInstanceOf(NotYetConnectedException.class);
    }

    @Test
    void shouldReceiveFromThePeerAloneWhileConnected() throws Exception {
        final Channel serving = serve();
        final Channel other = channel(rig.onLeft(new DatagramProbe()).bind("10.0.0.1", 0));
        final Channel connected = channel(rig.onRight(client).connect(SERVER));
        other.writeAndFlush(new DatagramPacket(text("intruder"), (InetSocketAddress) connected.localAddress())).sync();
        serving.writeAndFlush(new DatagramPacket(text("peer"), (InetSocketAddress) connected.localAddress())).sync();
        assertThat(client.take().text()).isEqualTo("peer");
        assertThat(client.datagrams).isEmpty();
    }

    @Test
    void shouldRefuseToConnectTwice() {
        final Channel connected = channel(rig.onRight(client).connect(SERVER));
        assertThat(connected.connect(SERVER).awaitUninterruptibly().cause())
                .isInstanceOf(AlreadyConnectedException.class);
        assertThat(connected.isOpen()).isTrue();
    }

    @Test
    void shouldTellAReaderThatNobodyListens() throws Exception {
        final Channel connected = channel(rig.onRight(client).connect(NOBODY));
        connected.writeAndFlush(text("anyone?")).sync();
        assertThat(client.takeException()).isInstanceOf(PortUnreachableException.class);
        assertThat(connected.isOpen()).isTrue();
    }

    @Test
    void shouldTellAWriterThatNobodyListens() throws Exception {
        final Channel connected = channel(rig.onRight(client).option(ChannelOption.AUTO_READ, false).connect(NOBODY));
        Throwable cause = null;
        while (cause == null) {
            // the error takes as long as the network takes
            cause = connected.writeAndFlush(text("anyone?")).await().cause();
        }
        assertThat(cause).isInstanceOf(PortUnreachableException.class);
        assertThat(client.exceptions).isEmpty();
        connected.read();
        assertThat(connected.isOpen()).isTrue();
    }

    @Test
    void shouldBeActiveOnRegistrationWhereAsked() throws Exception {
        serve();
        final Channel unbound = channel(rig.onRight(client)
                .option(ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, true).register());
        assertThat(unbound.isActive()).isTrue();
        assertThat(unbound.localAddress()).isNull();
        unbound.writeAndFlush(new DatagramPacket(text("binds itself"), SERVER)).sync();
        final DatagramProbe.Received received = server.take();
        assertThat(received.sender().getPort()).isEqualTo(((InetSocketAddress) unbound.localAddress()).getPort());
    }

    @Test
    void shouldNotBeActiveBeforeItIsBound() {
        final Channel unbound = channel(rig.onRight(client).register());
        assertThat(unbound.isActive()).isFalse();
        assertThat(unbound.writeAndFlush(new DatagramPacket(text("too early"), SERVER)).awaitUninterruptibly().cause())
                .isInstanceOf(NotYetConnectedException.class);
        assertThat(unbound.close().awaitUninterruptibly().isSuccess()).isTrue();
    }

    @Test
    void shouldRefuseWhatIsNoDatagram() {
        final Channel channel = bindClient();
        assertThat(channel.writeAndFlush("text").awaitUninterruptibly().cause())
                .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("String");
        assertThat(channel.writeAndFlush(
                new DatagramPacket(text("x"), InetSocketAddress.createUnresolved("nowhere.invalid", 1)))
                .awaitUninterruptibly().cause()).isInstanceOf(UnresolvedAddressException.class);
        assertThat(channel.writeAndFlush(new DatagramPacket(text("x"), new InetSocketAddress("10.0.0.1", 0)))
                .awaitUninterruptibly().cause()).isInstanceOf(SocketException.class)
                .hasMessageContaining("Invalid destination");
    }

    @Test
    void shouldFailOneDatagramAndSendTheNext() throws Exception {
        serve();
        final Channel channel = bindClient();
        final ChannelFuture tooLong = channel
                .write(new DatagramPacket(Unpooled.wrappedBuffer(new byte[70_000]), SERVER));
        final ChannelFuture fine = channel.write(new DatagramPacket(text("fine"), SERVER));
        channel.flush();
        assertThat(tooLong.await().cause()).isInstanceOf(SocketException.class).hasMessage("Message too long");
        assertThat(fine.await().isSuccess()).isTrue();
        assertThat(server.take().text()).isEqualTo("fine");
    }

    @Test
    void shouldRefuseAnAddressInUseAndShareItWhereBothReuse() {
        serve();
        assertThatThrownBy(() -> channel(rig.onLeft(new DatagramProbe()).bind(SERVER)))
                .isInstanceOf(BindException.class).hasMessageContaining("Address already in use");
        assertThatThrownBy(() -> channel(rig.onLeft(new DatagramProbe()).bind(PORT)))
                .isInstanceOf(BindException.class);
        final Bootstrap reusing = rig.onLeft(new DatagramInboundSink()).option(ChannelOption.SO_REUSEADDR, true);
        assertThat(channel(reusing.bind("10.0.0.1", 6_000)).isActive()).isTrue();
        assertThat(channel(reusing.bind("10.0.0.1", 6_000)).isActive()).isTrue();
        assertThatThrownBy(() -> channel(rig.onLeft(new DatagramProbe()).bind("10.0.0.9", 0)))
                .isInstanceOf(BindException.class).hasMessageContaining("10.0.0.9");
    }

    @Test
    void shouldFreeItsAddressWhenItIsClosed() {
        serve().close().syncUninterruptibly();
        assertThat(serve().isActive()).isTrue();
    }

    @Test
    void shouldKeepDatagramsUntilTheyAreRead() throws Exception {
        final Channel serving = channel(rig.onLeft(server).option(ChannelOption.AUTO_READ, false).bind(SERVER));
        final Channel asking = bindClient();
        for (int i = 0; i < 3; i++) {
            asking.writeAndFlush(new DatagramPacket(text("number " + i), SERVER)).sync();
        }
        for (int i = 0; i < 3; i++) {
            serving.read();
            assertThat(server.take().text()).isEqualTo("number " + i);
            assertThat(server.datagrams).isEmpty();
        }
    }

    @Test
    void shouldCutWhatTheBufferIsTooSmallFor() throws Exception {
        channel(rig.onLeft(server).option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(4))
                .bind(SERVER));
        bindClient().writeAndFlush(new DatagramPacket(text("0123456789"), SERVER)).sync();
        assertThat(server.take().text()).isEqualTo("0123");
    }

    @Test
    void shouldReceiveIntoHeapBuffers() throws Exception {
        channel(rig.onLeft(server).option(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false))
                .bind(SERVER));
        bindClient().writeAndFlush(new DatagramPacket(text("to the heap"), SERVER)).sync();
        assertThat(server.take().text()).isEqualTo("to the heap");
    }

    @Test
    void shouldSendMoreThanTheQueueHolds() throws Exception {
        final int number = 20_000;
        final Channel serving = channel(rig.onLeft(new Echo()).bind(SERVER));
        final Channel asking = channel(rig.onRight(client).option(ChannelOption.SO_RCVBUF, 1 << 24)
                .connect(SERVER));
        ChannelFuture last = null;
        for (int i = 0; i < number; i++) {
            last = asking.write(text("datagram"));
        }
        asking.flush();
        assertThat(last.await().isSuccess()).isTrue();
        assertThat(client.take().text()).isEqualTo("datagram");
        serving.close().sync();
    }

    @Test
    void shouldBroadcastWhereAllowed() throws Exception {
        channel(rig.onLeft(server).bind(PORT));
        final Channel refused = bindClient();
        assertThat(refused.writeAndFlush(new DatagramPacket(text("all"), BROADCAST)).await().cause())
                .isInstanceOf(SocketException.class).hasMessageContaining("SO_BROADCAST");
        refused.config().setOption(ChannelOption.SO_BROADCAST, true);
        refused.writeAndFlush(new DatagramPacket(text("all"), BROADCAST)).sync();
        assertThat(server.take().text()).isEqualTo("all");
    }

    @Test
    void shouldJoinAndLeaveGroups() throws Exception {
        final InetSocketAddress group = new InetSocketAddress("239.1.2.3", PORT);
        final NetworkInterface anyInterface = NetworkInterface.getByIndex(1);
        final MillraceDatagramChannel member = (MillraceDatagramChannel) channel(rig.onLeft(server).bind(PORT));
        final Channel sender = bindClient();
        member.joinGroup(group, anyInterface).sync();
        sender.writeAndFlush(new DatagramPacket(text("joined"), group)).sync();
        assertThat(server.take().text()).isEqualTo("joined");
        member.block(group.getAddress(), InetAddress.getByName("10.0.0.2")).sync();
        shouldNotReceive(sender, group);
        member.leaveGroup(group, anyInterface).sync();
        shouldNotReceive(sender, group);
        member.joinGroup(group.getAddress(), anyInterface, InetAddress.getByName("10.0.0.2")).sync();
        sender.writeAndFlush(new DatagramPacket(text("joined for one source"), group)).sync();
        assertThat(server.take().text()).isEqualTo("joined for one source");
        assertThat(member.joinGroup(InetAddress.getByName("10.0.0.2")).await().cause())
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("no multicast group");
        assertThat(member.block(group.getAddress(), InetAddress.getByName("10.0.0.2")).await().cause())
                .isInstanceOf(IllegalStateException.class);
    }

    /** What is sent to the group does not come, and what is sent after it does. */
    private void shouldNotReceive(final Channel sender, final InetSocketAddress group) throws Exception {
        sender.write(new DatagramPacket(text("to the group"), group));
        sender.writeAndFlush(new DatagramPacket(text("to the server"), SERVER)).sync();
        assertThat(server.take().text()).isEqualTo("to the server");
    }

    @Test
    void shouldSendAndReceiveWhatIsLargerThanTheMtu() throws Exception {
        channel(rig.onLeft(server).option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(65_507))
                .bind(SERVER));
        final byte[] large = new byte[65_507];
        new SplittableRandom(1).nextBytes(large);
        final Channel sender = bindClient();
        sender.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(large), SERVER)).sync();
        assertThat(server.take().bytes()).isEqualTo(large);
        sender.writeAndFlush(new DatagramPacket(Unpooled.directBuffer().writeBytes(large), SERVER)).sync();
        assertThat(server.take().bytes()).isEqualTo(large);
        assertThat(sender.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(new byte[65_508]), SERVER)).await()
                .cause()).isInstanceOf(SocketException.class).hasMessage("Message too long");
    }

    @Test
    void shouldSendASegmentedPacketAsDatagrams() throws Exception {
        serve();
        final Channel sender = channel(rig.onRight(client).option(ChannelOption.SO_SNDBUF, 4_608).bind("10.0.0.2", 0));
        for (final ByteBuf content : new ByteBuf[]{Unpooled.directBuffer(), Unpooled.buffer()}) {
            for (int i = 0; i < 10; i++) {
                content.writeBytes(text(String.valueOf(i).repeat(1_000)));
            }
            content.writeByte('x');
            sender.writeAndFlush(new SegmentedDatagramPacket(content, 1_000, SERVER)).sync();
            for (int i = 0; i < 10; i++) {
                assertThat(server.take().text()).isEqualTo(String.valueOf(i).repeat(1_000));
            }
            assertThat(server.take().text()).isEqualTo("x");
        }
    }

    @Test
    void shouldTalkToItself() throws Exception {
        final Channel serving = serve();
        serving.writeAndFlush(new DatagramPacket(text("me"), SERVER)).sync();
        assertThat(server.take().sender()).isEqualTo(SERVER);
    }

    @Test
    void shouldFailToConnectWhereNoRouteLeads() {
        assertThatThrownBy(() -> channel(rig.onRight(client).connect(new InetSocketAddress("2001:db8:9::1", 1))))
                .isInstanceOf(ConnectException.class).hasMessageContaining("Network is unreachable");
    }

    @Test
    void shouldCloseWhereItCannotBeConnectedWithoutHavingBeenActive() {
        final EventRecorder recorder = new EventRecorder();
        final Channel channel = channel(rig.onRight(recorder).register());
        final ChannelFuture connect = channel.connect(new InetSocketAddress("2001:db8:9::1", 1)).awaitUninterruptibly();
        assertThat(connect.cause()).isInstanceOf(ConnectException.class);
        rig.rightGroup.next().submit(() -> {}).syncUninterruptibly();
        assertThat(channel.isOpen()).isFalse();
        rig.rightGroup.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        // as NioDatagramChannel
        assertThat(recorder.events).containsExactly("registered", "unregistered");
    }

    @Test
    void shouldRefuseToBlockNobody() throws Exception {
        final Channel channel = serve();
        assertThatThrownBy(() -> ((MillraceDatagramChannel) channel).block(InetAddress.getByName("239.1.2.3"), null))
                .isInstanceOf(NullPointerException.class).hasMessage("source");
    }

    @Test
    void shouldCloseWithItsStack() throws Exception {
        final Channel serving = serve();
        rig.left.close();
        serving.closeFuture().sync();
        assertThat(serving.isOpen()).isFalse();
        assertThat(serving.writeAndFlush(new DatagramPacket(text("late"), SERVER)).await().cause())
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void shouldBeRegisteredAgainWithItsOwnLoop() throws Exception {
        final Channel serving = serve();
        serving.deregister().sync();
        final Channel asking = bindClient();
        asking.writeAndFlush(new DatagramPacket(text("meanwhile"), SERVER)).sync();
        rig.leftGroup.register(serving).sync();
        assertThat(server.take().text()).isEqualTo("meanwhile");
        assertThat(rig.rightGroup.register(serving).await().cause()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldTellOptionsAsTheyWereSet() {
        final Channel channel = channel(rig.onLeft(server).option(ChannelOption.IP_TOS, 0x28)
                .option(ChannelOption.SO_RCVBUF, 100_000).option(ChannelOption.SO_SNDBUF, 200_000)
                .option(ChannelOption.IP_MULTICAST_TTL, 7).option(ChannelOption.IP_MULTICAST_LOOP_DISABLED, true)
                .bind(SERVER));
        assertThat(channel.config().getOption(ChannelOption.IP_TOS)).isEqualTo(0x28);
        assertThat(channel.config().getOption(ChannelOption.SO_RCVBUF)).isEqualTo(100_000);
        assertThat(channel.config().getOption(ChannelOption.SO_SNDBUF)).isEqualTo(200_000);
        assertThat(channel.config().getOption(ChannelOption.IP_MULTICAST_TTL)).isEqualTo(7);
        assertThat(channel.config().getOption(ChannelOption.IP_MULTICAST_LOOP_DISABLED)).isTrue();
        assertThat(channel.config().getOption(ChannelOption.SO_BROADCAST)).isFalse();
        assertThat(channel.config().setOption(ChannelOption.TCP_NODELAY, true)).isFalse();
        assertThatThrownBy(() -> channel.config().setOption(ChannelOption.IP_MULTICAST_TTL, 256))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("IP_MULTICAST_TTL is 256");
        assertThatThrownBy(
                () -> channel.config().setOption(ChannelOption.DATAGRAM_CHANNEL_ACTIVE_ON_REGISTRATION, true))
                .isInstanceOf(IllegalStateException.class);
    }

    /** Ignores everything; may serve several channels. */
    @Sharable
    private static final class DatagramInboundSink extends ChannelInboundHandlerAdapter {}

    /** Answers each datagram with itself. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final DatagramPacket packet = (DatagramPacket) message;
            ctx.write(new DatagramPacket(packet.content(), packet.sender()));
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }
}
