package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A packet socket for a user who has no right on the machine: he is root in a user namespace and a network of his own. */
@Timeout(120)
class AfPacketUserNamespaceInteropTest {
    private static final String SET_UP = """
            ip link add mr0 type veth peer name k0 && ip link set mr0 up &&
            ip address add 10.77.0.1/24 dev k0 && ip link set k0 up && exec "$@"
            """;

    @TempDir
    private Path folder;

    private static List<String> unshare() {
        return List.of("unshare", "--user", "--map-root-user", "--net");
    }

    @Test
    void shouldServeTheKernelOfAUserNamespace() throws Exception {
        KernelInterop.requireTool("unshare");
        KernelInterop.requireTool("nsenter");
        KernelInterop.requireTool("curl");
        assumeTrue(mayUnshare(), "no user namespace can be made here");
        try (CommandLine serve = CommandLine.start(inNamespace(), folder, "serve", "--port", "af-packet:mr0",
                "--address",
                "10.77.0.2/24", "--http", "80")) {
            serve.awaitOutput("is ready");
            final long length = 50_000_000;
            assertThat(inside(serve.process.pid(), "curl -sS --max-time 60 http://10.77.0.2/bytes/" + length
                    + " | sha256sum")).isEqualTo(HexText.sha256(length) + "  -\n");
            assertThat(inside(serve.process.pid(), "head -c 20000000 /dev/zero | curl -sS --max-time 60 -X POST -T -"
                    + " http://10.77.0.2/echo | wc -c")).isEqualTo("20000000\n");
        }
    }

    /** Where the kernel takes no program from it: one line for the port, not one for each of its queues. */
    @Test
    void shouldSayOnceWhatItDoesWithout() throws Exception {
        KernelInterop.requireTool("unshare");
        assumeTrue(!Files.readString(Path.of("/proc/sys/kernel/unprivileged_bpf_disabled")).strip().equals("0"),
                "Linux takes programs from anybody here");
        assumeTrue(mayUnshare(), "no user namespace can be made here");
        final Path config = Files.writeString(folder.resolve("my.conf"), "millrace.threading.engines = 2\n");
        try (CommandLine serve = CommandLine.start(inNamespace(), folder, "serve", "--port", "af-packet:mr0",
                "--config",
                config.toString(), "--address", "10.77.0.2/24", "--http", "80")) {
            serve.awaitOutput("is ready");
            assertThat(serve.errors().lines().filter(line -> line.contains("small frames come by the socket, too")))
                    .singleElement().asString().contains("af-packet:mr0");
        }
    }

    private static boolean mayUnshare() throws Exception {
        final List<String> trial = new ArrayList<>(unshare());
        trial.add("true");
        return new ProcessBuilder(trial).start().waitFor() == 0;
    }

    private static List<String> inNamespace() {
        final List<String> prefix = new ArrayList<>(unshare());
        prefix.addAll(List.of("sh", "-c", SET_UP, "sh"));
        return prefix;
    }

    private static String inside(final long pid, final String command) throws Exception {
        final Process process = new ProcessBuilder("nsenter", "--target", Long.toString(pid), "--user", "--net",
                "--preserve-credentials", "sh", "-c", command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
