package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.services.EchoHandler;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ManyConnectionsInteropTest extends KernelInteropBothFamilies {
    private static final int CONNECTIONS = 1_000;
    private static final int LENGTH = 1_000;

    @Test
    void shouldEchoOnAThousandConnectionsAtOnce() throws Exception {
        launch(true);
        serve(7, EchoHandler::new);
        final List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(connectFromKernel(7));
        }
        Await.until("all are established", () -> counter("TcpEstablished") == CONNECTIONS);
        assertThat(onEngines(StackEngine::connections)).isEqualTo(CONNECTIONS);
        for (final Socket client : clients) {
            HexText.write(client.getOutputStream(), LENGTH);
        }
        for (final Socket client : clients) {
            HexText.read(client.getInputStream(), LENGTH);
        }
        for (final Socket client : clients) {
            client.close();
        }
        awaitNoConnections();
        assertThat(counter("TcpFailed")).isZero();
    }

    @Test
    void shouldKeepOnlyTimeWaitWhereItClosesFirst() throws Exception {
        launch(true);
        final List<ChannelProbe> clients = new ArrayList<>();
        final ServerSocket listener = listenInKernel();
        for (int i = 0; i < 100; i++) {
            final ChannelProbe client = new ChannelProbe();
            connectFromStack(kernelIp(), listener.getLocalPort(), client).syncUninterruptibly();
            accept(listener);
            clients.add(client);
        }
        for (final ChannelProbe client : clients) {
            client.channel().close().syncUninterruptibly();
        }
        closeKernelSockets();
        awaitNoConnections();
        assertThat(onEngines(StackEngine::timeWaits)).isEqualTo(100);
    }

    @Test
    void shouldEchoOnTwoEngines() throws Exception {
        launch(true, "millrace.threading.engines = 2", device -> device);
        serve(7, EchoHandler::new);
        final List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            clients.add(connectFromKernel(7));
        }
        for (final Socket client : clients) {
            HexText.write(client.getOutputStream(), LENGTH);
        }
        for (final Socket client : clients) {
            HexText.read(client.getInputStream(), LENGTH);
        }
        assertThat(onEngines(StackEngine::connections)).isEqualTo(200);
        for (int i = 0; i < 2; i++) {
            assertThat(stack.engine(i).counters().get(Counter.TCP_BYTES_RECEIVED)).as("engine " + i).isPositive();
        }
    }
}
