package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.DefaultFileRegion;
import io.netty.util.IllegalReferenceCountException;
import java.io.File;
import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileRegionsTest {
    @TempDir
    Path folder;

    @Test
    void shouldOpenTheFileOnceAndLeaveClosingToTheRegion() throws Exception {
        final Path path = Files.writeString(folder.resolve("file"), "text");
        final DefaultFileRegion region = new DefaultFileRegion(path.toFile(), 0, 4);
        FileRegions.open(region);
        final FileChannel file = FileRegions.file(region);
        assertThat(region.isOpen()).isTrue();
        FileRegions.open(region);
        assertThat(FileRegions.file(region)).isSameAs(file);
        final ByteBuffer bytes = ByteBuffer.allocate(8);
        assertThat(file.read(bytes, 0)).isEqualTo(4);
        assertThat(bytes.array()).startsWith("text".getBytes());
        region.release();
        assertThat(file.isOpen()).isFalse();
    }

    @Test
    void shouldOpenNothingForARegionThatIsReleased() throws Exception {
        final DefaultFileRegion region = new DefaultFileRegion(
                Files.writeString(folder.resolve("file"), "text").toFile(), 0, 4);
        region.release();
        FileRegions.open(region);
        assertThat(region.isOpen()).isFalse();
        assertThatThrownBy(region::release).isInstanceOf(IllegalReferenceCountException.class);
    }

    /** As {@code DefaultFileRegion.open} does. */
    @ParameterizedTest
    @ValueSource(strings = {"missing", "not\0a name"})
    void shouldFailAsTheRegionItselfDoes(final String name) {
        final DefaultFileRegion region = new DefaultFileRegion(new File(folder.toFile(), name), 0, 4);
        assertThatThrownBy(() -> FileRegions.open(region)).isInstanceOf(FileNotFoundException.class);
        region.release();
    }
}
