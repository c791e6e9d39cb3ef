package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.netty.MillraceSocketChannel;
import java.net.ServerSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

class PingInteropTest extends KernelInterop {
    @ParameterizedTest(name = "offloads {0}, {1} bytes")
    @CsvSource({"true,56", "false,56", "true,1400", "false,1400", "true,1472", "false,1472"})
    void shouldAnswerPing(final boolean offloads, final String length) throws Exception {
        launch(offloads);
        // -M do: nothing may be fragmented.
        assertThat(run("ping", "-n", "-c", "3", "-i", "0.01", "-W", "5", "-M", "do", "-s", length, STACK))
                .contains("3 received", " 0% packet loss");
        assertThat(counter("IcmpEchoesAnswered")).isEqualTo(3);
    }

    @Test
    void shouldAnswerTheKernelsArp() throws Exception {
        launch(true, "millrace.neighbour.announce = off", device -> device);
        run("ip", "neigh", "flush", "dev", "mr0");
        run("ping", "-n", "-c", "1", "-W", "5", STACK);
        assertThat(run("ip", "neigh", "show", STACK)).contains("lladdr " + mac).contains("REACHABLE");
        assertThat(counter("ArpRepliesSent")).isPositive();
    }

    @Test
    void shouldAskTheKernelByArp() throws Exception {
        launch(true, "millrace.neighbour.announce = off", device -> device);
        final ServerSocket server = listenInKernel();
        final ChannelProbe probe = new ChannelProbe();
        connectFromStack(KERNEL, server.getLocalPort(), probe).syncUninterruptibly();
        accept(server);
        assertThat(counter("ArpRequestsSent")).isEqualTo(1);
        assertThat(counter("TcpSynRetransmits")).as("the first SYN waited for the answer").isZero();
        assertThat(probe.channel()).isInstanceOf(MillraceSocketChannel.class);
        probe.channel().close();
    }
}
