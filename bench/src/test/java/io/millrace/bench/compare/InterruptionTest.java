package io.millrace.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.millrace.bench.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a JVM of its own. By SIGTERM, not SIGINT: that one who started the build in the background may have it ignored. */
class InterruptionTest {
    @TempDir
    private Path folder;

    @Test
    @Timeout(300)
    void shouldWriteWhatWasMeasuredAndLeaveNothingBehind() throws IOException, InterruptedException {
        final Path json = folder.resolve("run.json");
        final Process bench = new ProcessBuilder(ChildJvm.command(Bench.class, List.of(),
                List.of("--only", "PING_PONG_64,PING_PONG_1K", "--placements", "ONE_LOOP", "--contenders", "NIO",
                        "--rounds", "1", "--seconds", "0.01", "--json", json.toString())))
                .start();
        final BufferedReader progress = bench.errorReader();
        // without root it says first that the kernel's loopback is this machine's
        String said = progress.readLine();
        while (said != null && !said.startsWith("[ 2/2] ping-pong 1 KiB")) {
            said = progress.readLine();
        }
        assertThat(said).isNotNull();

        // Process.destroy would close the streams
        bench.toHandle().destroy();
        final List<String> rest = progress.lines().toList();

        assertThat(bench.waitFor()).isEqualTo(128 + 15);
        assertThat(rest).as("no failure of what was killed").containsExactly(
                "millrace bench: interrupted; 1 of 2 cells were measured");
        assertThat(bench.inputReader().lines()).anyMatch(line -> line.contains("ping-pong 64 B; one loop"))
                .anyMatch(line -> line.contains("not measured: nio: the run was interrupted"));
        final Config run = ConfigFactory.parseFile(json.toFile());
        assertThat(run.getConfigList("rows")).hasSize(14);
        assertThat(run.getConfigList("cells")).extracting(cell -> cell.getIsNull("value")).containsExactly(false, true);
        assertThat(namespaces("millrace-" + bench.pid() + "-")).isZero();
    }

    private static long namespaces(final String prefix) throws IOException {
        final Path all = Path.of("/run/netns");
        if (!Files.isDirectory(all)) {
            return 0;
        }
        try (Stream<Path> names = Files.list(all)) {
            return names.filter(name -> name.getFileName().toString().startsWith(prefix)).count();
        }
    }
}
