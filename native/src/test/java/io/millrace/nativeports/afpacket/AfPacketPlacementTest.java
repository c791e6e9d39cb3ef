package io.millrace.nativeports.afpacket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.fastpath.testing.FlowFrames;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.tap.PacketSocket;
import io.millrace.nativeports.tap.Steering;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which engine's socket the kernel puts frames into: the program as the kernel runs it. */
@RequiresNetworkNamespaces
class AfPacketPlacementTest {
    private static final int ETH_P_ALL = 3;
    private static final int QUEUES = 4;
    private static final int FLOWS = 200;
    private static final int TYPE = 12;

    private VethPair pair;
    private PacketDevice device;
    private PacketSocket kernel;
    private FlowFrames flows;

    @BeforeEach
    void open() throws Exception {
        final String cause = Steering.unavailabilityCause();
        assumeTrue(cause == null, cause);
        pair = new VethPair(1_500);
        device = pair.open(VethPair.request(VethPair.OURS, 1_500, QUEUES, false, null));
        kernel = pair.theirs.call(() -> new PacketSocket(VethPair.THEIRS, ETH_P_ALL));
        flows = new FlowFrames((RssPlacement) device.placement(), device.queue(0).capabilities().macAddress());
    }

    @AfterEach
    void close() {
        if (pair != null) {
            kernel.close();
            device.close();
            pair.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 6, false, 0", "false, 6, true, 0", "false, 6, false, 8", "false, 17, true, 0",
            "true, 6, false, 0", "true, 6, true, 0", "true, 17, false, 0"})
    void shouldPlaceFlowsByAddressesAndPorts(final boolean v6, final int protocol, final boolean tagged,
            final int options) {
        for (int i = 0; i < FLOWS; i++) {
            final byte[] frame = flows.next(v6, protocol, tagged, false, options, 0x10);
            assertThat(queueOf(frame)).isEqualTo(flows.queueByPorts());
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 6, true", "false, 17, true", "false, 50, false", "true, 6, true", "true, 50, false"})
    void shouldPlaceFragmentsAndOtherProtocolsByAddresses(final boolean v6, final int protocol,
            final boolean fragment) {
        for (int i = 0; i < FLOWS; i++) {
            final byte[] frame = flows.next(v6, protocol, i % 2 == 0, fragment, 0, 0x10);
            assertThat(queueOf(frame)).isEqualTo(flows.queueByAddresses());
        }
    }

    @ParameterizedTest
    @CsvSource({"0806, false", "0800, false", "86dd, true"})
    void shouldGiveWhatAsksRatherThanFlowsToAnybody(final String type, final boolean v6) {
        final Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < FLOWS; i++) {
            final byte[] frame = flows.next(v6, v6 ? 58 : 1, false, false, 0, 0);
            System.arraycopy(HexFormat.of().parseHex(type), 0, frame, TYPE, 2);
            seen.add(queueOf(frame));
        }
        assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    /** The kernel takes the sockets out of their group, and puts them back. */
    @Test
    void shouldPlaceFlowsAsBeforeWhereTheInterfaceWasDown() throws Exception {
        for (int round = 0; round < 3; round++) {
            pair.ours.run("ip", "link", "set", VethPair.OURS, "down");
            pair.ours.run("ip", "link", "set", VethPair.OURS, "up");
            for (int i = 0; i < FLOWS; i++) {
                final byte[] frame = flows.next(i % 2 == 0, 6, false, false, 0, 0x10);
                assertThat(queueOf(frame)).isEqualTo(flows.queueByPorts());
            }
        }
    }

    /** Sends a frame, and tells in which queue it arrives. */
    private int queueOf(final byte[] frame) {
        kernel.send(frame);
        final long[] received = new long[1];
        for (int attempt = 0; attempt < 10_000_000; attempt++) {
            final int queue = attempt % QUEUES;
            if (device.queue(queue).receive(received, 0, 1, attempt) == 1) {
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
