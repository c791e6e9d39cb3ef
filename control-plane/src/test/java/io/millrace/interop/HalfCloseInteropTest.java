package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.services.EchoHandler;
import io.netty.channel.socket.DuplexChannel;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HalfCloseInteropTest extends KernelInteropBothFamilies {
    private static final int TIMEOUT_S = 20;

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldStillSendToAKernelThatHasShutItsOutputDown(final boolean offloads) throws Exception {
        launch(offloads);
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        HexText.write(client.getOutputStream(), MIB);
        client.shutdownOutput();
        server.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(server.received).isEqualTo(MIB);
        assertThat(server.corrupt).isFalse();
        server.send(5L * MIB);
        HexText.readAll(client.getInputStream(), 5L * MIB);
        server.channel().close().syncUninterruptibly();
        awaitNoConnections();
    }

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldStillReceiveFromTheKernelAfterItsOwnShutdown(final boolean offloads) throws Exception {
        launch(offloads);
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        server.send(MIB);
        HexText.readAll(client.getInputStream(), MIB);
        assertThat(server.channel().isActive()).isTrue();
        assertThat(((DuplexChannel) server.channel()).isOutputShutdown()).isTrue();
        HexText.write(client.getOutputStream(), 5L * MIB);
        client.close();
        server.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(server.received).isEqualTo(5L * MIB);
        assertThat(server.corrupt).isFalse();
        server.channel().close().syncUninterruptibly();
        awaitNoConnections();
        assertThat(onEngines(StackEngine::timeWaits)).as("who closes first waits").isEqualTo(1);
    }

    @Test
    void shouldHalfCloseAsTheClientToo() throws Exception {
        launch(true);
        final ServerSocket listener = listenInKernel();
        final ChannelProbe client = new ChannelProbe();
        connectFromStack(kernelIp(), listener.getLocalPort(), client).syncUninterruptibly();
        final Socket server = accept(listener);
        client.send(MIB);
        HexText.readAll(server.getInputStream(), MIB);
        HexText.write(server.getOutputStream(), MIB);
        server.shutdownOutput();
        client.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(client.received).isEqualTo(MIB);
        client.channel().close().syncUninterruptibly();
    }

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldEchoAllToNetcatThatShutsItsOutputDown(final boolean offloads, @TempDir final Path folder)
            throws Exception {
        requireTool("nc");
        final Path sent = folder.resolve("sent");
        final Path echoed = folder.resolve("echoed");
        try (OutputStream file = Files.newOutputStream(sent)) {
            HexText.write(file, 10L * MIB);
        }
        launch(offloads);
        serve(7, EchoHandler::new);
        run("sh", "-c", "timeout 20 nc -N " + stackIp() + " 7 <" + sent + " >" + echoed);
        assertThat(Files.mismatch(sent, echoed)).as("first byte that differs").isEqualTo(-1);
    }

    /** In this order: netcat whose peer has shut its output down may leave the rest of its own input unsent. */
    @Test
    void shouldSendToNetcatThatHasShutItsOutputDown(@TempDir final Path folder) throws Exception {
        requireTool("nc");
        final Path sent = folder.resolve("sent");
        final Path received = folder.resolve("received");
        try (OutputStream file = Files.newOutputStream(sent)) {
            HexText.write(file, MIB);
        }
        launch(true);
        final Process netcat = kernel.start("sh", "-c",
                "exec timeout 20 nc -N -l " + kernelIp() + " 9000 <" + sent + " >" + received);
        Await.until("netcat listens", () -> run("ss", "-tln").contains(":9000"));
        final ChannelProbe client = new ChannelProbe();
        connectFromStack(kernelIp(), 9000, client).syncUninterruptibly();
        client.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(client.received).isEqualTo(MIB);
        client.send(MIB);
        assertThat(netcat.waitFor()).isZero();
        assertThat(client.corrupt).isFalse();
        assertThat(Files.mismatch(sent, received)).as("first byte that differs").isEqualTo(-1);
        client.channel().close().syncUninterruptibly();
        netcat.getInputStream().close();
    }

    /** What waits in the channel when the FIN comes is echoed too. */
    @Test
    void shouldEchoAllToAKernelThatReadsOnlyAfterItsShutdown() throws Exception {
        requireTool("ss");
        final int length = 60_000;
        launch(true, "millrace.tcp.send-buffer = 4KiB", device -> device);
        serve(7, EchoHandler::new);
        final Socket client = connectFromKernel(7, socket -> socket.setReceiveBufferSize(4_096));
        HexText.write(client.getOutputStream(), length);
        client.shutdownOutput();
        Await.until("the FIN is acknowledged",
                () -> run("ss", "-tn", "dst", family.host(stackIp())).contains("FIN-WAIT-2"));
        HexText.readAll(client.getInputStream(), length);
        awaitNoConnections();
    }
}
