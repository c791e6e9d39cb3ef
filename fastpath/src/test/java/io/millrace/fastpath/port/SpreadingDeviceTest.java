package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.FlowFrames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpreadingDeviceTest {
    private static final long NOW_NS = 1_000;
    private static final long LONG_AFTER_NS = 1_000_000_000;
    private static final int ENGINES = 4;
    private static final int FRAMES = 256;
    private static final int TCP = 6;
    private static final int ACK = 0x10;

    private final long memoryBefore = MemoryRegion.bytesInUse();
    private final long[] one = new long[1];
    private MemoryLink link;
    private SpreadingDevice device;
    private FlowFrames flows;

    private void open(final int queues, final int engines) {
        link = MemoryLink.builder().queues(queues).framesPerSide(FRAMES).queueLength(FRAMES).build();
        device = new SpreadingDevice(link.side(0), engines, RssKey.EXAMPLE);
        flows = new FlowFrames((RssPlacement) device.placement(),
                link.side(0).queue(0).capabilities().macAddress());
    }

    @AfterEach
    void shouldGiveAllMemoryBack() {
        if (device != null) {
            device.close();
            link.close();
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(memoryBefore);
    }

    @Nested
    class OfOneEngine extends PacketPortContract {
        @Override
        protected PortUnderTest open() {
            return new LinkUnderTest(MemoryLink.builder(),
                    port -> new SpreadingDevice(new OneQueue(port), 1, RssKey.EXAMPLE).queue(0));
        }
    }

    private record OneQueue(PacketPort port) implements PacketDevice {
        @Override
        public String name() {
            return "one";
        }

        @Override
        public int queues() {
            return 1;
        }

        @Override
        public PacketPort queue(final int index) {
            return port;
        }

        @Override
        public void close() {
            port.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 6, false, false, 0", "false, 6, true, false, 8", "false, 17, false, false, 0",
            "false, 17, false, true, 0", "false, 50, false, false, 0", "true, 6, false, false, 0",
            "true, 17, true, false, 0", "true, 6, false, true, 0", "true, 50, false, false, 0"})
    void shouldBringAFrameToTheEngineOfItsFlow(final boolean v6, final int protocol, final boolean tagged,
            final boolean fragment, final int options) {
        open(1, ENGINES);
        for (int i = 0; i < 200; i++) {
            final byte[] frame = flows.next(v6, protocol, tagged, fragment, options, ACK);
            inject(0, frame);
            device.queue(0).receive(one, 0, 0, NOW_NS);
            final int owner = fragment || protocol == 50 ? flows.queueByAddresses() : flows.queueByPorts();
            for (int engine = 0; engine < ENGINES; engine++) {
                assertThat(receive(engine)).isEqualTo(engine == owner ? frame : null);
            }
        }
        assertNothingIsMissing();
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 58"})
    void shouldLeaveWhatAsksWithWhoeverHasIt(final boolean v6, final int protocol) {
        open(1, ENGINES);
        for (int i = 0; i < 40; i++) {
            final byte[] frame = flows.next(v6, protocol, false, false, 0, 0);
            inject(0, frame);
            assertThat(receive(i % ENGINES)).isEqualTo(frame);
        }
    }

    @Test
    void shouldLookAtNoByteBeyondTheFrame() {
        open(1, ENGINES);
        final byte[] whole = flows.next(true, TCP, true, false, 0, ACK);
        final byte[] other = flows.next(false, TCP, false, false, 0, ACK);
        for (final byte[] frame : List.of(whole, other)) {
            for (int length = 14; length < frame.length; length++) {
                inject(0, Arrays.copyOf(frame, length));
                int found = 0;
                for (int engine = 0; engine < ENGINES; engine++) {
                    found += receive(engine) == null ? 0 : 1;
                }
                assertThat(found).as(length + " bytes").isEqualTo(1);
            }
        }
    }

    /** One engine has no turn at all; the others go on, and what comes for it is bounded, and counted. */
    @Test
    void shouldServeTheOthersWhereOneEngineStandsStill() {
        open(1, ENGINES);
        final int stalled = 0;
        int lost = 0;
        for (int i = 0; i < 2_000; i++) {
            final byte[] frame = flows.next(i % 2 == 0, TCP, false, false, 0, ACK);
            inject(0, frame);
            final int owner = flows.queueByPorts();
            for (int engine = 1; engine < ENGINES; engine++) {
                assertThat(receive(engine)).isEqualTo(engine == owner ? frame : null);
            }
            lost += owner == stalled ? 1 : 0;
        }
        final int waiting = Integer.highestOneBit(FRAMES / ENGINES);
        assertThat(device.queue(stalled).dropped()).isEqualTo(lost - waiting);
        int late = 0;
        while (receive(stalled) != null) {
            late++;
        }
        assertThat(late).isEqualTo(waiting);
        assertNothingIsMissing();
    }

    @Test
    void shouldSendWhatEachEngineHas() {
        open(1, ENGINES);
        for (int i = 0; i < 400; i++) {
            final byte[] frame = flows.next(false, TCP, false, false, 0, ACK);
            send(i % ENGINES, frame);
            assertThat(emitted(0)).isEqualTo(frame);
        }
        assertNothingIsMissing();
    }

    /** While another holds the queue, nothing is lost and nobody waits. */
    @Test
    void shouldSendLaterWhatFindsTheQueueHeld() {
        final byte[] frame = sendWhileHeld();
        assertThat(device.queue(1).nextDeadlineNs()).as("the sender goes on with it").isEqualTo(Long.MIN_VALUE);
        assertThat(receive(1)).isNull();
        assertThat(emitted(0)).isEqualTo(frame);
        assertThat(device.queue(1).nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    /** As the resets of connections, where all engines are closed at once and none has another turn. */
    @Test
    void shouldSendWhenItIsClosedWhatFoundTheQueueHeld() {
        final byte[] frame = sendWhileHeld();
        device.close();
        assertThat(emitted(0)).isEqualTo(frame);
    }

    /** In its last turn an engine without a frame waits for who holds the queue: else its resets would be lost. */
    @Test
    @Timeout(60)
    void shouldWaitForAFrameInItsLastTurn() throws Exception {
        link = MemoryLink.builder().framesPerSide(FRAMES).queueLength(FRAMES).build();
        final Interruptible port = new Interruptible(link.side(0).queue(0));
        device = new SpreadingDevice(new OneQueue(port), 2, RssKey.EXAMPLE);
        final CountDownLatch asking = new CountDownLatch(1);
        final AtomicLong acquired = new AtomicLong(-1);
        final Thread other = new Thread(() -> {
            device.queue(1).onLastTurn();
            asking.countDown();
            acquired.set(device.queue(1).acquire());
        });
        port.meanwhile = () -> {
            other.start();
            try {
                asking.await();
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
            for (int i = 0; i < 1_000_000 && acquired.get() < 0; i++) {
                Thread.onSpinWait();
            }
        };
        assertThat(receive(0)).isNull();
        other.join();
        assertThat(acquired.get()).isPositive();
        device.queue(1).release(acquired.get());
    }

    /** Else an engine that has something to say while another is in a call of the port, or lost its core in one, says it later. */
    @Test
    void shouldHaveFramesAfterATurnWhereAnotherHoldsTheQueue() {
        link = MemoryLink.builder().framesPerSide(FRAMES).queueLength(FRAMES).build();
        final Interruptible port = new Interruptible(link.side(0).queue(0));
        device = new SpreadingDevice(new OneQueue(port), 2, RssKey.EXAMPLE);
        final List<Long> acquired = new ArrayList<>();
        assertThat(receive(1)).isNull();
        port.meanwhile = () -> {
            for (long frame = device.queue(1).acquire(); frame != 0; frame = device.queue(1).acquire()) {
                acquired.add(frame);
            }
        };
        assertThat(receive(0)).isNull();
        assertThat(acquired).hasSize(32).doesNotHaveDuplicates();
        acquired.forEach(device.queue(1)::release);
    }

    /** Engine 1 sends while engine 0 is within a call of the device's port. */
    private byte[] sendWhileHeld() {
        link = MemoryLink.builder().framesPerSide(FRAMES).queueLength(FRAMES).build();
        flows = new FlowFrames(RssPlacement.spread(RssKey.EXAMPLE, 2), 0);
        final byte[] frame = flows.next(false, TCP, false, false, 0, ACK);
        final Interruptible port = new Interruptible(link.side(0).queue(0));
        device = new SpreadingDevice(new OneQueue(port), 2, RssKey.EXAMPLE);
        final long[] frames = {fill(1, frame)};
        port.meanwhile = () -> assertThat(device.queue(1).transmit(frames, 0, 1, NOW_NS)).isEqualTo(1);
        assertThat(receive(0)).isNull();
        assertThat(emitted(0)).isNull();
        return frame;
    }

    /** Does something else before it receives, once. */
    private static final class Interruptible extends PortFilter {
        private Runnable meanwhile = () -> {};

        Interruptible(final PacketPort port) {
            super(port);
        }

        @Override
        public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
            final Runnable now = meanwhile;
            meanwhile = () -> {};
            now.run();
            return super.receive(frames, offset, limit, nowNs);
        }
    }

    @Test
    void shouldKeepTheOrderWhereTheDeviceTakesNoMore() {
        link = MemoryLink.builder().framesPerSide(FRAMES).queueLength(4).build();
        device = new SpreadingDevice(link.side(0), 2, RssKey.EXAMPLE);
        flows = new FlowFrames((RssPlacement) device.placement(), 0);
        final List<byte[]> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add(flows.next(false, TCP, false, false, 0, ACK));
            send(1, sent.getLast());
        }
        assertThat(device.queue(1).nextDeadlineNs()).isEqualTo(Long.MIN_VALUE);
        final List<byte[]> seen = new ArrayList<>();
        for (int turn = 0; turn < 10; turn++) {
            for (byte[] frame = emitted(0); frame != null; frame = emitted(0)) {
                seen.add(frame);
            }
            assertThat(receive(0)).as("another engine goes on with it").isNull();
        }
        assertThat(seen).containsExactlyElementsOf(sent);
        assertThat(device.queue(1).nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldGiveEachEngineItsShareOfTheFrames() {
        open(1, ENGINES);
        final List<Long> acquired = new ArrayList<>();
        for (long frame = device.queue(0).acquire(); frame != 0; frame = device.queue(0).acquire()) {
            acquired.add(frame);
        }
        assertThat(acquired).hasSize(FRAMES / ENGINES).hasSize(device.queue(0).frames());
        assertThat(device.queue(1).acquire()).isNotZero();
        acquired.forEach(device.queue(0)::release);
        assertThat(device.queue(0).acquire()).isNotZero();
    }

    /** As many queues as engines, but of a device that places flows by a hash of its own. */
    @Test
    void shouldBringFramesFromAnyQueueToTheEngineOfTheirFlow() {
        open(2, 2);
        for (int i = 0; i < 400; i++) {
            final byte[] frame = flows.next(i % 3 == 0, TCP, false, false, 0, ACK);
            final int owner = flows.queueByPorts();
            final int queue = i % 2;
            inject(queue, frame);
            device.queue(queue).receive(one, 0, 0, NOW_NS);
            assertThat(receive(1 - owner)).isNull();
            assertThat(receive(owner)).isEqualTo(frame);
            send(owner, frame);
            assertThat(emitted(owner)).isEqualTo(frame);
        }
    }

    @Test
    void shouldServeAQueueWhoseEngineStandsStill() {
        open(2, 2);
        byte[] frame;
        do {
            frame = flows.next(false, TCP, false, false, 0, ACK);
        } while (flows.queueByPorts() != 1);
        inject(0, frame);
        for (int turn = 0; turn < 2; turn++) {
            assertThat(device.queue(1).receive(one, 0, 0, LONG_AFTER_NS)).isZero();
        }
        assertThat(receive(1)).isEqualTo(frame);
    }

    @Test
    void shouldWakeTheEngineThatAFrameIsFor() {
        open(1, 2);
        final AtomicInteger wakeups = new AtomicInteger();
        final PacketPort sleeping = device.queue(1);
        sleeping.sleeper(new Sleeper() {
            @Override
            public void wakeup() {
                wakeups.incrementAndGet();
            }

            @Override
            public boolean fence() {
                return true;
            }
        });
        assertThat(sleeping.prepareToBlock()).isTrue();
        byte[] frame;
        do {
            frame = flows.next(false, TCP, false, false, 0, ACK);
            inject(0, frame);
            receive(0);
        } while (flows.queueByPorts() != 1);
        assertThat(wakeups).hasValue(1);
        assertThat(sleeping.prepareToBlock()).as("it is there already").isFalse();
        sleeping.onWoken();
        assertThat(receive(1)).isEqualTo(frame);
    }

    @Test
    void shouldBeWhereItIsNeeded() {
        open(2, 2);
        assertThat(SpreadingDevice.where(link.side(1), 2, RssKey.EXAMPLE)).isSameAs(link.side(1));
        assertThat(SpreadingDevice.where(device, 1, RssKey.EXAMPLE)).isSameAs(device);
        assertThat(SpreadingDevice.where(link.side(1), 3, RssKey.EXAMPLE)).isInstanceOf(SpreadingDevice.class);
    }

    /** Every engine on a thread of its own sends back what it receives; one of them now and then stands still. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    @Timeout(60)
    void shouldLoseNothingAmongThreads(final int queues) throws Exception {
        open(queues, 3);
        final AtomicBoolean stop = new AtomicBoolean();
        final AtomicInteger wrong = new AtomicInteger();
        final List<Thread> threads = new ArrayList<>();
        for (int engine = 0; engine < 3; engine++) {
            final int self = engine;
            threads.add(Thread.ofPlatform().start(() -> echo(self, stop, wrong)));
        }
        final int rounds = 20_000;
        int sent = 0;
        int back = 0;
        while (back < rounds) {
            if (sent < rounds && sent - back < 12) {
                final byte[] frame = flows.next(sent % 2 == 0, TCP, false, false, 0, ACK);
                frame[frame.length - 1] = (byte) flows.queueByPorts();
                inject(sent % queues, frame);
                sent++;
            }
            final int before = back;
            for (int queue = 0; queue < queues; queue++) {
                back += emitted(queue) == null ? 0 : 1;
            }
            if (back == before) {
                Thread.yield();
            }
        }
        stop.set(true);
        for (final Thread thread : threads) {
            thread.join();
        }
        assertThat(wrong).hasValue(0);
        assertThat(device.queue(0).dropped() + device.queue(1).dropped() + device.queue(2).dropped()).isZero();
    }

    private void echo(final int self, final AtomicBoolean stop, final AtomicInteger wrong) {
        final PacketPort port = device.queue(self);
        final long[] burst = new long[8];
        while (!stop.get()) {
            final int received = port.receive(burst, 0, burst.length, System.nanoTime());
            for (int i = 0; i < received; i++) {
                wrong.addAndGet(Memory.getUnsignedByte(Frame.data(burst[i]) + Frame.length(burst[i]) - 1) == self
                        ? 0
                        : 1);
                final long answer = acquire(port);
                Memory.copy(Frame.data(burst[i]), Frame.data(answer), Frame.length(burst[i]));
                Frame.length(answer, Frame.length(burst[i]));
                port.release(burst[i]);
                burst[i] = answer;
            }
            for (int taken = 0; taken < received;) {
                taken += port.transmit(burst, taken, received - taken, System.nanoTime());
            }
            if (received == 0) {
                Thread.yield();
            }
        }
    }

    private static long acquire(final PacketPort port) {
        long frame = port.acquire();
        while (frame == 0) {
            Thread.yield();
            frame = port.acquire();
        }
        return frame;
    }

    private void inject(final int queue, final byte[] bytes) {
        final PacketPort far = link.side(1).queue(queue);
        final long[] frames = {far.acquire()};
        assertThat(frames[0]).as("frames of the far side come back").isNotZero();
        Memory.copyFromArray(bytes, 0, Frame.data(frames[0]), bytes.length);
        Frame.length(frames[0], bytes.length);
        assertThat(far.transmit(frames, 0, 1, NOW_NS)).isEqualTo(1);
    }

    private byte[] receive(final int engine) {
        return take(device.queue(engine));
    }

    private byte[] emitted(final int queue) {
        return take(link.side(1).queue(queue));
    }

    private byte[] take(final PacketPort port) {
        if (port.receive(one, 0, 1, NOW_NS) == 0) {
            return null;
        }
        final byte[] bytes = new byte[Frame.length(one[0])];
        Memory.copyToArray(Frame.data(one[0]), bytes, 0, bytes.length);
        port.release(one[0]);
        return bytes;
    }

    private void send(final int engine, final byte[] bytes) {
        final long[] frames = {fill(engine, bytes)};
        assertThat(device.queue(engine).transmit(frames, 0, 1, NOW_NS)).isEqualTo(1);
    }

    private long fill(final int engine, final byte[] bytes) {
        final long frame = device.queue(engine).acquire();
        Memory.copyFromArray(bytes, 0, Frame.data(frame), bytes.length);
        Frame.length(frame, bytes.length);
        return frame;
    }

    /** Every frame of the far side can be had once what is on its way home is taken. */
    private void assertNothingIsMissing() {
        assertThat(receive(0)).isNull();
        final PacketPort far = link.side(1).queue(0);
        final List<Long> all = new ArrayList<>();
        for (long frame = far.acquire(); frame != 0; frame = far.acquire()) {
            all.add(frame);
        }
        assertThat(all).hasSize(FRAMES);
        all.forEach(far::release);
    }
}
