package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.WrappedDevice;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FaultyLinkInteropTest extends KernelInteropBothFamilies {
    private static final int TIMEOUT_S = 40;
    private static final long LENGTH = 20L * MIB;

    /** 2 % lost, 2 % late by up to half a millisecond, 1 % twice. */
    private static final Faults FAULTS = Faults.builder().loss(0.02).reordering(0.02, 500_000).duplication(0.01)
            .build();

    @Test
    void shouldReceiveEveryByteOverAFaultyLink() throws Exception {
        launchFaulty();
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        HexText.write(client.getOutputStream(), LENGTH);
        client.shutdownOutput();
        server.inputEnded.get(TIMEOUT_S, TimeUnit.SECONDS);
        assertThat(server.received).isEqualTo(LENGTH);
        assertThat(server.corrupt).isFalse();
        assertThat(counter("TcpOutOfOrder")).isPositive();
        server.channel().close().syncUninterruptibly();
    }

    @Test
    void shouldSendEveryByteOverAFaultyLink() throws Exception {
        launchFaulty();
        final ChannelProbe server = serveProbe(80);
        final Socket client = connectFromKernel(80);
        server.send(LENGTH);
        HexText.readAll(client.getInputStream(), LENGTH);
        assertThat(counter("TcpRetransmits")).isPositive();
        server.channel().close().syncUninterruptibly();
    }

    private void launchFaulty() throws Exception {
        launch(false, "millrace.tcp.rto-min = 5ms", tap -> new WrappedDevice(tap,
                port -> new FaultInjectionPort(port, FAULTS, FAULTS, 20_261_121)));
        run("ip", "route", "replace", family.network, "dev", "mr0", "rto_min", "5ms");
    }
}
