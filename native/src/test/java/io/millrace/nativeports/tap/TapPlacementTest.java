package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.fastpath.testing.FlowFrames;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which engine's queue of a TAP or TUN the kernel puts frames into: the program as the kernel runs it. */
@RequiresNetworkNamespaces
class TapPlacementTest {
    private static final String NAME = "tap0";
    private static final int ETH_P_ALL = 3;
    private static final int ETHERNET = 14;
    private static final int FLOWS = 200;
    private static final int TCP = 6;
    private static final int ACK = 0x10;
    private static final int SYN = 0x02;

    private NetworkNamespace namespace;
    private PacketDevice device;
    private PacketSocket kernel;
    private FlowFrames flows;

    @BeforeEach
    void makeNamespace() throws Exception {
        final String cause = Steering.unavailabilityCause();
        assumeTrue(cause == null, cause);
        namespace = new NetworkNamespace();
    }

    private void open(final TunKind kind, final int engines, final boolean separateSyns) throws Exception {
        final DeviceRequest request = new DeviceRequest(NAME, 1_500, engines, 256, false, separateSyns,
                "10.77.0.1/24");
        namespace.call(() -> {
            device = TapDevice.open(kind, request);
            kernel = new PacketSocket(NAME, ETH_P_ALL);
            return null;
        });
        flows = new FlowFrames((RssPlacement) device.placement(), 0x0200_0000_0001L);
    }

    @AfterEach
    void close() {
        if (device != null) {
            kernel.close();
            device.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 6, false, 0", "false, 6, true, 0", "false, 6, false, 8", "false, 17, false, 0",
            "true, 6, false, 0", "true, 6, true, 0", "true, 17, true, 0"})
    void shouldPlaceFlowsByAddressesAndPorts(final boolean v6, final int protocol, final boolean tagged,
            final int options) throws Exception {
        open(TunKind.TAP, 4, true);
        for (int i = 0; i < FLOWS; i++) {
            final byte[] frame = flows.next(v6, protocol, tagged, false, options, i % 2 == 0 ? ACK : SYN);
            assertThat(queueOf(frame, 0)).isEqualTo(flows.queueByPorts());
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 6, true", "false, 17, true", "false, 1, true", "false, 50, false", "true, 6, true",
            "true, 17, true", "true, 50, false"})
    void shouldPlaceFragmentsAndOtherProtocolsByAddresses(final boolean v6, final int protocol,
            final boolean fragment) throws Exception {
        open(TunKind.TAP, 4, true);
        for (int i = 0; i < FLOWS; i++) {
            final byte[] frame = flows.next(v6, protocol, i % 2 == 0, fragment, 0, ACK);
            assertThat(queueOf(frame, 0)).isEqualTo(flows.queueByAddresses());
        }
    }

    @ParameterizedTest
    @CsvSource({"0806, false", "0800, false", "86dd, true"})
    void shouldGiveWhatAsksRatherThanFlowsToAnybody(final String type, final boolean v6) throws Exception {
        open(TunKind.TAP, 4, true);
        final Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < FLOWS; i++) {
            final byte[] frame = flows.next(v6, v6 ? 58 : 1, false, false, 0, 0);
            System.arraycopy(HexFormat.of().parseHex(type), 0, frame, 12, 2);
            seen.add(queueOf(frame, 0));
        }
        assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @ParameterizedTest
    @EnumSource(TunKind.class)
    void shouldPlaceFlowsWhereSynsAreNotApart(final TunKind kind) throws Exception {
        open(kind, 3, false);
        final int header = kind.hasLinkLayer() ? 0 : ETHERNET;
        for (int i = 0; i < FLOWS; i++) {
            final byte[] frame = flows.next(i % 2 == 0, TCP, false, false, 0, i % 3 == 0 ? SYN : ACK);
            assertThat(queueOf(frame, header)).isEqualTo(flows.queueByPorts());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64})
    void shouldLoseSynsOfAFloodOfOneEngineAlone(final int engines) throws Exception {
        open(TunKind.TAP, engines, true);
        final int[] sent = new int[engines];
        int most = 0;
        for (int i = 0; most < 4_096 + 7; i++) {
            final byte[] frame = flows.next(i % 2 == 0, TCP, false, false, 0, SYN);
            final int queue = flows.queueByPorts();
            if (queue == engines - 1) {
                kernel.send(frame);
                most = ++sent[queue];
            }
        }
        for (int queue = 0; queue < engines; queue++) {
            assertThat(device.queue(queue).synsDropped()).isEqualTo(queue == engines - 1 ? 7 : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tap", "tap multi_queue"})
    void shouldOpenWhatAPersistentDeviceHas(final String mode) throws Exception {
        assertThat(namespace.exec(("ip tuntap add tap0 mode " + mode).split(" ")).exitCode()).isZero();
        final DeviceRequest request = new DeviceRequest(NAME, 1_500, 3, 16, false, true, null);
        try (PacketDevice opened = namespace.call(() -> TapDevice.open(TunKind.TAP, request))) {
            final boolean several = mode.contains("multi");
            assertThat(opened.queues()).isEqualTo(several ? 3 : 1);
            assertThat(opened.placement()).isEqualTo(
                    several ? RssPlacement.spread(request.rssKey(), 3) : FlowPlacement.ONE_QUEUE);
        }
    }

    /** Sends a frame, and tells in which queue it arrives. */
    private int queueOf(final byte[] whole, final int header) {
        final byte[] frame = Arrays.copyOfRange(whole, header, whole.length);
        kernel.send(frame);
        final long[] received = new long[1];
        for (long attempt = 1; attempt < 100_000; attempt++) {
            final int queue = (int) (attempt % device.queues());
            if (device.queue(queue).receive(received, 0, 1, attempt * 1_000_000) == 1) {
                final byte[] bytes = new byte[Frame.length(received[0])];
                Memory.copyToArray(Frame.data(received[0]), bytes, 0, bytes.length);
                device.queue(queue).release(received[0]);
                if (Arrays.equals(bytes, frame)) {
                    return queue;
                }
            }
        }
        throw new AssertionError("never came");
    }
}
