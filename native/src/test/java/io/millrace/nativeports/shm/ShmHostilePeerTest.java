package io.millrace.nativeports.shm;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The other side writes into the shared memory what it likes. */
class ShmHostilePeerTest {
    private static final int FRAMES = 16;
    private static final int MTU = 1_500;
    private static final int ROUNDS = 40_000;
    private static final long[] LIMITS = {0, 1, -1, FRAMES, FRAMES + 1, 0xFFFF, 0x1_0000, 1L << 31, 1L << 32,
            Long.MIN_VALUE,
            Long.MAX_VALUE};
    private static final int BURST = 8;

    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final ShmLayout layout = new ShmLayout(MTU, 1, FRAMES, true);
    private final SharedPair pair;
    private final MappedByteBuffer memory;
    /** Where the near side's controls are. */
    private final int nearControls = (int) layout.queueOffset(0);
    /** Where the far side's controls and rings are. */
    private final int controls = nearControls + ShmLayout.CONTROL_LENGTH;
    private final int ring = (int) (layout.queueOffset(0) + layout.ringOffset(1));
    private final int returnRing = (int) (layout.queueOffset(0) + layout.returnRingOffset(1));
    private final Deque<Long> held = new ArrayDeque<>();

    ShmHostilePeerTest() throws IOException {
        pair = new SharedPair(MTU, FRAMES, true);
        try (FileChannel channel = FileChannel.open(pair.file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, layout.fileLength());
        }
        memory.order(ByteOrder.LITTLE_ENDIAN);
    }

    @AfterEach
    void close() {
        pair.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    private int entry(final long position) {
        return ring + (int) (position & layout.entries() - 1) * ShmLayout.ENTRY_LENGTH;
    }

    /** What the near side expects of the far side's entry. */
    private long number(final long position) {
        return Entry.number(Entry.key(memory.getLong(nearControls + ShmLayout.CONTROL_GREETED),
                memory.getLong(nearControls + ShmLayout.CONTROL_SESSION)), position);
    }

    /** The far side's entry that the near side has neither taken nor can take. */
    private long next() {
        long position = memory.getLong(nearControls + ShmLayout.CONTROL_TAKEN);
        while (memory.getLong(entry(position)) == number(position)) {
            position++;
        }
        return position;
    }

    /** Puts an entry into the far side's ring as the next, and publishes it. */
    private void say(final int frame, final int offset, final int bytesAndMarks, final long segment) {
        final long position = next();
        final int entry = entry(position);
        memory.putShort(entry + ShmLayout.ENTRY_FRAME, (short) frame);
        memory.putShort(entry + ShmLayout.ENTRY_OFFSET, (short) offset);
        memory.putInt(entry + ShmLayout.ENTRY_BYTES_AND_MARKS, bytesAndMarks);
        memory.putLong(entry + ShmLayout.ENTRY_SEGMENT, segment);
        memory.putLong(entry + ShmLayout.ENTRY_NUMBER, number(position));
    }

    private void assertRefused(final String what, final int frame, final int offset, final int bytesAndMarks,
            final long segment) {
        final long before = pair.near.queue(0).dropped();
        say(frame, offset, bytesAndMarks, segment);
        assertThat(pair.near.queue(0).receive(new long[1], 0, 1, 0)).as(what).isZero();
        assertThat(pair.near.queue(0).dropped()).as(what).isEqualTo(before + 1);
    }

    @Test
    void shouldRefuseEveryNumberThatCannotBe() {
        final int slot = layout.slotLength();
        final long[] frames = new long[1];
        say(3, 64, 60, 0);
        assertThat(pair.near.queue(0).receive(frames, 0, 1, 0)).isEqualTo(1);
        assertRefused("a frame that this side has already", 3, 64, 60, 0);
        assertRefused("a frame that there is not", FRAMES, 64, 60, 0);
        assertRefused("a frame that there is not", 0xFFFF, 64, 60, 0);
        assertRefused("no headroom", 0, 31, 60, 0);
        assertRefused("behind the frame", 0, 0xFFFF, slot - 0xFFFF + 1, 0);
        assertRefused("nothing", 0, 64, 0, 0);
        assertRefused("too long", 0, 32, layout.maxFrameLength() + 1, 0);
        assertRefused("too long", 0, 32, ShmLayout.BYTES_MASK, 0);
        assertRefused("a checksum behind the end", 0, 64, 60 | 1 << 24, 50L << 32 | 9L << 48);
        assertRefused("a segmentation that there is not", 0, 64, 60 | 0x20 << 24, 1_000 | 54 << 16);
        assertRefused("segments of nothing", 0, 64, 60 | 0x10 << 24, 54 << 16);
        assertRefused("headers behind the end", 0, 64, 60 | 0x10 << 24, 1_000 | 61 << 16);
        assertRefused("a mark that there is not", 0, 64, 60 | 8 << 24, 0);
        say(0, 32, layout.maxFrameLength() | 0x11 << 24, 1_400 | 54 << 16 | 34L << 32 | 16L << 48);
        final long first = frames[0];
        assertThat(pair.near.queue(0).receive(frames, 0, 1, 0)).isEqualTo(1);
        assertThat(Frame.gsoSize(frames[0])).isEqualTo(1_400);
        pair.near.queue(0).release(frames[0]);
        pair.near.queue(0).release(first);
    }

    @Test
    void shouldRefuseEveryNumberOfASmallFrameThatCannotBe() {
        final int small = ShmLayout.MARK_SMALL << 24;
        final int room = ShmLayout.ENTRY_LENGTH - ShmLayout.ENTRY_ROOM;
        assertRefused("before the room", 0, 31, 60 | small, 0);
        assertRefused("nothing in front", 0, 0, 60 | small, 0);
        assertRefused("not at the room's beginning", 0, 40, 60 | small, 0);
        assertRefused("far behind", 0, 0xFFFF, 60 | small, 0);
        assertRefused("nothing", 0, 32, small, 0);
        assertRefused("behind the room", 0, 32, room + 1 | small, 0);
        assertRefused("behind the room", 0, 39, room - 6 | small, 0);
        assertRefused("much behind", 0, 32, ShmLayout.BYTES_MASK | small, 0);
        assertRefused("a checksum behind the end", 0, 32, 60 | 1 << 24 | small, 50L << 32 | 9L << 48);
        assertRefused("a virtual segment", 0, 32, 60 | 0x10 << 24 | small, 10 | 40 << 16);
        assertRefused("a mark that there is not", 0, 32, 60 | 8 << 24 | small, 0);
        final long[] frames = new long[1];
        for (int offset = 32; offset < 40; offset++) {
            memory.put(entry(next()) + offset, (byte) offset);
            say(0xFFFF, offset, 32 + room - offset | 1 << 24 | small, 34L << 32 | 16L << 48);
            assertThat(pair.near.queue(0).receive(frames, 0, 1, 0)).isEqualTo(1);
            assertThat(Frame.length(frames[0])).isEqualTo(32 + room - offset);
            assertThat(Memory.getByte(Frame.data(frames[0]))).isEqualTo((byte) offset);
            assertThat(Frame.flags(frames[0])).isEqualTo(Frame.CHECKSUM_PARTIAL);
            assertThat(Frame.checksumStart(frames[0])).isEqualTo(34);
            assertThat(Frame.checksumOffset(frames[0])).isEqualTo(16);
            pair.near.queue(0).release(frames[0]);
        }
    }

    /** Who has received it looks at bytes that the other process cannot write. */
    @Test
    void shouldKeepASmallFrameAsItWasReceived() {
        final int entry = entry(next());
        memory.put(entry + 50, (byte) 7);
        say(0, 34, 60 | ShmLayout.MARK_SMALL << 24, 0);
        final long[] frames = new long[1];
        assertThat(pair.near.queue(0).receive(frames, 0, 1, 0)).isEqualTo(1);
        for (int i = 0; i < ShmLayout.ENTRY_LENGTH; i++) {
            memory.put(entry + i, (byte) -1);
        }
        assertThat(Frame.length(frames[0])).isEqualTo(60);
        assertThat(Memory.getByte(Frame.data(frames[0]) + 16)).isEqualTo((byte) 7);
        pair.near.queue(0).release(frames[0]);
    }

    /** Where as many small frames wait as there are frames the others go by name, whatever cannot be said of them. */
    @Test
    void shouldNotBelieveThatEntriesWereTakenThatWereNotSent() {
        final PacketPort near = pair.near.queue(0);
        final PacketPort far = pair.far.queue(0);
        for (int i = 0; i < FRAMES; i++) {
            assertThat(SharedPair.send(near, new byte[]{(byte) i})).isTrue();
        }
        int there = FRAMES;
        int sent = FRAMES;
        for (final long count : new long[]{-1, 2 * FRAMES, 10_000, Long.MAX_VALUE, Long.MIN_VALUE}) {
            memory.putLong(controls + ShmLayout.CONTROL_TAKEN, count);
            assertThat(SharedPair.send(near, new byte[]{(byte) sent++})).isTrue();
            assertThat(SharedPair.framesThatAreThere(near)).isEqualTo(--there);
        }
        memory.putLong(controls + ShmLayout.CONTROL_TAKEN, sent - FRAMES + 1);
        assertThat(SharedPair.send(near, new byte[]{(byte) sent++})).isTrue();
        assertThat(SharedPair.framesThatAreThere(near)).as("small again").isEqualTo(there);
        for (int i = 0; i < sent; i++) {
            assertThat(SharedPair.receive(far)).containsExactly(i);
        }
        assertThat(near.dropped()).isZero();
        assertThat(SharedPair.framesThatAreThere(near)).isEqualTo(FRAMES);
    }

    /** A number that is not the expected one is no entry, whatever it was. */
    @Test
    void shouldNotSeeEntriesOfOtherRoundsAndSessions() {
        final PacketPort near = pair.near.queue(0);
        final long position = next();
        final long right = number(position);
        say(0, 34, 60 | ShmLayout.MARK_SMALL << 24, 0);
        for (final long wrong : new long[]{0, right + 1, right - 1, right + layout.entries(), right - layout.entries(),
                right + (1L << 32), right - (1L << 32), right + (1L << 48), right - (1L << 48), -1}) {
            memory.putLong(entry(position), wrong);
            assertThat(near.mayReceive()).isFalse();
            assertThat(near.receive(new long[1], 0, 1, 0)).isZero();
            assertThat(near.prepareToBlock()).isTrue();
            near.onWoken();
        }
        memory.putLong(entry(position), right);
        assertThat(near.mayReceive()).isTrue();
        assertThat(SharedPair.receive(near)).hasSize(60);
        assertThat(near.dropped()).isZero();
    }

    /** However many processes have had a side, and however little those in between have sent. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldSeeNothingOfAnyEarlierGeneration(final int side) throws IOException {
        final int generation = ShmLayout.SIDES + side * ShmLayout.SIDE_LENGTH + ShmLayout.SIDE_GENERATION;
        for (final int between : new int[]{(1 << 16) - 1, (1 << 24) - 1, (1 << 31) - 1}) {
            for (int i = 0; i < BURST; i++) {
                assertThat(SharedPair.send(pair.near.queue(0), new byte[]{1})).isTrue();
                assertThat(SharedPair.send(pair.far.queue(0), new byte[]{2})).isTrue();
                assertThat(SharedPair.receive(pair.far.queue(0))).containsExactly(1);
                assertThat(SharedPair.receive(pair.near.queue(0))).containsExactly(2);
            }
            (side == 0 ? pair.near : pair.far).close();
            memory.putLong(generation, memory.getLong(generation) + between);
            if (side == 0) {
                pair.near = pair.open(MTU);
            } else {
                pair.far = pair.open(MTU);
            }
            pair.join();
            assertThat(SharedPair.receive(pair.near.queue(0))).isNull();
            assertThat(SharedPair.receive(pair.far.queue(0))).isNull();
        }
    }

    /** Whoever is killed before the first number is stored has sent nothing. */
    @Test
    void shouldSeeNothingOfABurstThatWasNotFinished() throws IOException {
        final PacketPort near = pair.near.queue(0);
        final long position = next();
        for (int i = 1; i <= 3; i++) {
            final int entry = entry(position + i);
            memory.putShort(entry + ShmLayout.ENTRY_OFFSET, (short) 34);
            memory.putInt(entry + ShmLayout.ENTRY_BYTES_AND_MARKS, 60 | ShmLayout.MARK_SMALL << 24);
            memory.putLong(entry, number(position + i));
        }
        assertThat(SharedPair.receive(near)).isNull();
        pair.far.close();
        pair.far = pair.open(MTU);
        pair.join();
        for (int i = 0; i < 3 * FRAMES; i++) {
            assertThat(SharedPair.receive(near)).isNull();
            assertThat(SharedPair.send(pair.far.queue(0), new byte[]{(byte) i})).isTrue();
            assertThat(SharedPair.receive(near)).containsExactly(i);
        }
        assertThat(near.dropped()).isZero();
    }

    @Test
    void shouldCountEachImpossibleCursorOnce() {
        final PacketPort near = pair.near.queue(0);
        for (final long count : new long[]{-1, FRAMES + 1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            memory.putLong(controls + ShmLayout.CONTROL_RETURNED, count);
            final long before = near.dropped();
            for (int i = 0; i < 3; i++) {
                assertThat(near.receive(new long[1], 0, 1, 0)).isZero();
            }
            assertThat(near.dropped()).isEqualTo(before + 1);
            assertThat(near.prepareToBlock()).as("nonsense keeps nobody awake").isTrue();
            near.onWoken();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldLiveThroughGarbage(final long seed) throws IOException {
        final Random random = new Random(seed);
        final PacketPort near = pair.near.queue(0);
        final long session = memory.getLong(controls + ShmLayout.CONTROL_SESSION);
        final long greeted = memory.getLong(controls + ShmLayout.CONTROL_GREETED);
        for (int round = 0; round < ROUNDS; round++) {
            scribble(random, near);
            if (random.nextInt(4) == 0) {
                memory.putLong(controls + ShmLayout.CONTROL_SESSION, session);
                memory.putLong(controls + ShmLayout.CONTROL_GREETED, greeted);
            }
            use(near, random);
        }
        assertThat(near.dropped()).isGreaterThan(ROUNDS / 100);
        held.forEach(near::release);
        held.clear();
        pair.far.close();
        pair.far = pair.open(MTU);
        pair.join();
        for (int i = 0; i < 3 * FRAMES; i++) {
            assertThat(SharedPair.send(near, new byte[]{1, 2, 3})).isTrue();
            assertThat(SharedPair.receive(pair.far.queue(0))).containsExactly(1, 2, 3);
            assertThat(SharedPair.send(pair.far.queue(0), new byte[]{4, 5})).isTrue();
            assertThat(SharedPair.receive(near)).containsExactly(4, 5);
        }
        assertThat(SharedPair.framesThatAreThere(near)).isEqualTo(FRAMES);
        assertThat(SharedPair.framesThatAreThere(pair.far.queue(0))).isEqualTo(FRAMES);
    }

    private void scribble(final Random random, final PacketPort near) {
        switch (random.nextInt(6)) {
            case 0 -> memory.putLong(controls + random.nextInt(ShmLayout.CONTROL_LENGTH / 8) * 8, number(random));
            case 1 -> say(random.nextInt(), random.nextInt(30, 42), random.nextInt(ShmLayout.ENTRY_LENGTH)
                    | (random.nextInt(4) == 0 ? random.nextInt(256) : ShmLayout.MARK_SMALL) << 24, number(random));
            case 2 -> memory.putLong(controls + ShmLayout.CONTROL_RETURNED,
                    memory.getLong(controls + ShmLayout.CONTROL_RETURNED) + random.nextInt(-1, 4));
            case 3 -> say(random.nextInt(FRAMES + 1), random.nextInt(200), random.nextInt(layout.slotLength() + 100)
                    | (random.nextInt(4) == 0 ? random.nextInt(256) << 24 : 0), number(random));
            case 4 ->
                memory.put(returnRing + random.nextInt(FRAMES * ShmLayout.RETURN_LENGTH), (byte) random.nextInt());
            default -> memory.put(ring + random.nextInt(layout.entries() * ShmLayout.ENTRY_LENGTH),
                    (byte) random.nextInt());
        }
    }

    private static long number(final Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> LIMITS[random.nextInt(LIMITS.length)];
            case 1 -> random.nextInt(2 * FRAMES);
            default -> random.nextLong();
        };
    }

    /** Everything that an engine may do with the port; what comes lies in its frame, and comes once. */
    private void use(final PacketPort near, final Random random) {
        final long[] frames = new long[BURST];
        final int count = near.receive(frames, 0, BURST, 0);
        for (int i = 0; i < count; i++) {
            final long frame = frames[i];
            assertThat(Frame.data(frame)).isGreaterThanOrEqualTo(Frame.room(frame) + ShmLayout.LEAST_HEADROOM);
            assertThat(Frame.dataOffset(frame) + Frame.length(frame)).isLessThanOrEqualTo(Frame.capacity(frame));
            Memory.getByte(Frame.data(frame) + Frame.length(frame) - 1);
            assertThat(Frame.length(frame)).isBetween(1, layout.maxFrameLength());
            held.add(frame);
        }
        final Set<Long> different = new HashSet<>(held);
        assertThat(different).hasSameSizeAs(held);
        while (held.size() > FRAMES / 2 || !held.isEmpty() && random.nextBoolean()) {
            final long frame = held.poll();
            if (random.nextInt(8) == 0) {
                assertThat(near.transmit(new long[]{frame}, 0, 1, 0)).isEqualTo(1);
            } else {
                near.release(frame);
            }
        }
        if (random.nextBoolean()) {
            SharedPair.send(near, new byte[60 + random.nextInt(random.nextBoolean() ? 100 : 1_000)]);
        }
        if (random.nextInt(16) == 0) {
            near.prepareToBlock();
            near.onWoken();
        }
    }
}
