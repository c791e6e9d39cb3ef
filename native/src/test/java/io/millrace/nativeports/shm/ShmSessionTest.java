package io.millrace.nativeports.shm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.nativeports.linux.LinuxCalls;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A side that leaves, and another that comes in its place. */
class ShmSessionTest {
    private static final int FRAMES = 16;
    private static final int MTU = 1_500;
    /** No small frames: these go by name. */
    private static final byte[] HELLO = new byte[400];
    private static final byte[] OTHER = new byte[400];
    private static final byte[] SMALL = new byte[60];

    static {
        HELLO[20] = 42;
        OTHER[20] = 43;
        SMALL[20] = 44;
    }

    private final long bytesBefore = MemoryRegion.bytesInUse();
    private SharedPair pair;

    @BeforeEach
    void open() throws IOException {
        pair = new SharedPair(MTU, FRAMES, true);
    }

    @AfterEach
    void close() throws IOException {
        pair.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
        Files.deleteIfExists(pair.file);
    }

    private PacketPort near() {
        return pair.near.queue(0);
    }

    private PacketPort far() {
        return pair.far.queue(0);
    }

    private void anotherFar() throws IOException {
        pair.far.close();
        pair.far = pair.open(MTU);
        pair.join();
    }

    private void anotherNear() throws IOException {
        pair.near.close();
        pair.near = pair.open(MTU);
        pair.join();
    }

    private static long hold(final PacketPort port) {
        final long[] frames = new long[1];
        assertThat(port.receive(frames, 0, 1, 0)).isEqualTo(1);
        return frames[0];
    }

    private static byte[] bytesOf(final long frame) {
        final byte[] bytes = new byte[Frame.length(frame)];
        Memory.copyToArray(Frame.data(frame), bytes, 0, bytes.length);
        return bytes;
    }

    private static List<Long> acquireAll(final PacketPort port) {
        final List<Long> all = new ArrayList<>();
        for (long frame = port.acquire(); frame != 0; frame = port.acquire()) {
            all.add(frame);
        }
        return all;
    }

    private static void assertHasAllFrames(final PacketPort port) {
        final List<Long> all = acquireAll(port);
        assertThat(all).hasSize(FRAMES).doesNotHaveDuplicates();
        all.forEach(port::release);
    }

    private void assertBothWays() {
        for (int i = 0; i < 3 * FRAMES; i++) {
            assertThat(SharedPair.send(near(), HELLO)).isTrue();
            assertThat(SharedPair.receive(far())).isEqualTo(HELLO);
            assertThat(SharedPair.send(far(), OTHER)).isTrue();
            assertThat(SharedPair.receive(near())).isEqualTo(OTHER);
            assertThat(SharedPair.send(far(), SMALL)).isTrue();
            assertThat(SharedPair.receive(near())).isEqualTo(SMALL);
        }
        assertHasAllFrames(near());
        assertHasAllFrames(far());
    }

    @Test
    void shouldGoOnWithAnotherOnEitherSide() throws IOException {
        assertBothWays();
        anotherFar();
        assertBothWays();
        anotherNear();
        assertBothWays();
        anotherFar();
        anotherFar();
        assertBothWays();
        assertThat(near().dropped()).isZero();
    }

    @Test
    void shouldDropAndCountWhatNobodyReceives() throws IOException {
        pair.far.close();
        SharedPair.turn(near());
        for (int i = 0; i < 2 * FRAMES; i++) {
            assertThat(SharedPair.send(near(), HELLO)).isTrue();
        }
        assertThat(near().dropped()).isEqualTo(2 * FRAMES);
        assertHasAllFrames(near());
        pair.far = pair.open(MTU);
        pair.join();
        assertBothWays();
    }

    @Test
    void shouldTakeBackFramesThatTheOtherSideHad() throws IOException {
        for (int i = 0; i < FRAMES; i++) {
            assertThat(SharedPair.send(near(), HELLO)).isTrue();
        }
        hold(far());
        assertThat(near().acquire()).isZero();
        pair.far.close();
        assertHasAllFrames(near());
        pair.far = pair.open(MTU);
        pair.join();
        assertThat(SharedPair.receive(far())).as("nothing of before").isNull();
        assertBothWays();
    }

    /** Neither what waited for the last process on the far side, nor what the last one on the near side had sent. */
    @Test
    void shouldShowNothingSmallOfAnEarlierSession() throws IOException {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < FRAMES; i++) {
                assertThat(SharedPair.send(near(), SMALL)).isTrue();
            }
            anotherFar();
            assertThat(far().mayReceive()).isFalse();
            assertThat(SharedPair.receive(far())).as("nothing of before").isNull();
            assertThat(SharedPair.send(near(), SMALL)).isTrue();
            anotherNear();
            assertThat(SharedPair.receive(far())).as("nothing of before").isNull();
        }
        assertBothWays();
    }

    @Test
    void shouldKeepSmallFramesUntilThereIsAFrameForThem() {
        final List<Long> held = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            assertThat(SharedPair.send(far(), SMALL)).isTrue();
            held.add(hold(near()));
        }
        assertThat(SharedPair.send(far(), SMALL)).isTrue();
        assertThat(SharedPair.send(far(), HELLO)).isTrue();
        assertThat(near().receive(new long[1], 0, 1, 0)).isZero();
        assertThat(near().prepareToBlock()).as("one waits").isFalse();
        near().onWoken();
        near().release(held.removeLast());
        assertThat(SharedPair.receive(near())).isEqualTo(SMALL);
        assertThat(SharedPair.receive(near())).isEqualTo(HELLO);
        assertThat(held).allSatisfy(frame -> assertThat(bytesOf(frame)).isEqualTo(SMALL));
        held.forEach(near()::release);
        assertThat(near().dropped()).isZero();
        assertBothWays();
    }

    @Test
    void shouldNeedNoFrameBackThatWasSmall() {
        for (int i = 0; i < FRAMES; i++) {
            assertThat(SharedPair.send(near(), SMALL)).isTrue();
        }
        assertThat(acquireAll(near())).as("as many small ones may be under way as there are frames").hasSize(FRAMES)
                .allSatisfy(frame -> near().release(frame));
        assertThat(near().nextDeadlineNs()).as("nothing to be taken back of one that dies").isEqualTo(Long.MAX_VALUE);
        assertThat(SharedPair.send(near(), SMALL)).isTrue();
        assertThat(acquireAll(near())).as("the next one goes by name").hasSize(FRAMES - 1);
    }

    @Test
    void shouldKeepASmallFrameBeyondItsOwnClose() throws IOException {
        assertThat(SharedPair.send(far(), SMALL)).isTrue();
        final long lent = hold(near());
        final Runnable done = near().keepMemory();
        anotherNear();
        assertBothWays();
        assertThat(bytesOf(lent)).isEqualTo(SMALL);
        done.run();
    }

    @Test
    void shouldHandOverWhatWasSentBeforeTheOtherSideLeft() throws IOException {
        assertThat(SharedPair.send(far(), SMALL)).isTrue();
        assertThat(SharedPair.send(far(), OTHER)).isTrue();
        pair.far.close();
        assertThat(SharedPair.receive(near())).isEqualTo(SMALL);
        assertThat(SharedPair.receive(near())).isEqualTo(OTHER);
        assertThat(SharedPair.receive(near())).isNull();
        pair.far = pair.open(MTU);
        pair.join();
        assertBothWays();
    }

    @Test
    void shouldCountWhatItDidNotTakeBeforeAnotherCame() throws IOException {
        assertThat(SharedPair.send(far(), HELLO)).isTrue();
        assertThat(SharedPair.send(far(), SMALL)).isTrue();
        SharedPair.turn(near());
        anotherFar();
        assertThat(near().dropped()).isEqualTo(2);
        assertThat(SharedPair.receive(near())).isNull();
        assertBothWays();
    }

    @Test
    void shouldKeepALentFrameAsItIsWhileAnotherProcessHasTheSide() throws IOException {
        assertThat(SharedPair.send(far(), HELLO)).isTrue();
        final long lent = hold(near());
        anotherFar();
        for (int i = 0; i < 4 * FRAMES; i++) {
            assertThat(SharedPair.send(far(), OTHER)).isTrue();
            assertThat(SharedPair.receive(near())).isEqualTo(OTHER);
        }
        assertThat(acquireAll(far())).as("all but the one that is lent").hasSize(FRAMES - 1);
        assertThat(bytesOf(lent)).isEqualTo(HELLO);
        near().release(lent);
        SharedPair.turn(near());
        assertThat(far().acquire()).as("the one that was lent").isNotZero();
    }

    @Test
    void shouldKeepALentFrameBeyondItsOwnClose() {
        assertThat(SharedPair.send(far(), HELLO)).isTrue();
        final long lent = hold(near());
        final Runnable done = near().keepMemory();
        pair.near.close();
        final List<Long> all = acquireAll(far());
        assertThat(all).hasSize(FRAMES);
        for (final long frame : all) {
            Memory.zero(Frame.room(frame), Frame.capacity(frame) - Frame.roomOffset(frame));
        }
        assertThat(bytesOf(lent)).isEqualTo(HELLO);
        done.run();
    }

    /** What a stack sends to itself is lent in a frame of its own. */
    @Test
    void shouldKeepAFrameOfItsOwnBeyondItsOwnClose() throws IOException {
        final long bytesOfBoth = MemoryRegion.bytesInUse() - bytesBefore;
        final long lent = near().acquire();
        final int roomLength = Frame.capacity(lent) - Frame.roomOffset(lent);
        Memory.copyFromArray(HELLO, 0, Frame.data(lent), HELLO.length);
        Frame.length(lent, HELLO.length);
        final Runnable done = near().keepMemory();
        pair.near.close();
        assertThat(MemoryRegion.bytesInUse() - bytesBefore).as("its side of both pools")
                .isGreaterThan(bytesOfBoth / 2 + 2L * FRAMES * roomLength);
        pair.near = pair.open(MTU);
        pair.join();
        for (final long frame : acquireAll(near())) {
            Memory.zero(Frame.room(frame), roomLength);
            near().release(frame);
        }
        assertThat(bytesOf(lent)).as("whatever the next process on its side does").isEqualTo(HELLO);
        assertBothWays();
        done.run();
    }

    @Test
    void shouldCarryMarksOfOffloads() {
        final byte[] segment = new byte[60_000];
        segment[59_999] = 7;
        final long frame = near().acquire();
        Memory.copyFromArray(segment, 0, Frame.data(frame), segment.length);
        Frame.length(frame, segment.length);
        Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
        Frame.checksumPlace(frame, 34, 16);
        Frame.segmentation(frame, Frame.GSO_TCPV6, 1_428, 74);
        assertThat(near().transmit(new long[]{frame}, 0, 1, 0)).isEqualTo(1);
        final long received = hold(far());
        assertThat(Frame.flags(received)).isEqualTo(Frame.CHECKSUM_PARTIAL);
        assertThat(Frame.checksumStart(received)).isEqualTo(34);
        assertThat(Frame.checksumOffset(received)).isEqualTo(16);
        assertThat(Frame.gsoType(received)).isEqualTo(Frame.GSO_TCPV6);
        assertThat(Frame.gsoSize(received)).isEqualTo(1_428);
        assertThat(Frame.headerLength(received)).isEqualTo(74);
        assertThat(bytesOf(received)).isEqualTo(segment);
        far().release(received);
    }

    @Test
    void shouldTellByALookWhetherFramesWait() {
        assertThat(near().mayReceive()).isFalse();
        assertThat(SharedPair.send(far(), HELLO)).isTrue();
        assertThat(near().mayReceive()).isTrue();
        assertThat(SharedPair.receive(near())).isEqualTo(HELLO);
        assertThat(near().mayReceive()).isFalse();
    }

    @Test
    void shouldWakeASleeperOnceForEachSleep() {
        assertThat(near().wakesSleeper()).isTrue();
        assertThat(near().descriptors()).isEqualTo(1);
        near().onWoken();
        rung();
        assertThat(near().prepareToBlock()).isTrue();
        assertThat(rung()).isZero();
        assertThat(SharedPair.send(far(), SMALL)).isTrue();
        assertThat(SharedPair.send(far(), OTHER)).isTrue();
        assertThat(rung()).isEqualTo(1);
        near().onWoken();
        assertThat(near().prepareToBlock()).as("frames are there").isFalse();
        near().onWoken();
        assertThat(SharedPair.receive(near())).isEqualTo(SMALL);
        assertThat(SharedPair.receive(near())).isEqualTo(OTHER);
        SharedPair.turn(far());
        assertThat(SharedPair.send(far(), OTHER)).isTrue();
        assertThat(rung()).as("for one that is awake").isZero();
    }

    @Test
    void shouldWakeASleeperWhenFramesComeBackAndWhenTheOtherSideChanges() throws IOException {
        assertThat(SharedPair.send(near(), HELLO)).isTrue();
        rung();
        assertThat(near().prepareToBlock()).isTrue();
        assertThat(SharedPair.receive(far())).isEqualTo(HELLO);
        assertThat(rung()).as("a frame came back").isEqualTo(1);
        near().onWoken();
        SharedPair.turn(near());
        assertThat(near().prepareToBlock()).isTrue();
        pair.far.close();
        assertThat(rung()).as("it left").isEqualTo(1);
        near().onWoken();
        assertThat(near().prepareToBlock()).isFalse();
        near().onWoken();
        SharedPair.turn(near());
        assertThat(near().prepareToBlock()).isTrue();
        pair.far = pair.open(MTU);
        assertThat(rung()).as("another came").isEqualTo(1);
        near().onWoken();
        pair.join();
        assertBothWays();
    }

    /** Bytes that rang since this was asked last. */
    private long rung() {
        final MemoryRegion bytes = MemoryRegion.allocate("test", 64);
        try {
            return Math.max(0, new LinuxCalls().read(near().descriptor(0), bytes.address(), 64));
        } finally {
            bytes.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 65_536})
    void shouldEndLoudlyWhereTheFileIsCut(final long length) throws IOException {
        try (FileChannel channel = FileChannel.open(pair.file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
        assertThatExceptionOfType(InternalError.class)
                .isThrownBy(() -> near().receive(new long[1], 0, 1, Long.MAX_VALUE / 2))
                .withMessageContaining("cut the shared memory " + pair.file + " to " + length + " bytes");
    }
}
