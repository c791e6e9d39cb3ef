package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.services.EchoHandler;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutageInteropTest extends KernelInteropBothFamilies {
    @Test
    void shouldResetTheKernelWhenTheStackIsClosed() throws Exception {
        launch(true);
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        server.channel();
        stack.close();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class)
                .hasMessage("Connection reset");
        server.inactive.get(20, TimeUnit.SECONDS);
        assertThat(server.exceptions).hasSize(1);
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        group = null;
    }

    @Test
    void shouldGoOnWhereTheLinkWasDown() throws Exception {
        launch(true);
        serve(7, EchoHandler::new);
        final Socket client = connectFromKernel(7);
        run("ip", "link", "set", "mr0", "down");
        run("ip", "link", "set", "mr0", "up");
        HexText.write(client.getOutputStream(), MIB / 4);
        HexText.read(client.getInputStream(), MIB / 4);
        assertThat(counter("Exceptions")).isZero();
    }

    @Test
    void shouldSurviveTheEndOfItsDevice() throws Exception {
        launch(true);
        final ChannelProbe server = serveProbe(80);
        connectFromKernel(80);
        run("ip", "link", "del", "mr0");
        server.send(MIB);
        server.channel().config().setOption(io.netty.channel.ChannelOption.SO_LINGER, 0);
        server.channel().close().get(20, TimeUnit.SECONDS);
        awaitNoConnections();
    }
}
