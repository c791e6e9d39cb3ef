package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.netty.MillraceChannelOption;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.services.EchoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Kernels that negotiate something else than usual, and links of another MTU. */
class PeerOptionsInteropTest extends KernelInteropBothFamilies {
    private static final long LENGTH = 5L * MIB;

    @ParameterizedTest
    @ValueSource(strings = {"net.ipv4.tcp_window_scaling=0", "net.ipv4.tcp_sack=0", "net.ipv4.tcp_timestamps=0",
            "net.ipv4.tcp_ecn=1", "net.ipv4.tcp_rmem=4096 8192 16384", "net.ipv4.tcp_wmem=4096 8192 16384",
            "net.ipv4.tcp_no_metrics_save=0"})
    void shouldEchoToAKernelThatIsSetOtherwise(final String setting) throws Exception {
        run("sysctl", "-q", "-w", setting);
        launch(true);
        echo();
    }

    @ParameterizedTest(name = "offloads {0}, MTU {1}")
    @CsvSource({"true,576", "false,576", "true,1280", "true,9000", "false,9000", "true,65521", "false,65521"})
    void shouldEchoOverAnyMtu(final boolean offloads, final int mtu) throws Exception {
        assumeTrue(family == Family.V4 || mtu >= 1_280, "every link of IPv6 takes 1,280 bytes");
        launch(offloads, "millrace.port.mtu = " + mtu, device -> device);
        echo();
    }

    @ParameterizedTest(name = "offloads {0}, MSS {1}")
    @CsvSource({"true,88", "false,88", "true,536", "false,536"})
    void shouldHeedTheMssOfTheKernel(final boolean offloads, final int mss) throws Exception {
        launch(offloads);
        run("ip", "route", "replace", family.network, "dev", "mr0", "advmss", Integer.toString(mss));
        echo();
    }

    @ParameterizedTest(name = "offloads {0}, MSS {1}")
    @CsvSource({"true,88", "false,88", "true,536", "false,536"})
    void shouldAnnounceItsOwnMss(final boolean offloads, final int mss) throws Exception {
        launch(offloads, "millrace.tcp.mss = " + mss, device -> device);
        echo();
    }

    /** Both ends send all the time. */
    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldSendAndReceiveAtOnce(final boolean offloads) throws Exception {
        launch(offloads);
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        server.send(4 * LENGTH);
        final CompletableFuture<Void> writing = write(client, 4 * LENGTH);
        HexText.readAll(client.getInputStream(), 4 * LENGTH);
        writing.get(20, TimeUnit.SECONDS);
        server.inputEnded.get(20, TimeUnit.SECONDS);
        assertThat(server.received).isEqualTo(4 * LENGTH);
        assertThat(server.corrupt).isFalse();
        server.channel().close().syncUninterruptibly();
    }

    @Test
    void shouldKeepIdleConnectionsAliveBothWays() throws Exception {
        launch(true);
        serve(7, EchoHandler::new);
        final Socket client = connectFromKernel(7);
        client.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 1);
        client.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 1);
        client.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 1);
        client.setKeepAlive(true);
        final ServerSocket listener = listenInKernel();
        final ChannelProbe probe = new ChannelProbe();
        new Bootstrap().group(group).channel(MillraceSocketChannel.class).option(ChannelOption.SO_KEEPALIVE, true)
                .option(MillraceChannelOption.TCP_KEEPIDLE, 1).option(MillraceChannelOption.TCP_KEEPINTVL, 1)
                .option(MillraceChannelOption.TCP_KEEPCNT, 1).handler(probe)
                .connect(new InetSocketAddress(kernelIp(), listener.getLocalPort())).syncUninterruptibly();
        accept(listener);
        Await.until("it has probed twice", () -> counter("TcpKeepaliveProbes") == 2);
        HexText.write(client.getOutputStream(), 1_000);
        HexText.read(client.getInputStream(), 1_000);
        assertThat(probe.channel().isActive()).isTrue();
        assertThat(onEngines(StackEngine::connections)).isEqualTo(2);
        probe.channel().close().syncUninterruptibly();
    }

    private void echo() throws Exception {
        serve(7, EchoHandler::new);
        final Socket client = connectFromKernel(7);
        final CompletableFuture<Void> writing = write(client, LENGTH);
        HexText.readAll(client.getInputStream(), LENGTH);
        writing.get(20, TimeUnit.SECONDS);
        awaitNoConnections();
        assertThat(counter("TcpTimeouts")).as("retransmission timeouts").isZero();
    }

    private static CompletableFuture<Void> write(final Socket client, final long length) {
        return CompletableFuture.runAsync(() -> {
            try {
                HexText.write(client.getOutputStream(), length);
                client.shutdownOutput();
            } catch (final IOException e) {
                throw new AssertionError(e);
            }
        });
    }
}
