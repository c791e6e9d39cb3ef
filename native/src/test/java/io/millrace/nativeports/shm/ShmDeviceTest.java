package io.millrace.nativeports.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShmDeviceTest {
    private static final int FRAMES = 16;
    private static final long PID = ProcessHandle.current().pid();

    private final Path file = SharedPair.unusedFile();
    private final long bytesBefore = MemoryRegion.bytesInUse();
    private long descriptorsBefore;

    @BeforeEach
    void countDescriptors() {
        descriptorsBefore = descriptors();
    }

    @AfterEach
    void shouldLeaveNothing() throws IOException {
        Files.deleteIfExists(file);
        assertThat(MemoryRegion.bytesInUse()).as("bytes mapped").isEqualTo(bytesBefore);
        assertThat(descriptors()).as("descriptors of the file").isEqualTo(descriptorsBefore);
    }

    private long descriptors() {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(fd -> {
                try {
                    return Files.readSymbolicLink(fd).toString().contains(file.getFileName().toString());
                } catch (final IOException e) {
                    return false;
                }
            }).count();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private ShmDevice open(final String options, final int mtu, final int queues, final int frames) throws IOException {
        return SharedPair.open(file + options, mtu, queues, frames, false);
    }

    private ShmDevice open(final String options) throws IOException {
        return open(options, 1_500, 1, FRAMES);
    }

    private String refusal(final String options) {
        return catchThrowableOfType(IOException.class, () -> open(options)).getMessage();
    }

    @Test
    void shouldRefuseAThirdAndNameBoth() throws IOException {
        try (ShmDevice one = open(""); ShmDevice other = open("")) {
            assertThat(refusal("")).contains("both sides of " + file + " are taken")
                    .contains("process " + PID + " and process " + PID);
            assertThat(one.queues()).isEqualTo(other.queues()).isEqualTo(1);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void shouldTakeTheSideThatItIsToldTo() throws IOException {
        try (ShmDevice one = open(",side=1"); ShmDevice other = open(",side=auto")) {
            assertThat(one.queue(0).capabilities().macAddress() & 1).isEqualTo(1);
            assertThat(other.queue(0).capabilities().macAddress() & 1).isZero();
            assertThat(one.name()).isEqualTo("shm:" + file);
        }
        try (ShmDevice one = open(",side=0")) {
            assertThat(refusal(",side=0")).contains("side 0 of " + file + " is taken by process " + PID)
                    .contains("side=1");
            assertThat(one.queues()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"9000, 1, 16, mtu 9000", "1500, 2, 16, 2 engines", "1500, 1, 32, 32 frames"})
    void shouldRefuseToBeUnlikeTheOtherSide(final int mtu, final int queues, final int frames, final String what)
            throws IOException {
        try (ShmDevice first = open("")) {
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> open("", mtu, queues, frames))
                    .withMessageContaining(what).withMessageContaining("mtu 1500, 16 frames and 1 engine,")
                    .withMessageContaining("process " + PID).withMessageContaining("millrace.port.mtu");
            assertThat(first.queues()).isEqualTo(1);
        }
        try (ShmDevice alone = open("", mtu, queues, frames)) {
            assertThat(alone.queues()).as("a file that nobody uses is made anew").isEqualTo(queues);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldRefuseAFileThatAnotherVersionUsesAndNameBoth(final int version) throws IOException {
        try (ShmDevice first = open("")) {
            writeVersion(version);
            assertThat(refusal("")).contains(file + " is in use").contains("version " + version)
                    .contains("version " + ShmLayout.VERSION);
            writeVersion(ShmLayout.VERSION);
            try (ShmDevice second = open("")) {
                assertThat(second.queues()).isEqualTo(first.queues());
            }
            writeVersion(version);
        }
        Files.write(file, header(version));
        try (ShmDevice alone = open("")) {
            assertThat(alone.queues()).as("a file that nobody uses is made anew").isEqualTo(1);
        }
    }

    private void writeVersion(final int version) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[]{(byte) version, 0, 0, 0}), ShmLayout.HEADER_VERSION);
        }
    }

    private static byte[] header(final int version) {
        final byte[] header = new byte[ShmLayout.HEADER_BYTES];
        System.arraycopy("MILLRACE".getBytes(StandardCharsets.US_ASCII), 0, header, 0, 8);
        header[ShmLayout.HEADER_VERSION] = (byte) version;
        return header;
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 65_536, 200_000})
    void shouldLeaveAFileAloneThatIsSomethingElse(final int length) throws IOException {
        final byte[] bytes = new byte[length];
        bytes[length - 1] = 1;
        Files.write(file, bytes);
        assertThat(refusal("")).contains(file + " is no shared memory of Millrace");
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void shouldNotFollowALink() throws IOException {
        final Path target = Files.createTempFile("millrace", "target");
        Files.createSymbolicLink(file, target);
        try {
            assertThat(refusal("")).contains("ELOOP").contains("name the file itself");
            assertThat(target).isEmptyFile();
        } finally {
            Files.delete(target);
        }
    }

    @Test
    void shouldTakeOverAFileThatOthersHaveLeftUnfinished() throws IOException {
        Files.write(file, new byte[0]);
        try (ShmDevice device = open("")) {
            assertThat(device.queues()).isEqualTo(1);
        }
        Files.write(file, header(0));
        try (ShmDevice device = open("")) {
            assertThat(device.queues()).isEqualTo(1);
        }
    }

    @Test
    void shouldSayWhatCannotBeAskedFor() {
        assertThat(refusal(",side=2")).contains("\"side=2\"").contains("0, 1 or auto");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> SharedPair.open("", 1_500, 1, FRAMES, false))
                .withMessageContaining("needs the name of a file");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ShmDevice.open(new DeviceRequest(file.toString(), 1_500, 1, FRAMES, false, false,
                        "10.0.0.1/24")))
                .withMessageContaining("has no host's side");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> SharedPair.open(file.toString(), 1_500, 1, 65_536,
                true)).withMessageContaining("lower millrace.port.frames");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> SharedPair.open("/nonexistent/mill", 1_500, 1,
                FRAMES, false));
    }

    @Test
    void shouldHaveAsManyQueuesAsThereAreEngines() throws IOException {
        try (ShmDevice near = open("", 1_500, 3, FRAMES); ShmDevice far = open("", 1_500, 3, FRAMES)) {
            for (int round = 0; round < 3; round++) {
                for (int queue = 0; queue < 3; queue++) {
                    SharedPair.turn(near.queue(queue));
                    SharedPair.turn(far.queue(queue));
                }
            }
            for (int queue = 0; queue < 3; queue++) {
                assertThat(SharedPair.send(near.queue(queue), new byte[]{1, 2, (byte) queue})).isTrue();
                assertThat(SharedPair.receive(far.queue(queue))).containsExactly(1, 2, queue);
            }
        }
    }
}
