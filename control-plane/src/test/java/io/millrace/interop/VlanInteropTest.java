package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.services.HttpService;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stack in a VLAN of a trunk, whose other end is an interface of the kernel for that VLAN. */
class VlanInteropTest extends KernelInteropBothFamilies {
    private static final String VLAN = "millrace.port.vlan = 5";

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldAnswerPingsUpToTheMtuWithinTheVlan(final boolean offloads) throws Exception {
        launch(offloads, VLAN, device -> device);
        moveTheKernelInto(5);
        // of 1,500 bytes, 8 are the header of ICMP, and 20 or 40 of IP
        final String most = family == Family.V6 ? "1452" : "1472";
        for (final String length : new String[]{"56", most, "4000"}) {
            assertThat(run("ping", "-n", "-c", "1", "-W", "20", "-s", length, stackIp())).contains("1 received");
        }
        assertThat(run("ping", "-n", "-c", "1", "-W", "20", "-M", "do", "-s", most, stackIp())).contains("1 received");
        assertThat(run("ip", "neigh", "show", stackIp())).contains("lladdr " + mac).contains("dev mr0.5");
        assertThat(counter("IcmpEchoesAnswered")).isEqualTo(4);
    }

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldEchoWhatCurlPostsWithinTheVlan(final boolean offloads, @TempDir final Path folder) throws Exception {
        final Path sent = folder.resolve("sent");
        final Path echoed = folder.resolve("echoed");
        try (OutputStream file = Files.newOutputStream(sent)) {
            HexText.write(file, 8 * MIB);
        }
        requireTool("curl");
        launch(offloads, VLAN, device -> device);
        moveTheKernelInto(5);
        serve(80, HttpService::new);
        run("curl", "-sS", "--max-time", "20", "-X", "POST", "-T", sent.toString(), "-o", echoed.toString(),
                "http://" + family.host(stackIp()) + "/echo");
        assertThat(Files.mismatch(sent, echoed)).as("first byte that differs").isEqualTo(-1);
        assertThat(counter("TcpBadChecksum")).isZero();
    }

    /** The kernel's FIN comes after the test: the way must last until the connections are gone. */
    @Test
    void shouldEndWhatATestLeavesOpenWithinTheVlan() throws Exception {
        launch(true, VLAN, device -> device);
        moveTheKernelInto(5);
        serve(80, HttpService::new);
        connectFromKernel(80);
        Await.until("it is accepted", () -> onEngines(StackEngine::connections) == 1);
    }

    @Test
    void shouldNotHearWhatIsSaidInAnotherVlanOrInNone() throws Exception {
        launch(true, VLAN, device -> device);
        assertThat(kernel.exec("ping", "-n", "-c", "1", "-W", "1", stackIp()).exitCode()).as("untagged").isEqualTo(1);
        final long before = counter("VlanOthers");
        assertThat(before).as("questions of the kernel").isPositive();
        moveTheKernelInto(6);
        assertThat(kernel.exec("ping", "-n", "-c", "1", "-W", "1", stackIp()).exitCode()).as("VLAN 6").isEqualTo(1);
        assertThat(counter("VlanOthers")).isGreaterThan(before);
        assertThat(counter("ArpReceived") + counter("Icmpv6HandedOn")).as("questions heard").isZero();
        assertThat(counter("IcmpEchoesAnswered")).isZero();
    }

    private void moveTheKernelInto(final int vlan) throws Exception {
        passing(KernelVlan.open(kernel, vlan, family));
    }
}
