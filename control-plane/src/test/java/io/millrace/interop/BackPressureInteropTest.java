package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.engine.StackEngine;
import io.netty.channel.Channel;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackPressureInteropTest extends KernelInteropBothFamilies {
    private static final int TIMEOUT_S = 20;
    private static final long LENGTH = 50L * MIB;
    /** What a window, a send ring and the slab's blocks may take of one connection. */
    private static final long MOST_OFF_HEAP = 4L * MIB;

    @ParameterizedTest(name = "offloads {0}, receive buffer {1}, {2} bytes")
    @CsvSource({"true,0,52428800", "false,0,52428800", "true,4096,4194304", "false,4096,4194304"})
    void shouldWaitForAKernelThatDoesNotRead(final boolean offloads, final int receiveBuffer, final long length)
            throws Exception {
        launch(offloads);
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80, socket -> {
            if (receiveBuffer != 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
        });
        final Channel channel = server.channel();
        server.send(length);
        Await.until("the window is closed and probed", () -> counter("TcpWindowProbes") > 0);
        assertThat(channel.isWritable()).isFalse();
        assertThat(server.mostPending).as("bytes waiting in the channel")
                .isLessThan(channel.config().getWriteBufferHighWaterMark() + 3 * 64 * 1024);
        assertThat(onEngines(StackEngine::slabInUse)).isLessThan(MOST_OFF_HEAP);
        HexText.readAll(client.getInputStream(), length);
        channel.close().syncUninterruptibly();
    }

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldMakeTheKernelWaitWhileNobodyReads(final boolean offloads) throws Exception {
        launch(offloads);
        requireTool("ss");
        final ChannelProbe server = serveProbe(80, false);
        final Socket client = connectFromKernel(80);
        final CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                HexText.write(client.getOutputStream(), LENGTH);
                client.shutdownOutput();
            } catch (final java.io.IOException e) {
                throw new AssertionError(e);
            }
        });
        Await.until("the kernel probes the closed window",
                () -> run("ss", "-tno", "dst", family.host(stackIp())).contains("timer:(persist"));
        assertThat(writing).isNotDone();
        assertThat(server.received).isZero();
        assertThat(onEngines(StackEngine::slabInUse)).isLessThan(MOST_OFF_HEAP);
        server.channel().config().setAutoRead(true);
        server.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        writing.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(server.received).isEqualTo(LENGTH);
        assertThat(server.corrupt).isFalse();
        server.channel().close().syncUninterruptibly();
    }
}
