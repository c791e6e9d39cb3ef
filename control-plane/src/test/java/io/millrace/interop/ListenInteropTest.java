package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.netty.MillraceChannelOption;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.services.EchoHandler;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener does beside accepting, with the kernel as the client. */
class ListenInteropTest extends KernelInteropBothFamilies {
    private static final int CONNECTIONS = 64;

    /** The options of the handshake come back from the kernel in its last ACK. */
    @ParameterizedTest
    @ValueSource(strings = {"net.ipv4.tcp_timestamps=1", "net.ipv4.tcp_timestamps=0", "net.ipv4.tcp_sack=0",
            "net.ipv4.tcp_window_scaling=0", "net.ipv4.tcp_ecn=1"})
    void shouldEchoOverAConnectionThatACookieMade(final String setting) throws Exception {
        run("sysctl", "-q", "-w", setting);
        launch(true, "millrace.listen.syn-cookies = always", device -> device);
        serve(7, EchoHandler::new);
        final Socket client = connectFromKernel(7);
        final byte[] sent = new byte[2 * MIB];
        new SplittableRandom(1).nextBytes(sent);
        final CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> write(client, sent));
        assertThat(Arrays.equals(client.getInputStream().readNBytes(sent.length), sent)).isTrue();
        writing.get(20, TimeUnit.SECONDS);
        assertThat(stack.counters()).containsEntry("SyncookiesSent", 1L).containsEntry("SyncookiesRecv", 1L)
                .containsEntry("SyncookiesFailed", 0L);
    }

    private static void write(final Socket client, final byte[] bytes) {
        try {
            client.getOutputStream().write(bytes);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldShareConnectionsAmongServersThatReuseThePort() throws Exception {
        launch(true);
        final AtomicInteger first = serveSharing();
        final AtomicInteger second = serveSharing();
        for (int i = 0; i < CONNECTIONS; i++) {
            final Socket client = connectFromKernel(7);
            client.getOutputStream().write(i);
            assertThat(client.getInputStream().read()).isEqualTo(i);
        }
        assertThat(first.get() + second.get()).isEqualTo(CONNECTIONS);
        assertThat(first.get()).isBetween(1, CONNECTIONS - 1);
    }

    /** A server on port 7 beside others; how many connections it accepted. */
    private AtomicInteger serveSharing() {
        final AtomicInteger accepted = new AtomicInteger();
        new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                .option(MillraceChannelOption.SO_REUSEPORT, true).childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(final Channel channel) {
                        accepted.incrementAndGet();
                        channel.pipeline().addLast(new EchoHandler());
                    }
                }).bind(7).syncUninterruptibly();
        return accepted;
    }

    @Test
    void shouldDoAsTheRulesOfItsPortSay() throws Exception {
        launch(true, """
                millrace.listen.rules = [
                  { port = 80, mss = 700, sack = false, backlog = 3 }
                  { port = 81, sources = ["192.0.2.0/24", "2001:db8::/32"] }
                ]
                """, device -> device);
        final ChannelProbe ruled = serveProbe(80);
        serve(81, EchoHandler::new);
        serve(82, EchoHandler::new);
        connectFromKernel(80);
        Await.until("the connection is accepted", () -> stack.counters().get("ConnectionsAccepted") == 1);
        assertThat(stack.listeners()).extracting(listener -> listener.backlog()).containsExactly(3, 1_024, 1_024);
        assertThat(run("ss", "-tin", "dport", "=", ":80")).contains(" mss:688 ").doesNotContain("sack");
        connectFromKernel(82);
        try (SocketChannel refused = kernel.call(() -> SocketChannel.open(protocolFamily()))) {
            refused.configureBlocking(false);
            refused.connect(new InetSocketAddress(stackIp(), 81));
            Await.until("its SYN is dropped", () -> stack.counters().get("ListenSourceRefused") > 0);
            assertThat(refused.finishConnect()).isFalse();
        }
        ruled.channel().close().syncUninterruptibly();
    }

    private StandardProtocolFamily protocolFamily() {
        return family == Family.V6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }
}
