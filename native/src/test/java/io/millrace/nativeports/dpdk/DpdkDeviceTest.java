package io.millrace.nativeports.dpdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.tap.PacketSocket;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@RequiresDpdk
class DpdkDeviceTest {
    private static final int FRAMES = 32;
    private static final long GIVE_UP_NS = 20_000_000_000L;

    private final int poolsBefore = MbufPool.live();
    private final long[] one = new long[1];

    @BeforeEach
    void startEal() throws IOException {
        Rings.startEal();
    }

    @AfterEach
    void shouldLeaveNoPoolAndNoThread() {
        assertThat(MbufPool.live()).as("pools of mbufs").isEqualTo(poolsBefore);
        assertThat(PollingThreads.count()).as("threads that DPDK knows").isZero();
        assertThat(Ethdev.names()).as("ports").isEmpty();
    }

    private static DeviceRequest request(final String argument) {
        return new DeviceRequest(argument, 1_500, 1, FRAMES, true, false, null);
    }

    private static DpdkDevice open(final String device) throws IOException {
        return DpdkDevice.open(request(Rings.EAL + " --vdev=" + device));
    }

    private static long frame(final PacketPort port, final int length) {
        final long frame = port.acquire();
        Memory.putShortBE(Frame.data(frame) + 12, 0x88B5);
        Frame.length(frame, length);
        return frame;
    }

    private int transmit(final PacketPort port, final long frame) {
        one[0] = frame;
        return port.transmit(one, 0, 1, 0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --vdev=net_nothing0               | install it, on Debian 12: apt-get install librte-net-nothing23
            -- port=net_null7                 | DPDK has no port net_null7, and no other either
            ''                                | DPDK has no port; name a device
            --no-huge -m 65 --vdev=net_null0  | EAL runs already in this JVM with other options
            --vdev=net_null0,nothing=1        | cannot add net_null0,nothing=1 to DPDK
            --vdev=net_null0 --vdev=net_null1 | DPDK has several ports; choose one
            """)
    void shouldSayInOneSentenceWhyItCannotOpen(final String argument, final String sentence) {
        assertThatThrownBy(() -> DpdkDevice.open(request(argument))).isInstanceOf(IOException.class)
                .hasMessageContaining(sentence).message().doesNotContain("\n");
    }

    @Test
    @RequiresDpdk("net_null")
    void shouldRefuseWhatTheDeviceCannotDo() {
        final String argument = Rings.EAL + " --vdev=net_null0";
        assertThatThrownBy(() -> DpdkDevice.open(new DeviceRequest(argument, 65_500, 1, 16, true, false, null)))
                .isInstanceOf(IOException.class).hasMessageContaining("set millrace.port.mtu");
        assertThatThrownBy(() -> DpdkDevice.open(new DeviceRequest(argument, 1_500, 1, 16, true, false, "10.0.0.1/24")))
                .isInstanceOf(IOException.class).hasMessageContaining("has no end in the kernel");
        assertThatThrownBy(() -> DpdkDevice.open(new DeviceRequest(argument, 1_500, 1, 65_536 * 16, true, false, null)))
                .isInstanceOf(IOException.class).hasMessageContaining("give EAL more with -m");
    }

    @Test
    @RequiresDpdk("net_null")
    void shouldOpenAPortOnce() throws Exception {
        try (DpdkDevice first = open("net_null0")) {
            assertThat(first.queues()).isEqualTo(1);
            assertThatThrownBy(() -> open("net_null0")).isInstanceOf(IOException.class)
                    .hasMessageContaining("DPDK's port net_null0 is open already");
            assertThat(Ethdev.names()).as("the port is still there").containsExactly("net_null0");
        }
    }

    @Test
    @RequiresDpdk("net_null")
    void shouldHaveAPortForEachOfSeveralQueues() throws Exception {
        final DeviceRequest request = new DeviceRequest(
                Rings.EAL + " --vdev=net_null0,no-rx=1 -- rss-key=" + "6d".repeat(40),
                1_500, 2, FRAMES, true, false, null);
        try (DpdkDevice device = DpdkDevice.open(request)) {
            assertThat(device.placement()).as("table and key as read back")
                    .isEqualTo(RssPlacement.spread(new RssKey("6d".repeat(40)), 2));
            for (int i = 0; i < 2; i++) {
                assertThat(transmit(device.queue(i), frame(device.queue(i), 60))).isEqualTo(1);
                assertThat(device.queue(i).acquire()).as("sent, and there again").isNotZero();
            }
        }
    }

    /** net_null takes kinds of flow and a table as a NIC does; 3 queues do not divide its table of 128. */
    @Test
    @RequiresDpdk("net_null")
    void shouldPlaceFlowsByTheKeyOfTheStack() throws Exception {
        final RssKey key = new RssKey("0123456789abcdef".repeat(5));
        final DeviceRequest request = new DeviceRequest(Rings.EAL + " --vdev=net_null0,no-rx=1", 1_500, 3, FRAMES, true,
                false, null).withRssKey(key);
        try (DpdkDevice device = DpdkDevice.open(request)) {
            assertThat(device.placement()).isEqualTo(RssPlacement.spread(key, 3));
        }
    }

    @Test
    void shouldAnswerByTheQueueThatARingWasAskedBy() throws Exception {
        try (Rings rings = new Rings(64, 2);
                DpdkDevice near = rings.open(0, FRAMES);
                DpdkDevice far = rings.open(1, FRAMES)) {
            assertThat(near.placement()).isEqualTo(FlowPlacement.AS_SENT);
            for (int i = 0; i < 2; i++) {
                assertThat(transmit(far.queue(i), frame(far.queue(i), 60))).isEqualTo(1);
                assertThat(near.queue(1 - i).receive(one, 0, 1, 0)).isZero();
                assertThat(near.queue(i).receive(one, 0, 1, 0)).isEqualTo(1);
                near.queue(i).release(one[0]);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"20, 2, segments", "36, 61, packet length", "40, 65000, data length", "16, 65000, data offset"})
    void shouldDropAnMbufThatIsNoFrame(final int offset, final int value, final String what) throws Exception {
        try (Rings rings = new Rings(64);
                DpdkDevice near = rings.open(0, FRAMES);
                DpdkDevice far = rings.open(1, FRAMES)) {
            final long frame = frame(far.queue(0), 60);
            assertThat(transmit(far.queue(0), frame)).isEqualTo(1);
            Memory.putShort(Mbuf.ofFrame(frame) + offset, value);
            assertThat(near.queue(0).receive(one, 0, 1, 0)).as(what).isZero();
            assertThat(near.queue(0).dropped()).isEqualTo(1);
            // Its pool has it again, as a driver must find it.
            Memory.putShort(Mbuf.ofFrame(frame) + offset, offset == 20 ? 1 : 0);
        }
    }

    @Test
    void shouldDropWhatIsTooLongToBeSentAndSendTheRest() throws Exception {
        try (Rings rings = new Rings(64);
                DpdkDevice near = rings.open(0, FRAMES);
                DpdkDevice far = rings.open(1, FRAMES)) {
            final long[] frames = {frame(near.queue(0), 60), frame(near.queue(0), 1_515), frame(near.queue(0), 61)};
            assertThat(near.queue(0).transmit(frames, 0, 3, 0)).isEqualTo(3);
            assertThat(near.queue(0).dropped()).isEqualTo(1);
            final long[] received = new long[3];
            assertThat(far.queue(0).receive(received, 0, 3, 0)).isEqualTo(2);
            assertThat(Frame.length(received[1])).isEqualTo(61);
            far.queue(0).release(received[0]);
            far.queue(0).release(received[1]);
        }
    }

    @Test
    void shouldKeepTheMemoryOfLentFramesWhenEveryDeviceIsClosed() throws Exception {
        final Runnable release;
        final long[] received = new long[1];
        try (Rings rings = new Rings(64);
                DpdkDevice near = rings.open(0, FRAMES);
                DpdkDevice far = rings.open(1, FRAMES)) {
            assertThat(transmit(far.queue(0), frame(far.queue(0), 60))).isEqualTo(1);
            assertThat(near.queue(0).receive(received, 0, 1, 0)).isEqualTo(1);
            assertThat(near.queue(0).lendableFrames()).isPositive();
            release = near.queue(0).keepMemory();
        }
        assertThat(MbufPool.live()).isGreaterThan(poolsBefore);
        assertThat(Frame.length(received[0])).isEqualTo(60);
        release.run();
    }

    @Test
    void shouldOpenTheQueuesThatThereAre() throws Exception {
        try (Rings rings = new Rings(64);
                DpdkDevice device = DpdkDevice.open(
                        new DeviceRequest(rings.argument(0), 1_500, 2, FRAMES, true, false, null));
                DpdkDevice far = rings.open(1, FRAMES)) {
            assertThat(far.queues()).isEqualTo(1);
            assertThat(device.queues()).isEqualTo(1);
            assertThat(device.placement()).isEqualTo(FlowPlacement.ONE_QUEUE);
        }
    }

    @Test
    void shouldKnowEachOfTheThreadsThatTakeTurnsOnce() throws Exception {
        final ExecutorService first = Executors.newSingleThreadExecutor();
        final ExecutorService second = Executors.newSingleThreadExecutor();
        try (Rings rings = new Rings(64);
                DpdkDevice near = rings.open(0, FRAMES);
                DpdkDevice far = rings.open(1, FRAMES)) {
            assertThat(far.queue(0).receive(one, 0, 0, 0)).isZero();
            far.queue(0).onDriverLeft();
            final PacketPort port = near.queue(0);
            for (int i = 0; i < 3; i++) {
                first.submit(() -> port.receive(one, 0, 1, 0)).get();
                second.submit(() -> port.receive(one, 0, 1, 0)).get();
            }
            assertThat(PollingThreads.count()).isEqualTo(2);
            first.submit(port::onDriverLeft).get();
            assertThat(PollingThreads.count()).isEqualTo(1);
            second.submit(port::onDriverLeft).get();
        } finally {
            first.close();
            second.close();
        }
    }

    @Test
    void shouldLetGoOfAThreadThatPollsNoMore() throws Exception {
        try (Rings rings = new Rings(64);
                DpdkDevice near = rings.open(0, FRAMES);
                DpdkDevice far = rings.open(1, FRAMES)) {
            final CompletableFuture<Integer> count = new CompletableFuture<>();
            final Thread poller = Thread.ofPlatform().start(() -> {
                near.queue(0).receive(one, 0, 1, 0);
                far.queue(0).receive(one, 0, 1, 0);
                count.complete(PollingThreads.count());
                near.queue(0).onDriverLeft();
                far.queue(0).onDriverLeft();
            });
            poller.join();
            assertThat(count.get()).isEqualTo(1);
            assertThat(PollingThreads.count()).isZero();
        }
    }

    @Test
    @RequiresNetworkNamespaces
    @RequiresDpdk("net_tap")
    void shouldGoOnWhenTheInterfaceIsDownAndWhenItIsRemoved() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.silent();
                DpdkDevice device = namespace.call(() -> DpdkDevice.open(new DeviceRequest(
                        Rings.EAL + " --vdev=net_tap0,iface=mr0", 1_500, 1, FRAMES, true, false, "10.77.0.1/24")))) {
            final PacketPort port = device.queue(0);
            assertThat(device.isUp()).isTrue();
            namespace.exec("ip", "link", "set", "mr0", "down");
            await(() -> !device.isUp());
            assertThat(transmit(port, frame(port, 60))).as("taken, and lost").isEqualTo(1);
            await(() -> port.dropped() > 0);
            namespace.exec("ip", "link", "set", "mr0", "up");
            await(device::isUp);
            assertThat(transmit(port, frame(port, 60))).isEqualTo(1);
            namespace.exec("ip", "link", "del", "mr0");
            await(() -> !device.isUp());
            for (int i = 0; i < 10 * FRAMES; i++) {
                assertThat(transmit(port, frame(port, 60))).isEqualTo(1);
                assertThat(port.receive(one, 0, 1, 0)).isZero();
            }
        }
    }

    /** What is beyond a frame of the kernel's would be lost there without a word. */
    @Test
    @RequiresNetworkNamespaces
    @RequiresDpdk("net_af_xdp")
    void shouldTakePacketsOverXdpUpToWhatAPageHolds() throws Exception {
        try (NetworkNamespace namespace = NetworkNamespace.silent()) {
            namespace.exec("ip", "link", "add", "near0", "mtu", "3434", "type", "veth", "peer", "name", "far0", "mtu",
                    "3434");
            namespace.exec("ip", "link", "set", "near0", "up");
            namespace.exec("ip", "link", "set", "far0", "up");
            final String argument = Rings.EAL + " --vdev=net_af_xdp0,iface=near0";
            assertThatThrownBy(() -> namespace.call(
                    () -> DpdkDevice.open(new DeviceRequest(argument, 3_435, 1, FRAMES, true, false, null))))
                    .isInstanceOf(IOException.class).hasMessageContaining("to 3434, not 3435");
            try (DpdkDevice device = namespace.call(
                    () -> DpdkDevice.open(new DeviceRequest(argument, 3_434, 1, FRAMES, true, false, null)));
                    PacketSocket kernel = namespace.call(() -> new PacketSocket("far0", 0x88B5))) {
                final PacketPort port = device.queue(0);
                final byte[] longest = new byte[14 + 3_434];
                Arrays.fill(longest, 14, longest.length, (byte) 7);
                longest[12] = (byte) 0x88;
                longest[13] = (byte) 0xB5;
                kernel.send(longest);
                await(() -> port.receive(one, 0, 1, 0) == 1);
                assertThat(Frame.length(one[0])).isEqualTo(longest.length);
                final byte[] received = new byte[longest.length];
                Memory.copyToArray(Frame.data(one[0]), received, 0, received.length);
                assertThat(received).isEqualTo(longest);
                port.release(one[0]);
                assertThat(transmit(port, frame(port, longest.length))).isEqualTo(1);
                await(() -> kernel.receive() != null);
            }
        }
    }

    private static void await(final BooleanSupplier condition) {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
            assertThat(System.nanoTime() - startNs).as("nanoseconds waited in vain").isLessThan(GIVE_UP_NS);
        }
    }
}
