package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.DeviceSpec;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PacketDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stack on a capture file: what it is asked there it answers in another. */
class PcapReplayTest {
    private static final int PAYLOAD = 48;
    private static final int TURNS = 100_000;

    @TempDir
    private Path folder;

    @Test
    void shouldAnswerWhatACaptureAsks() throws IOException {
        final Path file = folder.resolve("ping.pcap");
        final ByteBuffer capture = ByteBuffer.allocate(1_000).putInt(0xA1B2C3D4).putShort((short) 2)
                .putShort((short) 4).putLong(0).putInt(65_535).putInt(1);
        packet(capture, 1, arpRequest());
        packet(capture, 2, echoRequest());
        Files.write(file, Arrays.copyOf(capture.array(), capture.position()));
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.threading.control = shared
                millrace.ip.addresses = ["10.0.0.2/24"]
                millrace.neighbour.announce = off
                millrace.engine { slab = 1MiB, max-connections = 64, max-time-wait = 64 }
                """).toBuilder().set(PortKeys.DEVICE, new DeviceSpec("pcap", file + ",speed=max,after=0")).build();
        final long before = MemoryRegion.bytesInUse();
        final PacketDevice device = DeviceOpener.discover()
                .open(config.get(PortKeys.DEVICE), config.deviceRequest());
        try (Millrace stack = Millrace.builder(config).device(device).launch()) {
            for (int turn = 0; !isAnswered(stack); turn++) {
                assertThat(turn).as("turns").isLessThan(TURNS);
                stack.engine(0).doWork();
            }
            assertThat(stack.counters()).containsEntry("FramesReceived", 2L).containsEntry("ArpRepliesSent", 1L)
                    .containsEntry("IcmpEchoesAnswered", 1L);
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
        final byte[] echo = echoRequest();
        final byte[] sent = Files.readAllBytes(folder.resolve("ping.pcap.out.pcapng"));
        assertThat(sent).as("the ARP reply").containsSequence(0, 1, 8, 0, 6, 4, 0, 2, 2, 0, 0, 0, 0, 7, 10, 0, 0, 2, 2,
                0, 0, 0, 0, 9, 10, 0, 0, 1);
        assertThat(sent).as("what the echo carries")
                .containsSequence(Arrays.copyOfRange(echo, echo.length - PAYLOAD, echo.length));
    }

    /** The frames have left the engine, too. */
    private static boolean isAnswered(final Millrace stack) {
        return stack.counters().get("FramesTransmitted") >= 2;
    }

    private static byte[] arpRequest() {
        return frame(42, 0x0806).putShort((short) 1).putShort((short) 0x0800).put((byte) 6).put((byte) 4)
                .putShort((short) 1).put(mac(9)).putInt(0x0A000001).put(new byte[6]).putInt(0x0A000002).array();
    }

    private static byte[] echoRequest() {
        final int length = 20 + 8 + PAYLOAD;
        final ByteBuffer frame = frame(14 + length, 0x0800).putShort((short) 0x4500).putShort((short) length)
                .putInt(0).put((byte) 64).put((byte) 1).putShort((short) 0).putInt(0x0A000001).putInt(0x0A000002)
                .putInt(0x0800_0000).putInt(0x0007_0001);
        for (int i = 0; i < PAYLOAD; i++) {
            frame.put((byte) (i * 7 + 1));
        }
        frame.putShort(14 + 10, checksum(frame, 14, 20)).putShort(34 + 2, checksum(frame, 34, length - 20));
        return frame.array();
    }

    private static ByteBuffer frame(final int length, final int etherType) {
        return ByteBuffer.allocate(length).put(mac(7)).put(mac(9)).putShort((short) etherType);
    }

    private static byte[] mac(final int last) {
        return new byte[]{2, 0, 0, 0, 0, (byte) last};
    }

    /** RFC 1071, over an even number of bytes. */
    private static short checksum(final ByteBuffer bytes, final int from, final int length) {
        int sum = 0;
        for (int i = from; i < from + length; i += 2) {
            sum += Short.toUnsignedInt(bytes.getShort(i));
        }
        sum = (sum & 0xFFFF) + (sum >>> 16);
        return (short) ~((sum & 0xFFFF) + (sum >>> 16));
    }

    private static void packet(final ByteBuffer capture, final int second, final byte[] frame) {
        capture.putInt(second).putInt(0).putInt(frame.length).putInt(frame.length).put(frame);
    }
}
