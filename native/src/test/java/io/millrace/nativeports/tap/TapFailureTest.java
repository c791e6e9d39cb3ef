package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.tap.TapDevice.Beside;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A defect while a TAP is opened: nothing of it stays open. */
@RequiresNetworkNamespaces
class TapFailureTest {
    private static final String NAME = "tap0";
    private static final int MTU = 1_500;

    private NetworkNamespace namespace;

    @BeforeEach
    void openOnce() throws Exception {
        namespace = new NetworkNamespace();
        // whatever is opened once for all
        namespace.call(() -> TapDevice.open(TunKind.TAP, request(64))).close();
    }

    @AfterEach
    void close() {
        namespace.close();
    }

    private static DeviceRequest request(final int frames) {
        return new DeviceRequest(NAME, MTU, 2, frames, false, true, null);
    }

    @Test
    void shouldLeaveNothingOpenWhereRingsFail() throws Exception {
        failing(new Beside((fd, rings, longest) -> {
            throw new IllegalStateException("a defect");
        }, BulkQueues::beside), 64);
    }

    @Test
    void shouldLeaveNothingOpenWhereARingFailsAfterTheirProgramIsInstalled() throws Exception {
        failing(new Beside((fd, rings, longest) -> {
            final BypassRings installed = BypassRings.installedOn(fd, rings, longest);
            installed.giveUp(fd);
            throw new IllegalStateException("a defect");
        }, BulkQueues::beside), 64);
    }

    @Test
    void shouldLeaveNothingOpenWhereQueuesForBulkTransfersFail() throws Exception {
        failing(new Beside(BypassRings::installedOn, (plain, name) -> {
            assertThat(plain).hasSize(2);
            throw new IllegalStateException("a defect");
        }), 64);
    }

    @Test
    void shouldLeaveNothingOpenWhereAPortFails() throws Exception {
        failing(new Beside(BypassRings::installedOn, BulkQueues::beside), 0);
    }

    private void failing(final Beside beside, final int frames) throws Exception {
        final long bytes = MemoryRegion.bytesInUse();
        final int descriptors = descriptors();
        final long programs = programs();
        assertThatThrownBy(() -> namespace.call(() -> TapDevice.open(TunKind.TAP, request(frames), beside)))
                .isInstanceOf(RuntimeException.class);
        assertThat(descriptors()).isEqualTo(descriptors);
        assertThat(programs()).isEqualTo(programs);
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
        namespace.call(() -> TapDevice.open(TunKind.TAP, request(64))).close();
    }

    private static int descriptors() throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            int count = 0;
            for (final Path one : all) {
                count += one.getFileName().toString().isEmpty() ? 0 : 1;
            }
            return count;
        }
    }

    /** Mapped memory of programs. */
    private static long programs() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream().filter(line -> line.contains("bpf-map")).count();
    }
}
