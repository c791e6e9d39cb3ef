package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.netty.MillraceSocketChannel;
import java.net.ServerSocket;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

class PingInteropTest extends KernelInterop {
    @ParameterizedTest(name = "offloads {0}, {1} bytes")
    @CsvSource({"true,56", "false,56", "true,1400", "false,1400", "true,1472", "false,1472"})
    void shouldAnswerPing(final boolean offloads, final String length) throws Exception {
        launch(offloads);
        // -M do: nothing may be fragmented.
        pingThrice("-M", "do", "-s", length);
        assertThat(counter("IcmpEchoesAnswered")).isEqualTo(3);
    }

    @ParameterizedTest(name = "offloads {0}, {1} bytes")
    @CsvSource({"true,1473", "false,1473", "true,4000", "false,8000", "true,65507", "false,65507"})
    void shouldAnswerPingInFragments(final boolean offloads, final String length) throws Exception {
        launch(offloads);
        // -p: the kernel's ping compares what comes back with what it sent
        pingThrice("-p", "4d696c6c72616365", "-s", length);
        final long fragments = (Long.parseLong(length) + 8 + 1_479) / 1_480;
        assertThat(counter("IpReassembled")).isEqualTo(3);
        assertThat(counter("IpFragmentsReceived")).isEqualTo(3 * fragments);
        assertThat(counter("IpFragmented")).isEqualTo(3);
        assertThat(counter("IpFragmentsSent")).isEqualTo(3 * fragments);
    }

    @Test
    void shouldTellTheKernelThatItsFragmentsDidNotCome() throws Exception {
        launch(false, "millrace.ip.reassembly-timeout = 1s", device -> device);
        run("ping", "-n", "-c", "1", "-W", "5", STACK);
        // the first fragment goes at once, the second comes too late or, where the queue is too short for it, never
        run("tc", "qdisc", "add", "dev", "mr0", "root", "tbf", "rate", "8kbit", "burst", "1600", "limit", "1600");
        kernel.exec("ping", "-n", "-c", "1", "-W", "3", "-s", "2900", STACK);
        // one for each datagram whose beginning came, and for nothing else
        assertThat(counter("IcmpErrorsSent")).as(seen()).isBetween(1L, counter("IpReassemblyTimedOut"));
        // Linux tells no socket of it, but counts
        assertThat(run("cat", "/proc/net/snmp")).containsPattern("IcmpMsg:.*InType11.*");
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

    /** One after the other: after the first answer, ping waits for the rest only twice as long as that took. */
    private void pingThrice(final String... options) throws Exception {
        final String[] command = Stream.of(Stream.of("ping", "-n", "-c", "1", "-W", "20"), Stream.of(options),
                Stream.of(STACK)).flatMap(Function.identity()).toArray(String[]::new);
        for (int i = 0; i < 3; i++) {
            assertThat(run(command)).contains("1 received", " 0% packet loss").doesNotContain("wrong data");
        }
    }
}
