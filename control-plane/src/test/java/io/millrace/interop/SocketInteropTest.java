package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.socket.MillraceServerSocket;
import io.millrace.socket.MillraceSocket;
import io.millrace.socket.MillraceSockets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Blocking sockets of the stack against those of the kernel. */
class SocketInteropTest extends KernelInteropBothFamilies {
    private static final int LENGTH = 5 * MIB;

    private MillraceSockets sockets() throws Exception {
        launch(true);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        group = null; // the sockets drive the stack
        return new MillraceSockets(stack);
    }

    private static byte[] bytes() {
        final byte[] bytes = new byte[LENGTH];
        new Random(42).nextBytes(bytes);
        return bytes;
    }

    /** Sends and receives at once; what was received. */
    private static byte[] exchange(final OutputStream out, final InputStream in, final EndOfOutput end,
            final ExecutorService threads) throws Exception {
        final Future<Void> writing = threads.submit(() -> {
            out.write(bytes());
            end.tell();
            return null;
        });
        final byte[] received = in.readAllBytes();
        writing.get();
        return received;
    }

    @FunctionalInterface
    private interface EndOfOutput {
        void tell() throws IOException;
    }

    @Test
    void shouldExchangeBytesWithTheKernelWhoeverConnects() throws Exception {
        try (MillraceSockets sockets = sockets();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                // on virtual threads the kernel's sockets would leave descriptors of the JDK's poller behind
                ExecutorService kernelThreads = Executors.newCachedThreadPool()) {
            final MillraceServerSocket server = sockets.listen(new InetSocketAddress(stackIp(), 7), 0);
            final Future<byte[]> accepted = threads.submit(() -> {
                try (MillraceSocket socket = server.accept()) {
                    return exchange(socket.getOutputStream(), socket.getInputStream(), socket::shutdownOutput,
                            threads);
                }
            });
            final Socket fromKernel = connectFromKernel(7);
            assertThat(exchange(fromKernel.getOutputStream(), fromKernel.getInputStream(),
                    fromKernel::shutdownOutput, kernelThreads)).isEqualTo(bytes());
            assertThat(accepted.get()).isEqualTo(bytes());

            final ServerSocket kernelServer = listenInKernel();
            final Future<byte[]> connected = threads.submit(() -> {
                try (MillraceSocket socket = sockets.connect(new InetSocketAddress(kernelIp(),
                        kernelServer.getLocalPort()), 10_000)) {
                    return exchange(socket.getOutputStream(), socket.getInputStream(), socket::shutdownOutput,
                            threads);
                }
            });
            final Socket inKernel = accept(kernelServer);
            assertThat(exchange(inKernel.getOutputStream(), inKernel.getInputStream(), inKernel::shutdownOutput,
                    kernelThreads)).isEqualTo(bytes());
            assertThat(connected.get()).isEqualTo(bytes());
        }
    }

    @Test
    void shouldTellThatTheKernelRefusesOrResets() throws Exception {
        try (MillraceSockets sockets = sockets()) {
            assertThatThrownBy(() -> sockets.connect(new InetSocketAddress(kernelIp(), 9), 10_000))
                    .isInstanceOf(ConnectException.class).hasMessage("Connection refused");
            final ServerSocket kernelServer = listenInKernel();
            final MillraceSocket socket = sockets.connect(
                    new InetSocketAddress(kernelIp(), kernelServer.getLocalPort()), 10_000);
            final Socket inKernel = accept(kernelServer);
            inKernel.setSoLinger(true, 0);
            inKernel.close();
            assertThatThrownBy(() -> socket.getInputStream().read()).hasMessage("Connection reset by peer");
        }
    }
}
