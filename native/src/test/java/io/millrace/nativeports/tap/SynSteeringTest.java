package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.VirtioNetHeader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which queue the kernel puts frames into that are sent through a TAP: the program as the kernel runs it. */
@RequiresNetworkNamespaces
class SynSteeringTest {
    private static final String NAME = "tap0";
    private static final int ETH_P_ALL = 3;
    private static final int LARGEST = 2_048;
    private static final int FLAGS_OFFSET = 13;
    private static final String MACS = "02000000000102000000000f";
    private static final String V4 = "4500002800000000400600000a4d00010a4d0002";
    private static final String V4_OPTIONS = "4600002c00000000400600000a4d00010a4d000294040000";
    private static final String V6 = "6000000000140640fd000000000000000000000000000001fd000000000000000000000000000002";
    private static final String V4_OUT = "4500002800000000400600000a4d00020a4d0001";
    private static final String V6_OUT = "6000000000140640fd000000000000000000000000000002fd000000000000000000000000000001";
    private static final String TCP = "1f90005000000001000000005002ffff00000000";
    private static final String V4_SYN = "0800" + V4 + TCP;
    private static final String V6_SYN = "86dd" + V6 + TCP;

    private final LinuxCalls calls = new LinuxCalls();
    private final MemoryRegion buffer = MemoryRegion.allocate("frame", LARGEST);
    private NetworkNamespace namespace;
    private PacketSocket kernel;
    private int ordinary;
    private SynQueues syns;

    @BeforeEach
    void openDevice() throws Exception {
        final String cause = Steering.unavailabilityCause();
        assumeTrue(cause == null, cause);
        namespace = new NetworkNamespace();
        namespace.call(() -> {
            final TapQueues queues = new TapQueues(TunKind.TAP, NAME, false);
            ordinary = queues.openFirstOfSeveral();
            syns = SynQueues.open(queues, ordinary, 1_000);
            try (HostInterface host = new HostInterface(NAME)) {
                host.up(true);
            }
            kernel = new PacketSocket(NAME, ETH_P_ALL);
            return null;
        });
    }

    @AfterEach
    void closeDevice() {
        buffer.close();
        if (kernel == null) {
            return;
        }
        kernel.close();
        syns.close();
        calls.close(ordinary);
        namespace.close();
    }

    @ParameterizedTest
    @CsvSource({"IPv4, " + V4_SYN, "IPv4 with options, 0800" + V4_OPTIONS + TCP, "IPv6, " + V6_SYN,
            "IPv4 in a VLAN, 81000005" + V4_SYN, "IPv6 in a VLAN, 81000005" + V6_SYN})
    void shouldSteerSynsApart(final String what, final String frame) {
        assertThat(queueOf(frame)).as(what).isEqualTo(SynSteering.SYNS);
    }

    @ParameterizedTest
    @CsvSource({"SYN, 02, 1", "SYN with ECE and CWR (RFC 3168), c2, 1", "SYN with data pushed, 0a, 1",
            "SYN and FIN, 03, 1",
            "SYN-ACK, 12, 0", "SYN and RST, 06, 0", "ACK, 10, 0", "data, 18, 0", "FIN, 11, 0", "RST, 04, 0",
            "RST and ACK, 14, 0", "none, 00, 0"})
    void shouldTellByTheFlags(final String what, final String flags, final int queue) {
        final String tcp = flagged(flags);
        assertThat(queueOf("0800" + V4 + tcp)).as(what).isEqualTo(queue);
        assertThat(queueOf("86dd" + V6 + tcp)).as(what).isEqualTo(queue);
    }

    @ParameterizedTest
    @CsvSource({"ARP, 08060001080006040001020000000001", "UDP that looks like a SYN, 0800"
            + "4500002800000000401100000a4d00010a4d0002" + TCP,
            "ICMP, 08004500002800000000400100000a4d00010a4d0002" + TCP,
            "first fragment, 08004500002800002000400600000a4d00010a4d0002" + TCP,
            "last fragment, 08004500002800000003400600000a4d00010a4d0002" + TCP,
            "IPv6 with a fragment header, 86dd60000000001c2c40fd000000000000000000000000000001fd0000000000000000000000"
                    + "000000020600000100000001" + TCP,
            "two tags, 8100000581000006" + V4_SYN, "another Ethernet type, 88b5" + V4 + TCP})
    void shouldLeaveEverythingElseWhereItIs(final String what, final String frame) {
        assertThat(queueOf(frame)).as(what).isEqualTo(SynSteering.ORDINARY);
    }

    @Test
    void shouldLeaveWhatIsCutShortWhereItIs() {
        for (final String syn : List.of(V4_SYN, V6_SYN, "81000005" + V4_SYN)) {
            final int flags = syn.length() - TCP.length() + 2 * FLAGS_OFFSET;
            for (int length = 4; length <= flags; length += 2) {
                assertThat(queueOf(syn.substring(0, length))).as(length / 2 + " bytes").isZero();
            }
            assertThat(queueOf(syn.substring(0, flags + 2))).isEqualTo(SynSteering.SYNS);
        }
    }

    @Test
    void shouldKnowTheTagThatLinuxKeepsBesideTheFrame() throws Exception {
        assumeTrue(namespace.exec("ip", "link", "add", "link", NAME, "name", "vlan5", "type", "vlan", "id", "5")
                .exitCode() == 0, "the kernel has been built without VLANs");
        namespace.exec("ip", "link", "set", "vlan5", "up");
        try (PacketSocket inside = namespace.call(() -> new PacketSocket("vlan5", ETH_P_ALL))) {
            inside.send(HexFormat.of().parseHex(MACS + V4_SYN));
            assertThat(await("81000005" + V4_SYN)).isEqualTo(SynSteering.SYNS);
        }
    }

    @Test
    void shouldCountWhatIsSteeredAndWhatFindsNoRoom() throws Exception {
        final int room = 1_000;
        for (int i = 0; i < room + 7; i++) {
            kernel.send(HexFormat.of().parseHex(MACS + V4_SYN));
        }
        assertThat(syns.lost()).isEqualTo(7);
        assertThat(namespace.exec("cat", "/proc/net/dev").text()).containsPattern(NAME + ":( +\\d+){11} +7 ");
        assertThat(queueOf("0800" + V4 + TCP.replace("5002", "5010"))).as("room for all else").isZero();
    }

    @ParameterizedTest
    @CsvSource({"IPv4, 0800, " + V4_OUT + ", " + V4_SYN, "IPv6, 86dd, " + V6_OUT + ", " + V6_SYN,
            "IPv4 in a VLAN, 810000050800, " + V4_OUT + ", " + V4_SYN,
            "IPv6 in a VLAN, 8100000586dd, " + V6_OUT + ", " + V6_SYN})
    void shouldSteerSynsOfKnownPeersApartFromOthers(final String what, final String type, final String ip,
            final String syn) {
        for (final String flags : List.of("02", "12", "04", "14")) {
            send(type + ip + flagged(flags));
            assertThat(queueOf(syn)).as(what + ": flags " + flags + " are nobody's who has answered")
                    .isEqualTo(SynSteering.SYNS);
        }
        send(type + ip + flagged("10"));
        assertThat(queueOf(syn)).as(what).isEqualTo(SynSteering.KNOWN_SYNS);
        assertThat(queueOf("81000005" + syn)).as(what).isEqualTo(SynSteering.KNOWN_SYNS);
        assertThat(queueOf(syn.replace("0a4d0001", "0a4d0003").replace("0001fd00", "0003fd00"))).as("another")
                .isEqualTo(SynSteering.SYNS);
    }

    @Test
    void shouldTakeNobodyForKnownByAnotherProtocol() {
        send("0800" + V4_OUT.replace("4006", "4011") + flagged("10"));
        send("86dd" + V6_OUT.replace("00140640", "00141140") + flagged("10"));
        assertThat(queueOf(V4_SYN)).isEqualTo(SynSteering.SYNS);
        assertThat(queueOf(V6_SYN)).isEqualTo(SynSteering.SYNS);
    }

    private static String flagged(final String flags) {
        return TCP.substring(0, 2 * FLAGS_OFFSET) + flags + TCP.substring(2 * FLAGS_OFFSET + 2);
    }

    /** As the port does with what it sends. */
    private void send(final String frame) {
        final byte[] bytes = HexFormat.of().parseHex(MACS + frame);
        try (FramePool pool = new FramePool("sent", 16, LARGEST)) {
            final long sent = pool.acquire();
            Memory.copyFromArray(bytes, 0, Frame.data(sent), bytes.length);
            Frame.length(sent, bytes.length);
            syns.peers().onSent(sent);
        }
    }

    @Test
    void shouldLeaveADeviceThatStaysAsItWas() throws Exception {
        namespace.exec("ip", "tuntap", "add", "tap7", "mode", "tap", "multi_queue");
        final int others = namespace.call(() -> {
            final TapQueues queues = new TapQueues(TunKind.TAP, "tap7", false);
            final int first = queues.openFirstOfSeveral();
            SynQueues.open(queues, first, 1_000).close();
            final int second = queues.openOneOfSeveral();
            try (HostInterface host = new HostInterface("tap7")) {
                host.up(true);
            }
            int found = 0;
            try (PacketSocket sender = new PacketSocket("tap7", ETH_P_ALL)) {
                for (int port = 0; port < 64; port++) {
                    final byte[] frame = HexFormat.of().parseHex(MACS + V4_SYN);
                    frame[frame.length - 20] = (byte) port;
                    sender.send(frame);
                }
                for (byte[] frame = read(first); frame.length > 0; frame = read(first)) {
                    found += Arrays.equals(frame, 12, 14, new byte[]{8, 0}, 0, 2) ? 1 : 0;
                }
            }
            calls.close(second);
            calls.close(first);
            return found;
        });
        assertThat(others).as("SYNs that the kernel spread to the first queue").isBetween(1, 63);
    }

    /** Sends a frame, without its addresses, and tells in which queue it arrives. */
    private int queueOf(final String frame) {
        kernel.send(HexFormat.of().parseHex(MACS + frame));
        return await(frame);
    }

    /** Linux sends frames of its own too, e.g. router solicitations. */
    private int await(final String frame) {
        final List<String> seen = new ArrayList<>();
        for (int attempt = 0; attempt < 100_000; attempt++) {
            final int[] queues = {ordinary, syns.unknown().descriptor(), syns.known().descriptor()};
            for (int queue = 0; queue < queues.length; queue++) {
                final byte[] read = read(queues[queue]);
                if (read.length > 0) {
                    final String text = HexFormat.of().formatHex(read);
                    if (text.equals(MACS + frame)) {
                        return queue;
                    }
                    seen.add(text);
                }
            }
        }
        throw new AssertionError("never came: " + frame + ", but " + seen);
    }

    private byte[] read(final int fd) {
        final long length = calls.read(fd, buffer.address(), LARGEST);
        if (length < 0) {
            assertThat(length).isEqualTo(-Errno.EAGAIN);
            return new byte[0];
        }
        final byte[] frame = new byte[(int) length - VirtioNetHeader.LENGTH];
        Memory.copyToArray(buffer.address() + VirtioNetHeader.LENGTH, frame, 0,
                frame.length);
        return frame;
    }
}
