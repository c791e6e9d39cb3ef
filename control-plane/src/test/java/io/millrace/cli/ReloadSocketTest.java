package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ReloadReport;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReloadSocketTest {
    /** More than any process id of Linux, 2^22. */
    private static final long NOBODY = 1L << 40;
    private static final long SOMEBODY = ProcessHandle.current().pid();

    @TempDir
    private Path folder;

    @Test
    void shouldNotTakeALeftSocketForThatOfALaterProcessWithTheSameId() throws IOException {
        listen(SOMEBODY).close();
        assertThatThrownBy(() -> ReloadSocket.find(null, folder)).isInstanceOf(IOException.class)
                .hasMessageContaining("no process waits here to be told to reload");
        try (ServerSocketChannel other = listen(NOBODY)) {
            assertThat(ReloadSocket.find(null, folder)).isEqualTo(ReloadSocket.of(folder, NOBODY));
            assertThat(other.isOpen()).isTrue();
        }
    }

    @Test
    void shouldRemoveWhatKilledProcessesLeftAndNothingElse() throws IOException {
        final Path directory = folder.resolve("own");
        Files.createDirectory(directory);
        listen(directory, NOBODY).close();
        try (ServerSocketChannel elsewhere = listen(directory, NOBODY + 1);
                ReloadService service = ReloadService.open(directory, () -> new ReloadReport(List.of(), List.of()))) {
            assertThat(elsewhere.isOpen()).isTrue();
            assertThat(service).isNotNull();
            try (var left = Files.list(directory)) {
                assertThat(left).containsExactlyInAnyOrder(ReloadSocket.of(directory, NOBODY + 1),
                        ReloadSocket.of(directory, SOMEBODY));
            }
        }
    }

    private ServerSocketChannel listen(final long pid) throws IOException {
        return listen(folder, pid);
    }

    private static ServerSocketChannel listen(final Path directory, final long pid) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(ReloadSocket.of(directory, pid)));
    }
}
