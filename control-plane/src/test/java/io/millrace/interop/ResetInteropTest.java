package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import io.millrace.fastpath.engine.StackEngine;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ResetInteropTest extends KernelInteropBothFamilies {
    private static final int TIMEOUT_S = 20;

    @Test
    void shouldTellThatTheKernelReset() throws Exception {
        launch(true);
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        HexText.write(client.getOutputStream(), 1_000);
        server.channel();
        client.setSoLinger(true, 0);
        client.close();
        server.inactive.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(server.received).as("what came before the reset").isEqualTo(1_000);
        assertThat(server.exceptions).singleElement(THROWABLE).isInstanceOf(IOException.class)
                .hasMessageStartingWith("Connection reset");
        assertThat(counter("TcpResetsReceived")).isEqualTo(1);
    }

    @Test
    void shouldResetTheKernelWhereItLingersZeroSeconds() throws Exception {
        launch(true);
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        final Channel channel = server.channel();
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close().syncUninterruptibly();
        assertIsReset(client);
        awaitNoConnections();
        assertThat(onEngines(StackEngine::timeWaits)).isZero();
    }

    @Test
    void shouldResetTheKernelWhereItClosesWithUnreadBytes() throws Exception {
        launch(true);
        final ChannelProbe server = serveProbe(80, false);
        final Socket client = connectFromKernel(80);
        HexText.write(client.getOutputStream(), 1_000);
        final Channel channel = server.channel();
        Await.until("the bytes are there", () -> counter("TcpBytesReceived") == 1_000);
        channel.close().syncUninterruptibly();
        assertIsReset(client);
        assertThat(counter("TcpClosedWithUnread")).isEqualTo(1);
        assertThat(server.received).isZero();
    }

    @Test
    void shouldResetAKernelThatSendsToWhoHasGone() throws Exception {
        launch(true);
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        server.channel().close().syncUninterruptibly();
        assertThat(client.getInputStream().read()).as("a FIN first").isEqualTo(-1);
        client.getOutputStream().write('x');
        Await.until("the late byte is refused", () -> counter("TcpDataAfterClose") == 1);
        Await.until("the kernel knows of the reset", () -> isBroken(client));
    }

    @Test
    void shouldReceiveUrgentDataInLine() throws Exception {
        launch(true);
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        final byte[] text = "000000000000000\n000000000000001\n".getBytes(StandardCharsets.US_ASCII);
        client.getOutputStream().write(text, 0, 15);
        client.sendUrgentData(text[15]);
        client.getOutputStream().write(text, 16, 16);
        client.shutdownOutput();
        server.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(server.received).isEqualTo(32);
        assertThat(server.corrupt).isFalse();
        assertThat(counter("TcpUrgent")).isPositive();
        server.channel().close().syncUninterruptibly();
    }

    private static boolean isBroken(final Socket socket) throws IOException {
        try {
            socket.getOutputStream().write('y');
            return false;
        } catch (final SocketException e) {
            assertThat(e).hasMessage("Broken pipe");
            return true;
        }
    }

    private static void assertIsReset(final Socket client) {
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
    }
}
