package io.millrace.control.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.SystemNanoClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapturedDeviceTest {
    @TempDir
    private Path folder;

    @Test
    void shouldWriteAFileForEveryQueueAndCloseAll() throws IOException {
        final long before = MemoryRegion.bytesInUse();
        try (MemoryLink link = MemoryLink.builder().queues(2).build();
                PacketDevice device = CapturedDevice.open(link.side(0), folder.resolve("x.pcapng"),
                        SystemNanoClock.INSTANCE)) {
            assertThat(device.name()).isEqualTo(link.side(0).name());
            assertThat(device.queues()).isEqualTo(2);
            final PacketPort port = device.queue(1);
            final long frame = port.acquire();
            Frame.length(frame, 60);
            port.transmit(new long[]{frame}, 0, 1, 0);
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
        assertThat(folder.resolve("x.pcapng")).exists();
        assertThat(Files.size(folder.resolve("x-1.pcapng"))).isGreaterThan(Files.size(folder.resolve("x.pcapng")) + 60);
    }

    @Test
    void shouldCloseTheDeviceWhereTheFileCannotBeWritten() {
        final long before = MemoryRegion.bytesInUse();
        try (MemoryLink link = MemoryLink.builder().build()) {
            final Path file = folder.resolve("missing").resolve("x.pcapng");
            assertThatThrownBy(() -> CapturedDevice.open(link.side(0), file, SystemNanoClock.INSTANCE))
                    .isInstanceOf(IOException.class).hasMessageStartingWith("cannot write the capture file " + file);
            link.side(1).close();
            assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
        }
    }
}
