package io.millrace.nativeports.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.PortFinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of a shared memory before it is opened. */
class ShmExaminationTest {
    @TempDir
    private Path folder;

    private static List<String> examine(final Path file, final int queues, final int frames) throws IOException {
        return new ShmDeviceProvider()
                .examine(new DeviceRequest(file.toString(), 1_500, queues, frames, true, false, null)).stream()
                .map(PortFinding::what).toList();
    }

    @Test
    void shouldFindNothingWhereAFileCanBeMadeOrIsThere() throws IOException {
        assertThat(examine(folder.resolve("mill"), 1, 16)).isEmpty();
        assertThat(examine(Files.createFile(folder.resolve("mill")), 1, 16)).isEmpty();
    }

    @Test
    void shouldFindThatThereIsNoFolderOrNoRoom() throws IOException {
        assertThat(examine(folder.resolve("none/mill"), 1, 16)).containsExactly("no file can be made in "
                + folder.resolve("none"));
        assertThat(examine(folder.resolve("mill"), 100_000, 65_536)).singleElement().asString()
                .matches("the file would take [0-9]+ MiB, and only [0-9]+ MiB are free in .*");
    }
}
