package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapturePortTest {
    private static final long EPOCH_NS = 1_700_000_000_123_456_789L;
    private static final long ENGINE_NS = 5_000;
    private static final int ENHANCED_PACKET = 6;

    private final long[] frames = new long[128];
    private long bytesBefore;
    private MemoryLink link;
    private PacketPort far;

    @TempDir
    private Path directory;

    @BeforeEach
    void open() {
        bytesBefore = MemoryRegion.bytesInUse();
        link = MemoryLink.builder().offloads(true).framesPerSide(128).queueLength(8).build();
        far = link.side(1).queue(0);
    }

    @AfterEach
    void close() {
        link.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldWriteWhatTsharkReads() throws Exception {
        assumeTrue(isInstalled("tshark"), "tshark is not installed");
        final Path file = directory.resolve("both.pcapng");
        try (CapturePort port = capture(file, PcapngWriter.WHOLE_FRAMES)) {
            transmit(port, 2_000, ENGINE_NS + 1);
            send(60);
            assertThat(port.receive(frames, 0, 8, ENGINE_NS + 1_000_000_000)).isEqualTo(1);
            port.release(frames[0]);
        }
        assertThat(tshark(file, "frame.len", "frame.time_epoch", "frame.packet_flags_direction", "frame.comment",
                "frame.interface_name"))
                .containsExactly(
                        "2000|1700000000.123456790|0x00000002|virtual segment, in segments of 1460, partial"
                                + " checksum|test",
                        "60|1700000001.123456789|0x00000001||test");
    }

    @Test
    void shouldWriteIpPacketsWithoutALinkLayer() throws Exception {
        assumeTrue(isInstalled("tshark"), "tshark is not installed");
        final Path file = directory.resolve("raw.pcapng");
        try (FramePool pool = new FramePool("test frames", 1, 2_048);
                PcapngWriter writer = PcapngWriter.create(file, "test", false, 100)) {
            final long frame = pool.acquire();
            Frame.dataOffset(frame, Frame.IP_OFFSET);
            Frame.length(frame, 28);
            final byte[] ping = {0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 8, 0, 0, 0, 0, 0, 0,
                    0};
            Memory.copyFromArray(ping, 0, Frame.data(frame), ping.length);
            writer.add(frame, EPOCH_NS, false);
        }
        assertThat(tshark(file, "ip.src", "ip.dst", "icmp.type")).containsExactly("10.0.0.1|10.0.0.2|8");
    }

    @Test
    void shouldKeepNoMoreThanTheSnapLength() throws IOException {
        final Path file = directory.resolve("snap.pcapng");
        try (CapturePort port = capture(file, 61)) {
            transmit(port, 1_000, ENGINE_NS);
        }
        final ByteBuffer packet = packets(file).getFirst();
        assertThat(packet.getInt(20)).isEqualTo(61);
        assertThat(packet.getInt(24)).isEqualTo(1_000);
        assertThat(packet.getShort(28 + 64)).as("flags option behind the padding").isEqualTo((short) 2);
    }

    @Test
    void shouldStrikeOutFramesThatThePortDidNotTake() throws IOException {
        final Path file = directory.resolve("full.pcapng");
        try (CapturePort port = capture(file, PcapngWriter.WHOLE_FRAMES)) {
            for (int i = 0; i < 10; i++) {
                frames[i] = port.acquire();
                Frame.length(frames[i], 100 + i);
            }
            assertThat(port.transmit(frames, 0, 10, ENGINE_NS)).isEqualTo(8);
            assertThat(port.transmit(frames, 8, 2, ENGINE_NS)).isZero();
            far.receive(new long[8], 0, 8, 0);
            assertThat(port.transmit(frames, 8, 2, ENGINE_NS)).isEqualTo(2);
        }
        assertThat(packets(file)).extracting(packet -> packet.getInt(24)).containsExactly(100, 101, 102, 103, 104, 105,
                106, 107, 108, 109);
    }

    @Test
    void shouldWriteOutAFullBufferByItself() throws IOException {
        final Path file = directory.resolve("long.pcapng");
        final int rounds = 100;
        try (CapturePort port = capture(file, PcapngWriter.WHOLE_FRAMES)) {
            for (int i = 0; i < rounds; i++) {
                transmit(port, 65_000 + i, ENGINE_NS);
                assertThat(far.receive(frames, 0, 1, 0)).isEqualTo(1);
                assertThat(port.transmit(new long[]{refill(port, 60_000)}, 0, 1, 0)).isEqualTo(1);
                assertThat(far.receive(frames, 1, 1, 0)).isEqualTo(1);
                far.release(frames[0]);
                far.release(frames[1]);
            }
            assertThat(Files.size(file)).as("before close").isGreaterThan(4_000_000);
        }
        assertThat(packets(file)).hasSize(2 * rounds);
    }

    @Test
    void shouldFlushOnDemand() throws IOException {
        final Path file = directory.resolve("flush.pcapng");
        try (CapturePort port = capture(file, PcapngWriter.WHOLE_FRAMES)) {
            transmit(port, 60, ENGINE_NS);
            assertThat(Files.size(file)).isZero();
            port.flush();
            assertThat(packets(file)).hasSize(1);
            transmit(port, 60, ENGINE_NS);
        }
        assertThat(packets(file)).hasSize(2);
    }

    @Test
    void shouldCountAnErrorOfTheFileAndLetPacketsGoOn() {
        final FailingChannel channel = new FailingChannel();
        final PcapngWriter writer = new PcapngWriter(channel, "test", true, 100);
        try (CapturePort port = new CapturePort(link.side(0).queue(0), writer, EPOCH_NS, ENGINE_NS)) {
            transmit(port, 60, ENGINE_NS);
            port.flush();
            assertThat(port.captureErrors()).isEqualTo(1);
            assertThat(channel.isOpen()).isFalse();
            transmit(port, 61, ENGINE_NS);
            port.flush();
            assertThat(port.captureErrors()).isEqualTo(1);
            assertThat(far.receive(frames, 0, 8, 0)).isEqualTo(2);
            assertThat(Frame.length(frames[1])).isEqualTo(61);
        }
        assertThat(channel.writes).isEqualTo(1);
    }

    @Test
    void shouldRefuseASnapLengthOfNothing() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> PcapngWriter.create(directory.resolve("x"), "test", true, 0))
                .withMessageContaining("snapLength 0");
        assertThat(directory.resolve("x")).doesNotExist();
    }

    private CapturePort capture(final Path file, final int snapLength) throws IOException {
        final PcapngWriter writer = PcapngWriter.create(file, "test", true, snapLength);
        return new CapturePort(link.side(0).queue(0), writer, EPOCH_NS, ENGINE_NS);
    }

    /** Frames above the MTU go as virtual segments. */
    private void transmit(final PacketPort port, final int length, final long nowNs) {
        frames[0] = refill(port, length);
        assertThat(port.transmit(frames, 0, 1, nowNs)).isEqualTo(1);
    }

    private static long refill(final PacketPort port, final int length) {
        final long frame = port.acquire();
        Memory.zero(Frame.data(frame), length);
        Frame.length(frame, length);
        if (length > 1_514) {
            Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frame, 34, 16);
            Frame.segmentation(frame, Frame.GSO_TCPV4, 1_460, 54);
        }
        return frame;
    }

    private void send(final int length) {
        frames[0] = refill(far, length);
        assertThat(far.transmit(frames, 0, 1, 0)).isEqualTo(1);
    }

    /** The file's packet blocks; fails where the blocks don't add up. */
    private static List<ByteBuffer> packets(final Path file) throws IOException {
        final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        final List<ByteBuffer> packets = new ArrayList<>();
        for (int at = 0; at < bytes.capacity(); at += bytes.getInt(at + 4)) {
            final int length = bytes.getInt(at + 4);
            assertThat(bytes.getInt(at + length - 4)).isEqualTo(length);
            if (bytes.getInt(at) == ENHANCED_PACKET) {
                packets.add(bytes.slice(at, length).order(ByteOrder.nativeOrder()));
            }
        }
        return packets;
    }

    private static List<String> tshark(final Path file, final String... fields) throws Exception {
        final List<String> command = new ArrayList<>(
                List.of("tshark", "-r", file.toString(), "-T", "fields", "-E", "separator=|"));
        for (final String field : fields) {
            command.add("-e");
            command.add(field);
        }
        final Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("tshark's exit code").isZero();
        return output.lines().toList();
    }

    private static boolean isInstalled(final String program) {
        for (final String path : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(path, program))) {
                return true;
            }
        }
        return false;
    }

    private static final class FailingChannel implements WritableByteChannel {
        private boolean open = true;
        private int writes;

        @Override
        public int write(final ByteBuffer source) throws IOException {
            writes++;
            throw new IOException("no space left on device");
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
