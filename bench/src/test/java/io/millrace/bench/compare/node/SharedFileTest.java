package io.millrace.bench.compare.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.machine.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SharedFileTest {
    /** Opens one, writes where, and waits to be interrupted. */
    static final class Opener {
        private Opener() {}

        public static void main(final String... none) throws IOException, InterruptedException {
            final Path file = new SharedFile().path();
            Files.writeString(file, "");
            Files.writeString(Path.of(file + ".wake"), "");
            System.out.println(file);
            Thread.currentThread().join();
        }
    }

    @Test
    void shouldLeaveNothingWhereTheProcessIsInterrupted() throws Exception {
        final Process process = new ProcessBuilder(ChildJvm.command(Opener.class, List.of(), List.of())).start();
        final Path file = Path.of(process.inputReader().readLine());
        assertThat(file).exists();

        process.destroy();

        assertThat(process.waitFor()).as("SIGTERM").isEqualTo(128 + 15);
        assertThat(file).doesNotExist();
        assertThat(Path.of(file + ".wake")).doesNotExist();
    }

    @Test
    void shouldRemoveWhatIsItsOwnAndNothingElse() throws IOException {
        final SharedFile file = new SharedFile();
        final Path other = Path.of(file.path() + "0");
        Files.writeString(file.path(), "");
        Files.writeString(other, "");
        file.close();
        assertThat(file.path()).doesNotExist();
        assertThat(other).exists();
        Files.delete(other);
    }
}
