package io.millrace.nativeports.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PcapDeviceTest {
    private static final long SECOND_NS = 1_000_000_000;
    private static final long START_NS = -7 * SECOND_NS;
    private static final int MTU = 1_500;

    @TempDir
    private Path folder;

    @Test
    void shouldBeFoundByItsScheme() {
        assertThat(ServiceLoader.load(PacketDeviceProvider.class).stream().map(ServiceLoader.Provider::get))
                .filteredOn(provider -> provider.scheme().equals("pcap")).singleElement()
                .satisfies(provider -> assertThat(provider.usage()).startsWith("pcap:FILE"))
                .satisfies(provider -> assertThat(provider.unavailabilityCause()).isNull());
    }

    @Test
    void shouldReplayInTheOrderAndTimeOfTheFile() throws Exception {
        // the third goes back in time; the order is the file's
        try (PacketDevice device = open(pcap(60, 61, 62, 63), ",after=0.5")) {
            final PacketPort port = device.queue(0);
            assertThat(port.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
            assertThat(lengths(port, START_NS)).isEmpty();
            assertThat(port.nextDeadlineNs()).isEqualTo(START_NS + SECOND_NS / 2);
            assertThat(lengths(port, START_NS + SECOND_NS / 2 - 1)).isEmpty();
            assertThat(lengths(port, START_NS + SECOND_NS / 2)).containsExactly(60);
            assertThat(port.nextDeadlineNs()).isEqualTo(START_NS + SECOND_NS * 5 / 2);
            assertThat(lengths(port, START_NS + SECOND_NS * 5 / 2 - 1)).isEmpty();
            assertThat(lengths(port, START_NS + SECOND_NS * 5 / 2)).containsExactly(61, 62);
            assertThat(lengths(port, START_NS + SECOND_NS * 100)).containsExactly(63);
            assertThat(port.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
            assertThat(port.dropped()).isZero();
        }
    }

    @Test
    void shouldScaleTimeAndBeAsFastAsItIsTaken() throws Exception {
        try (PacketDevice device = open(pcap(60, 61, 62, 63), ",speed=4,after=0")) {
            final PacketPort port = device.queue(0);
            assertThat(lengths(port, START_NS)).containsExactly(60);
            assertThat(port.nextDeadlineNs()).isEqualTo(START_NS + SECOND_NS / 2);
        }
        try (PacketDevice device = open(pcap(60, 61, 62, 63), ",after=0,speed=max")) {
            assertThat(lengths(device.queue(0), START_NS)).containsExactly(60, 61, 62, 63);
        }
    }

    @Test
    void shouldGoOnWhereThePoolWasEmpty() throws Exception {
        try (PacketDevice device = open(pcap(60), ",speed=max,after=0")) {
            final PacketPort port = device.queue(0);
            final List<Long> all = new ArrayList<>();
            for (long frame = port.acquire(); frame != 0; frame = port.acquire()) {
                all.add(frame);
            }
            assertThat(lengths(port, START_NS)).isEmpty();
            all.forEach(port::release);
            assertThat(lengths(port, START_NS)).containsExactly(60);
        }
    }

    @Test
    void shouldTakeTheSideOfWhomTheFirstFrameIsFor() throws Exception {
        final byte[] everybody = {-1, -1, -1, -1, -1, -1};
        final Path file = file("both.pcap", new Captures(ByteOrder.BIG_ENDIAN).pcap(true, Captures.ETHERNET)
                .pcapPacket(1, 0, Captures.frame(everybody, Captures.PEER, 42), 42)
                .pcapPacket(1, 1, Captures.frame(Captures.OURS, Captures.PEER, 60), 60)
                .pcapPacket(1, 2, Captures.frame(Captures.PEER, Captures.OURS, 61), 61)
                .pcapPacket(1, 3, Captures.frame(Captures.OURS, Captures.PEER, 62), 62)
                .pcapPacket(1, 4, Captures.frame(Captures.OURS, Captures.PEER, 63), 1_000));
        try (PacketDevice device = open(file, ",speed=max,after=0")) {
            final PacketPort port = device.queue(0);
            assertThat(port.capabilities().macAddress()).isEqualTo(0x02_00_00_00_00_07L);
            assertThat(lengths(port, START_NS)).as("without our own, and without what was cut")
                    .containsExactly(42, 60, 62);
            assertThat(port.dropped()).isEqualTo(1);
        }
    }

    @Test
    void shouldReplayWhatACaptureOfOurOwnReceived() throws Exception {
        final byte[] large = Captures.frame(Captures.OURS, Captures.PEER, 60_000);
        final Path file = file("own.pcapng", new Captures(ByteOrder.LITTLE_ENDIAN).section()
                .description(Captures.ETHERNET, 0, 9)
                .enhanced(0, 5, Captures.frame(Captures.PEER, Captures.OURS, 60), 60, 2, "")
                .enhanced(0, 6, large, 60_000, 1, "virtual segment, in segments of 1448, partial checksum"));
        try (PacketDevice device = open(file, ",speed=max,after=0")) {
            final PacketPort port = device.queue(0);
            assertThat(port.capabilities().maxFrameLength()).isEqualTo(60_000);
            final long[] frames = new long[2];
            assertThat(port.receive(frames, 0, 2, START_NS)).isEqualTo(1);
            assertThat(Frame.flags(frames[0])).isEqualTo(Frame.CHECKSUM_VALID);
            final byte[] bytes = new byte[60_000];
            Memory.copyToArray(Frame.data(frames[0]), bytes, 0, bytes.length);
            assertThat(bytes).isEqualTo(large);
            port.release(frames[0]);
        }
    }

    @Test
    void shouldRecordWhatIsSentOnTheTimeScaleOfTheFile() throws Exception {
        final Path file = pcap(60);
        try (PacketDevice device = open(file, ",speed=2,after=1")) {
            final PacketPort port = device.queue(0);
            assertThat(port.transmit(new long[]{filled(port, 70)}, 0, 1, START_NS)).isEqualTo(1);
            assertThat(port.transmit(new long[]{filled(port, MTU + 14)}, 0, 1, START_NS + 3 * SECOND_NS)).isEqualTo(1);
            assertThat(port.transmit(new long[]{filled(port, MTU + 15)}, 0, 1, START_NS + 3 * SECOND_NS)).isEqualTo(1);
            assertThat(port.dropped()).as("longer than the MTU").isEqualTo(1);
        }
        final ByteBuffer output = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("test.pcap.out.pcapng")));
        final List<CapturedPacket> packets = Captures.read(output);
        assertThat(packets).extracting(CapturedPacket::length).containsExactly(70, MTU + 14);
        assertThat(packets).extracting(CapturedPacket::timeNs).containsExactly(8 * SECOND_NS, 14 * SECOND_NS);
        assertThat(packets).extracting(CapturedPacket::direction)
                .containsOnly(CapturedPacket.Direction.OUT);
    }

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        final long bytes = MemoryRegion.bytesInUse();
        final PacketDevice device = open(pcap(60), "");
        assertThat(device.queues()).as("whatever was asked for").isEqualTo(1);
        device.close();
        device.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
        Files.createDirectory(folder.resolve("x.pcap.out.pcapng"));
        final Path file = Files.copy(folder.resolve("test.pcap"), folder.resolve("x.pcap"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> open(file, ""))
                .withMessageStartingWith("cannot record what pcap:" + file + " is sent in " + file + ".out.pcapng: ");
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
    }

    @Test
    void shouldSayWhatIsWrongWithTheFile() throws Exception {
        final Path none = folder.resolve("none");
        refuse(none, "", 1, "cannot replay " + none + ": there is no such file");
        refuse(folder, "", 1, "cannot replay " + folder + ": it is a directory");
        final Path text = Files.writeString(folder.resolve("text"), "no capture");
        refuse(text, "", 1,
                "cannot replay " + text + ": it begins with 0x6e6f2063, which neither pcap nor pcapng does");
        refuse(Path.of(""), "", 1, "pcap needs the name of a capture file; the form is"
                + " pcap:FILE[,speed=FACTOR|max][,after=SECONDS]");
    }

    @ParameterizedTest
    @ValueSource(strings = {",speed=0", ",speed=fast", ",speed=NaN", ",after=-1", ",after=", ",speed=-1,after=1"})
    void shouldRefuseOptionsThatAreNone(final String options) throws Exception {
        final Path file = pcap(60);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> open(file, options))
                .withMessageContaining("must be a number").withMessageContaining("FILE[,speed=FACTOR|max]");
    }

    @Test
    void shouldLetAFileHaveCommas() throws Exception {
        assertThat(PcapSpec.parse("a,b=1.pcap,speed=max").file()).isEqualTo(Path.of("a,b=1.pcap"));
        assertThat(PcapSpec.parse("x.pcap,after=2.5").afterNs()).isEqualTo(SECOND_NS * 5 / 2);
    }

    /** Frames of those lengths for us, at 10, 12, 11 and 20 seconds. */
    private Path pcap(final int... lengths) throws IOException {
        final int[] seconds = {10, 12, 11, 20};
        final Captures captures = new Captures(ByteOrder.LITTLE_ENDIAN).pcap(false, Captures.ETHERNET);
        for (int i = 0; i < lengths.length; i++) {
            captures.pcapPacket(seconds[i], 0, Captures.frame(Captures.OURS, Captures.PEER, lengths[i]), lengths[i]);
        }
        return file("test.pcap", captures);
    }

    private Path file(final String name, final Captures captures) throws IOException {
        return Files.write(folder.resolve(name), captures.toArray());
    }

    private static void refuse(final Path file, final String options, final int queues, final String why) {
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> open(file, options, queues)).withMessage(why);
    }

    private static PacketDevice open(final Path file, final String options) throws IOException {
        return open(file, options, 1);
    }

    private static PacketDevice open(final Path file, final String options, final int queues) throws IOException {
        return new PcapDeviceProvider()
                .open(new DeviceRequest(file + options, MTU, queues, 16, true, true, null));
    }

    private static long filled(final PacketPort port, final int length) {
        final long frame = port.acquire();
        Memory.zero(Frame.data(frame), length);
        Frame.length(frame, length);
        return frame;
    }

    private static List<Integer> lengths(final PacketPort port, final long nowNs) {
        final long[] frames = new long[8];
        final int count = port.receive(frames, 0, 8, nowNs);
        final List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lengths.add(Frame.length(frames[i]));
            port.release(frames[i]);
        }
        return lengths;
    }
}
