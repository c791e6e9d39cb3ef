package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.observe.ObservationFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stack in a namespace of its own, looked into by other processes outside of it. */
@RequiresNetworkNamespaces
@Timeout(120)
class ObserveInteropTest {
    private static final String KERNEL = "10.77.0.1";
    private static final String STACK = "10.77.0.2";
    private static final int EXIT_S = 30;

    @TempDir
    private Path folder;

    private NetworkNamespace kernel;

    @BeforeEach
    void makeNamespace() throws IOException {
        kernel = new NetworkNamespace();
    }

    @AfterEach
    void removeNamespace() {
        kernel.close();
    }

    private CommandLine serve() throws Exception {
        final CommandLine serve = CommandLine.start(kernel, folder, "serve", "--echo", "7", "--port", "tap:mr0",
                "--address", STACK + "/24", "--host-address", KERNEL + "/24");
        serve.awaitOutput("is ready");
        return serve;
    }

    /** {@code ip netns exec} becomes the command: its process is the stack's. */
    private static String pid(final CommandLine serve) {
        return Long.toString(serve.process.pid());
    }

    private String ask(final int exitCode, final String... arguments) throws Exception {
        try (CommandLine command = CommandLine.startHere(folder, arguments)) {
            assertThat(command.exitCode(EXIT_S)).as(command.output() + command.errors()).isEqualTo(exitCode);
            return command.output() + command.errors();
        }
    }

    @Test
    void shouldShowTheKernelsConnectionToAnotherProcess() throws Exception {
        try (CommandLine serve = serve(); Socket socket = kernel.call(() -> {
            final Socket made = new Socket();
            made.connect(new InetSocketAddress(STACK, 7), 10_000);
            return made;
        })) {
            socket.getOutputStream().write(new byte[1_000]);
            assertThat(socket.getInputStream().readNBytes(1_000)).hasSize(1_000);

            final String peer = KERNEL + ":" + socket.getLocalPort();
            assertThat(ask(0, "connections", "--pid", pid(serve)).lines())
                    .anyMatch(line -> line.startsWith("ESTABLISHED") && line.contains(peer))
                    .anyMatch(line -> line.contains("delivered:1000"));
            assertThat(ask(0, "listeners", "--pid", pid(serve))).contains("0.0.0.0:7");
            assertThat(ask(0, "neighbours", "--pid", pid(serve))).contains(KERNEL);
            assertThat(ask(0, "routes", "--pid", pid(serve))).contains(STACK + "/24");
            assertThat(ask(0, "stat", "--pid", pid(serve), "TcpPassiveOpens")).containsPattern("TcpPassiveOpens +1 ");
        }
    }

    @Test
    void shouldSayThatAKilledProcessIsGoneAndCleanItsFile() throws Exception {
        final String pid;
        final Path file;
        try (CommandLine serve = serve()) {
            pid = pid(serve);
            file = ObservationFiles.nameFor(ObservationFiles.ownDirectory(), serve.process.pid(), 1);
            assertThat(file).exists();
            serve.process.destroyForcibly().waitFor();
        }
        assertThat(file).as("nobody was left to remove it").exists();
        assertThat(ask(1, "stat", "--pid", pid)).contains("millrace: there is no process " + pid);
        try (CommandLine next = serve()) {
            assertThat(file).as("removed by the next stack").doesNotExist();
            assertThat(next.process.isAlive()).isTrue();
        }
    }

    @Test
    void shouldDiagnoseThatTheKernelHasTheAddressToo() throws Exception {
        try (CommandLine serve = serve()) {
            try (CommandLine before = CommandLine.startHere(folder, "doctor", "--pid", pid(serve))) {
                before.exitCode(EXIT_S); // a busy machine starves the loop, which is a problem too
                assertThat(before.errors()).isEmpty();
                assertThat(before.output()).isNotBlank().doesNotContain("kernel-has-address");
            }
            assertThat(kernel.exec("ip", "address", "add", STACK + "/32", "dev", "lo").exitCode()).isZero();

            assertThat(ask(1, "doctor", "--pid", pid(serve))).contains("problem kernel-has-address",
                    "The kernel of this machine has the stack's address " + STACK);
        }
        assertThat(doctor(1, "--address", STACK + "/24")).as("before a run").contains("problem kernel-has-address");
        assertThat(doctor(0, "--address", "10.77.0.3/24")).doesNotContain("kernel-has-address");
    }

    @Test
    void shouldDiagnoseThatTheKernelsSideHasAnotherMtu() throws Exception {
        assertThat(kernel.exec("ip", "tuntap", "add", "dev", "mr1", "mode", "tap").exitCode()).isZero();
        assertThat(kernel.exec("ip", "link", "set", "mr1", "mtu", "1400").exitCode()).isZero();

        assertThat(doctor(1, "--address", STACK + "/24", "--port", "tap:mr1")).contains("problem mtu-differs",
                "The kernel's side of mr1 has an MTU of 1400", "Set millrace.port.mtu = 1400");
    }

    private String doctor(final int exitCode, final String... options) throws Exception {
        final List<String> line = new ArrayList<>(List.of("doctor"));
        line.addAll(Arrays.asList(options));
        try (CommandLine command = CommandLine.start(kernel, folder, line.toArray(String[]::new))) {
            assertThat(command.exitCode(EXIT_S)).as(command.output() + command.errors()).isEqualTo(exitCode);
            return command.output();
        }
    }

    @Test
    void shouldKeepTheFilesToTheirOwner() throws Exception {
        try (CommandLine serve = serve()) {
            final Path file = ObservationFiles.nameFor(ObservationFiles.ownDirectory(), serve.process.pid(), 1);
            assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
            final Process other = new ProcessBuilder("setpriv", "--reuid", "65534", "--regid", "65534",
                    "--clear-groups", "cat", file.toString()).redirectErrorStream(true).start();
            assertThat(other.waitFor()).isNotZero();
        }
    }
}
