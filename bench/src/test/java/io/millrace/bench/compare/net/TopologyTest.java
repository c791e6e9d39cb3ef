package io.millrace.bench.compare.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.work.Loops;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@RequiresNetworkNamespaces
@Timeout(60)
class TopologyTest {
    private static final String FEATURES = "ethtool -k mr0";

    @Test
    void shouldJoinTwoKernelsThatSendWithCubic() throws IOException {
        try (Topology topology = Topology.open(Contender.EPOLL, true)) {
            topology.serverIsUp();
            assertThat(topology.client().exec("ping", "-c", "1", "-W", "5", Loops.SERVER))
                    .contains(" 0% packet loss");
            assertThat(topology.client().exec("ping", "-c", "1", "-W", "5", "10.64.7.9")).contains(" 0% packet loss");
            assertThat(topology.client().exec("ip", "route", "get", Loops.SERVER)).contains("congctl cubic");
            assertThat(topology.server().exec("ip", "route", "get", Topology.CLIENT)).contains("congctl cubic");
            assertThat(topology.client().exec(FEATURES.split(" "))).contains("tcp-segmentation-offload: on");
        }
    }

    @Test
    void shouldTurnEveryOffloadOff() throws IOException {
        try (Topology topology = Topology.open(Contender.MILLRACE_AF_PACKET, false)) {
            assertThat(topology.client().exec(FEATURES.split(" "))).contains("tx-checksumming: off",
                    "tcp-segmentation-offload: off", "generic-segmentation-offload: off",
                    "generic-receive-offload: off");
            assertThat(topology.server().exec(FEATURES.split(" "))).contains("tcp-segmentation-offload: off",
                    "generic-receive-offload: off");
            assertThat(topology.server().exec("ip", "-4", "address", "show", "mr0")).as("the stack's address")
                    .isEmpty();
        }
    }

    @Test
    void shouldLeaveNothingBehind() throws IOException {
        final Path client;
        final Path server;
        try (Topology topology = Topology.open(Contender.MILLRACE_TAP, true)) {
            client = Path.of("/run/netns", topology.client().name());
            server = Path.of("/run/netns", topology.server().name());
            assertThat(client).exists();
            assertThat(server).exists();
        }
        assertThat(Files.exists(client)).isFalse();
        assertThat(Files.exists(server)).isFalse();
    }
}
