package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.ip.ReassemblySettings;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.ip.ReassemblySettings;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.LentFrame;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.Test;

/** RECEIVE without a copy: the text of a long segment is handed over in the frame in which it came. */
@OverBothFamilies
class LentTextTest {
    private static final EngineSettings TWO_FRAMES = new EngineSettings(64, 64, 1 << 20, 64, 1 << 16, 16, 4, 1_000,
            16, 2, ReassemblySettings.DEFAULT, EngineSettings.DEFAULT_DATAGRAMS);

    private long frame;

    private record Lent(long frame) implements LentFrame {
        @Override
        public void onReturned() {
            // nothing stands for it
        }
    }

    /** An application that takes a frame whenever there is one. */
    private void takeFrames(final Wire wire) {
        wire.tcp.attach(wire.handle, (connection, events) -> frame = wire.tcp.receiveFrame(connection));
    }

    private static TcpSettings settings() {
        return Wire.settings().zeroCopyReceive(1_000).build();
    }

    private static byte[] text(final long frame) {
        final byte[] bytes = new byte[Frame.textLength(frame)];
        Memory.copyToArray(Frame.textAddress(frame), bytes, 0, bytes.length);
        return bytes;
    }

    private static void giveBack(final Wire wire, final long frame) {
        wire.stack.engine().frames().giveBack(new Lent(frame));
    }

    private static int lent(final Wire wire) {
        return wire.stack.engine().frames().lent();
    }

    @Test
    void shouldHandOverTheFrameAndOpenTheWindow() {
        try (Wire wire = Wire.open(settings())) {
            takeFrames(wire);
            wire.dataAt(0, 1_200);
            assertThat(frame).isNotZero();
            assertThat(text(frame)).isEqualTo(Wire.bytes(0, 1_200));
            assertThat(lent(wire)).isEqualTo(1);
            assertThat(wire.tcp.available(wire.handle)).as("received").isZero();
            assertThat(wire.stack.engine().slabInUse()).as("no ring").isZero();
            giveBack(wire, frame);
            assertThat(lent(wire)).isZero();
        }
    }

    @Test
    void shouldCopyShortSegmentsAndThoseAheadOfAGap() {
        try (Wire wire = Wire.open(settings())) {
            takeFrames(wire);
            wire.dataAt(0, 999);
            wire.dataAt(2_200, 1_200);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 999));
            // ahead of it something waits in the ring
            wire.dataAt(999, 1_201);
            assertThat(frame).isZero();
            assertThat(lent(wire)).isZero();
            assertThat(wire.stack.counter(Counter.TCP_FRAMES_LENT)).isZero();
            assertThat(wire.receive()).isEqualTo(Wire.bytes(999, 2_401));
        }
    }

    @Test
    void shouldMoveIntoTheRingWhatNobodyTakes() {
        try (Wire wire = Wire.open(settings())) {
            wire.dataAt(0, 100);
            wire.dataAt(100, 1_200);
            wire.dataAt(1_300, 100);
            wire.dataAt(1_400, 1_100);
            assertThat(wire.stack.counter(Counter.TCP_FRAMES_LENT)).isEqualTo(2);
            assertThat(wire.stack.counter(Counter.TCP_FRAMES_COPIED_LATE)).isEqualTo(2);
            assertThat(lent(wire)).isZero();
            assertThat(wire.tcp.receiveFrame(wire.handle)).isZero();
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 2_500));
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldCopyWhereTheApplicationHasAsManyFramesAsAreLent() {
        try (Wire wire = Wire.open(new StackDriver(TWO_FRAMES, 1_500), settings(), Wire.PEER_ISS)) {
            takeFrames(wire);
            final long[] frames = new long[2];
            for (int i = 0; i < 2; i++) {
                wire.dataAt(i * 1_200, 1_200);
                frames[i] = frame;
            }
            wire.dataAt(2_400, 1_200);
            assertThat(frame).isZero();
            assertThat(wire.stack.counter(Counter.TCP_FRAMES_NOT_LENT)).isEqualTo(1);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(2_400, 1_200));
            giveBack(wire, frames[0]);
            wire.dataAt(3_600, 1_200);
            assertThat(frame).isNotZero();
            giveBack(wire, frames[1]);
            giveBack(wire, frame);
        }
    }

    @Test
    void shouldReceiveByCopyFromFramesToo() {
        try (Wire wire = Wire.open(settings())) {
            final byte[][] parts = new byte[2][];
            wire.tcp.attach(wire.handle, (connection, events) -> {
                parts[0] = wire.stack.received(connection, 500);
                frame = wire.tcp.receiveFrame(connection);
            });
            wire.dataAt(0, 1_200);
            assertThat(parts[0]).isEqualTo(Wire.bytes(0, 500));
            assertThat(text(frame)).isEqualTo(Wire.bytes(500, 700));
            giveBack(wire, frame);
        }
    }

    @Test
    void shouldGiveFramesBackWhereTheConnectionEnds() {
        try (Wire wire = Wire.open(settings())) {
            wire.tcp.attach(wire.handle, (connection, events) -> wire.tcp.abort(connection));
            wire.dataAt(0, 1_200);
            assertThat(lent(wire)).isZero();
        }
        try (Wire wire = Wire.open(settings())) {
            wire.tcp.attach(wire.handle, (connection, events) -> wire.tcp.shutdownInput(connection));
            wire.dataAt(0, 1_200);
            assertThat(lent(wire)).isZero();
        }
    }

    @Test
    void shouldKeepTheMemoryOfFramesBeyondTheStackUntilTheLastIsGivenBack() {
        final long before = MemoryRegion.bytesInUse();
        final StackDriver stack = new StackDriver();
        final Wire wire = Wire.open(stack, settings(), Wire.PEER_ISS);
        takeFrames(wire);
        wire.dataAt(0, 1_200);
        final long kept = frame;
        assertThat(kept).isNotZero();
        // the driver finds the frame missing, and memory that is left
        assertThat(catchThrowable(wire::close)).hasMessageContaining("1 frames lost");
        assertThat(text(kept)).isEqualTo(Wire.bytes(0, 1_200));
        giveBack(wire, kept);
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }
}
