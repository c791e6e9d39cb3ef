package io.millrace.nativeports.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCount;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import io.millrace.nativeports.linux.ThreadCalls;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bulk transfers to the kernel, which receives them on another CPU. */
@RequiresNetworkNamespaces
class BulkSteeringTest {
    private static final int TYPE = 0x88B5;
    private static final int BURSTS = 2_000;
    private static final int LARGEST_BURST = 16;
    private static final int SHORTEST = 60;
    private static final int LONGEST = 1_514;
    private static final int NUMBER = 20;
    private static final long SEED = 20_261_127;

    private long nowNs = 1;

    @Test
    void shouldBringTheSameFramesInTheSameOrderEitherWay() throws Exception {
        final List<byte[]> direct = received(",bulk=direct", false);
        final List<byte[]> steered = received("", true);
        assertThat(steered).hasSameSizeAs(direct);
        for (int i = 0; i < direct.size(); i++) {
            assertThat(steered.get(i)).as("frame %d", i).isEqualTo(direct.get(i));
        }
    }

    @Test
    void shouldLeaveWhatTheHostHasSetAsItWasWithOffloads() throws Exception {
        try (KernelPeer peer = new KernelPeer(true)) {
            send(peer.port, new Random(SEED), 0, LARGEST_BURST, LONGEST);
            assertThat(masks(peer.namespace)).containsOnly("0");
        }
    }

    /** The queues for SYNs of strangers stand behind those of the engines. */
    @Test
    void shouldSteerTheQueueOfTheEngineThatSendsInBulkUntilItIsClosed() throws Exception {
        assumeThat(Runtime.getRuntime().availableProcessors()).as("another CPU").isGreaterThan(1);
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            final TapDevice device = namespace.call(() -> TapDevice.open(TunKind.TAP, request(2, KernelPeer.NAME)));
            try {
                sendABurst(device.queue(1));
                assertThat(steered(namespace)).containsExactly(false, false, false, true, false, false);
                sendABurst(device.queue(0));
                assertThat(steered(namespace)).containsExactly(false, false, true, true, false, false);
                device.queue(0).close();
                // the kernel has numbered them anew
                assertThat(steered(namespace)).hasSize(3).containsOnly(false);
            } finally {
                device.close();
            }
        }
    }

    @Test
    void shouldSetNothingOfADeviceThatStays() throws Exception {
        try (NetworkNamespace namespace = new NetworkNamespace()) {
            namespace.run("ip", "tuntap", "add", KernelPeer.NAME, "mode", "tap", "multi_queue");
            try (TapDevice device = namespace.call(() -> TapDevice.open(TunKind.TAP, request(1, KernelPeer.NAME)))) {
                sendABurst(device.queue(0));
                assertThat(steered(namespace)).hasSize(3).containsOnly(false);
                assertThat(device.findings()).extracting(PortFinding::what)
                        .anyMatch(what -> what.contains("on the CPU of the engine: a device that stays"));
            }
        }
    }

    private static DeviceRequest request(final int queues, final String argument) {
        return new DeviceRequest(argument, KernelPeer.MTU, queues, 64, false, true, KernelPeer.KERNEL + "/24");
    }

    private void sendABurst(final PacketPort port) {
        port.receive(new long[1], 0, 0, nowNs);
        send(port, new Random(SEED), 0, LARGEST_BURST, LONGEST);
    }

    private static List<Boolean> steered(final NetworkNamespace namespace) throws IOException {
        return masks(namespace).stream().map(mask -> !mask.equals("0")).toList();
    }

    private List<byte[]> received(final String options, final boolean steered) throws Exception {
        assumeThat(Runtime.getRuntime().availableProcessors()).as("another CPU").isGreaterThan(1);
        final List<byte[]> all = new ArrayList<>();
        try (KernelPeer peer = new KernelPeer(false, options);
                PacketSocket kernel = peer.namespace.call(() -> new PacketSocket(KernelPeer.NAME, TYPE));
                Staying staying = new Staying()) {
            // what is in line for a CPU while another is chosen may be overtaken
            staying.begin();
            sendAndTake(peer, kernel, all);
            assertThat(peer.port.dropped()).isZero();
            final long begun = peer.port.counted(PortCount.BULK_BEGUN);
            if (steered) {
                assertThat(begun).isPositive();
                assertThat(peer.port.counted(PortCount.BULK_ENDED)).isBetween(begun - 1, begun);
                assertThat(peer.port.counted(PortCount.BULK_FRAMES)).isBetween(begun * BulkQueue.BURST,
                        (long) all.size());
            } else {
                assertThat(begun + peer.port.counted(PortCount.BULK_FRAMES)).isZero();
            }
            final List<String> masks = masks(peer.namespace);
            assertThat(masks.stream().filter(mask -> !mask.equals("0")).count())
                    .as("queues that are steered: %s", masks)
                    .isEqualTo(steered ? 1 : 0);
        }
        return all;
    }

    /** Bursts of any length, one behind the other or after a silence in which the kernel has taken all. */
    private void sendAndTake(final KernelPeer peer, final PacketSocket kernel, final List<byte[]> all) {
        final Random random = new Random(SEED);
        final long[] none = new long[1];
        int sent = 0;
        for (int burst = 0; burst < BURSTS; burst++) {
            peer.port.receive(none, 0, 0, nowNs);
            final int length = 1 + random.nextInt(LARGEST_BURST);
            send(peer.port, random, sent, length, random.nextBoolean() ? LONGEST : SHORTEST);
            sent += length;
            nowNs += random.nextInt(1_000_000);
            if (random.nextInt(4) == 0 || sent - all.size() > 100) {
                take(kernel, all, sent);
                nowNs += random.nextBoolean() ? BulkQueue.QUIET_NS : 0;
            }
        }
        take(kernel, all, sent);
    }

    private static void take(final PacketSocket kernel, final List<byte[]> all, final int sent) {
        while (all.size() < sent) {
            final byte[] frame = kernel.receive();
            assertThat(frame).as("frame %d", all.size()).isNotNull();
            all.add(frame);
        }
    }

    private void send(final PacketPort port, final Random random, final int first, final int count,
            final int longest) {
        final long[] frames = new long[count];
        for (int i = 0; i < count; i++) {
            final byte[] bytes = new byte[SHORTEST + random.nextInt(longest - SHORTEST + 1)];
            random.nextBytes(bytes);
            bytes[KernelPeer.ETHERTYPE] = (byte) (TYPE >> 8);
            bytes[KernelPeer.ETHERTYPE + 1] = (byte) TYPE;
            frames[i] = port.acquire();
            Memory.copyFromArray(bytes, 0, Frame.data(frames[i]), bytes.length);
            Memory.putInt(Frame.data(frames[i]) + NUMBER, first + i);
            Frame.length(frames[i], bytes.length);
        }
        assertThat(port.transmit(frames, 0, count, nowNs)).isEqualTo(count);
    }

    /** Of each queue, without leading zeros. */
    private static List<String> masks(final NetworkNamespace namespace) throws IOException {
        return namespace.run("sh", "-c", "cat /sys/class/net/" + KernelPeer.NAME + "/queues/rx-*/rps_cpus").lines()
                .map(mask -> mask.replaceFirst("^[0,]+(?=.)", "")).toList();
    }

    /** Keeps this thread on its CPU. */
    private static final class Staying implements AutoCloseable {
        private static final int LENGTH = 1_024;

        private final ThreadCalls calls = new ThreadCalls();
        private final MemoryRegion before = MemoryRegion.allocate("CPUs", LENGTH);

        void begin() {
            Memory.zero(before.address(), LENGTH);
            assertThat(calls.affinity(before.address(), LENGTH)).isNotNegative();
            try (MemoryRegion one = MemoryRegion.allocate("CPU", LENGTH)) {
                Memory.zero(one.address(), LENGTH);
                final int cpu = calls.cpu();
                Memory.putByte(one.address() + cpu / Byte.SIZE, 1 << cpu % Byte.SIZE);
                assertThat(calls.setAffinity(one.address(), LENGTH)).isZero();
            }
        }

        @Override
        public void close() {
            calls.setAffinity(before.address(), LENGTH);
            before.close();
        }
    }
}
