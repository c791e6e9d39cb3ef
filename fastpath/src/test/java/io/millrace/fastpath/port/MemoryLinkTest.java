package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MemoryLinkTest {
    private static final int BURST = 32;
    /** Bytes of a frame that is not copied. */
    private static final int LARGE = 400;

    private final long[] frames = new long[BURST];
    private long bytesBefore;

    @BeforeEach
    void rememberBytes() {
        bytesBefore = MemoryRegion.bytesInUse();
    }

    @AfterEach
    void expectAllBytesBack() {
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldPassLargeFramesWithoutCopying() {
        try (MemoryLink link = MemoryLink.builder().build()) {
            final long sent = send(link.side(0).queue(0), LARGE);
            assertThat(link.side(1).queue(0).receive(frames, 0, BURST, 5)).isEqualTo(1);
            assertThat(frames[0]).isEqualTo(sent);
            assertThat(Frame.timestampNs(sent)).isEqualTo(5);
        }
    }

    @Test
    void shouldPassPartialChecksumsAndVirtualSegmentsAsTheyAre() {
        try (MemoryLink link = MemoryLink.builder().offloads(true).build()) {
            final PacketPort port = link.side(0).queue(0);
            assertThat(port.capabilities().maxVirtualSegment()).isEqualTo(65_535);
            frames[0] = port.acquire();
            Frame.length(frames[0], 65_535 + 14);
            Frame.flags(frames[0], Frame.CHECKSUM_PARTIAL);
            Frame.checksumPlace(frames[0], 34, 16);
            Frame.segmentation(frames[0], Frame.GSO_TCPV4, 1_460, 54);
            assertThat(Frame.capacity(frames[0])).isGreaterThan(Frame.IP_OFFSET + 65_535);
            assertThat(port.transmit(frames, 0, 1, 0)).isEqualTo(1);
            assertThat(link.side(1).queue(0).receive(frames, 0, 1, 0)).isEqualTo(1);
            assertThat(Frame.flags(frames[0])).isEqualTo(Frame.CHECKSUM_PARTIAL);
            assertThat(Frame.checksumStart(frames[0])).isEqualTo(34);
            assertThat(Frame.gsoSize(frames[0])).isEqualTo(1_460);
            assertThat(port.dropped()).isZero();
        }
    }

    @Test
    void shouldDropAndCountWhatExceedsTheMtu() {
        try (MemoryLink link = MemoryLink.builder().mtu(1_000).framesPerSide(1).build()) {
            final PacketPort port = link.side(0).queue(0);
            send(port, 1_015);
            assertThat(port.dropped()).isEqualTo(1);
            send(port, 1_014);
            assertThat(link.side(1).queue(0).receive(frames, 0, BURST, 0)).isEqualTo(1);
        }
    }

    @Test
    void shouldTakeFewerWhenThePeersQueueIsFull() {
        try (MemoryLink link = MemoryLink.builder().queueLength(8).build()) {
            final PacketPort port = link.side(0).queue(0);
            acquireInto(port, 12, LARGE);
            assertThat(port.transmit(frames, 0, 12, 0)).isEqualTo(8);
            assertThat(port.transmit(frames, 8, 4, 0)).isZero();
            final long[] taken = new long[BURST];
            assertThat(link.side(1).queue(0).receive(taken, 0, 3, 0)).isEqualTo(3);
            assertThat(port.transmit(frames, 8, 4, 0)).isEqualTo(3);
            assertThat(link.side(1).queue(0).receive(taken, 0, BURST, 0)).isEqualTo(8);
            assertThat(taken).startsWith(frames[3], frames[4]);
        }
    }

    @Test
    void shouldTellByALookWhetherFramesWait() {
        try (MemoryLink link = MemoryLink.builder().build()) {
            final PacketPort right = link.side(1).queue(0);
            assertThat(right.mayReceive()).isFalse();
            send(link.side(0).queue(0), 60);
            assertThat(right.mayReceive()).isTrue();
            assertThat(right.receive(frames, 0, BURST, 0)).isEqualTo(1);
            assertThat(right.mayReceive()).isFalse();
        }
    }

    @Test
    void shouldPrepareOnlyFramesThatNobodyHas() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(3).build()) {
            final PacketPort left = link.side(0).queue(0);
            final PacketPort right = link.side(1).queue(0);
            final long kept = left.acquire();
            Frame.length(kept, 200);
            Memory.putLong(Frame.data(kept), -1);
            send(left, LARGE);
            send(left, LARGE);
            assertThat(right.receive(frames, 0, BURST, 0)).isEqualTo(2);
            final long waiting = frames[1];
            Memory.putLong(Frame.data(waiting), -1);
            right.release(frames[0]);
            assertThat(left.receive(frames, 0, BURST, 0)).as("there is time").isZero();
            assertThat(Frame.length(kept)).isEqualTo(200);
            assertThat(Memory.getLong(Frame.data(kept))).isEqualTo(-1);
            assertThat(Memory.getLong(Frame.data(waiting))).isEqualTo(-1);
            final long fresh = left.acquire();
            assertThat(Frame.length(fresh)).isZero();
            assertThat(Frame.data(fresh)).isEqualTo(fresh + Frame.ETHERNET_OFFSET);
            assertThat(left.acquire()).isZero();
        }
    }

    @Test
    void shouldHaveSmallFramesBackAtOnce() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(4).build()) {
            final PacketPort left = link.side(0).queue(0);
            final PacketPort right = link.side(1).queue(0);
            final long sent = send(left, 60);
            Memory.putLong(Frame.data(sent), -1);
            assertThat(acquireInto(left, 4, 60)).as("all frames").isEqualTo(4);
            final long[] taken = new long[BURST];
            assertThat(right.receive(taken, 0, BURST, 7)).isEqualTo(1);
            assertThat(Frame.length(taken[0])).isEqualTo(60);
            assertThat(Frame.timestampNs(taken[0])).isEqualTo(7);
            assertThat(Memory.getLong(Frame.data(taken[0]))).isNotEqualTo(-1);
            assertThat(acquireInto(right, 4, 60)).as("none of the peer's own").isEqualTo(4);
        }
    }

    @Test
    void shouldSendReceivedFramesBackWhateverTheirSizeIsByThen() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(2).build()) {
            final PacketPort left = link.side(0).queue(0);
            final PacketPort right = link.side(1).queue(0);
            for (int i = 0; i < 10; i++) {
                send(left, 150);
                assertThat(receiveElsewhere(right)).isEqualTo(1);
                final long received = frames[0];
                if (i % 2 == 0) {
                    // too large to be copied again, as one with a further header
                    Frame.dataOffset(received, Frame.dataOffset(received) - 40);
                    Frame.length(received, 192);
                }
                assertThat(right.transmit(frames, 0, 1, 0)).isEqualTo(1);
                assertThat(receiveElsewhere(left)).isEqualTo(1);
                assertThat(Frame.length(frames[0])).isEqualTo(i % 2 == 0 ? 192 : 150);
                assertThat(frames[0] == received).isEqualTo(i % 2 == 0);
                left.release(frames[0]);
            }
            right.receive(frames, 0, BURST, 0);
            assertThat(acquireInto(left, 2, 60)).isEqualTo(2);
            assertThat(acquireInto(right, 2, 60)).isEqualTo(2);
        }
    }

    @Test
    void shouldCopyNothingWhereOneThreadHasBothSides() {
        try (MemoryLink link = MemoryLink.builder().build()) {
            final PacketPort left = link.side(0).queue(0);
            final PacketPort right = link.side(1).queue(0);
            assertThat(right.receive(frames, 0, BURST, 0)).isZero();
            final long sent = send(left, 60);
            assertThat(receiveElsewhere(right)).isEqualTo(1);
            assertThat(frames[0]).isEqualTo(sent);
            right.release(sent);
            final long next = send(left, 60);
            assertThat(right.receive(frames, 0, BURST, 0)).isEqualTo(1);
            assertThat(frames[0]).as("a copy, since the last to receive was another").isNotEqualTo(next);
            right.release(frames[0]);
        }
    }

    @Test
    void shouldCountSmallAndLargeFramesThatAClosedPeerHasNotTaken() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(8).build()) {
            final PacketPort left = link.side(0).queue(0);
            send(left, 60);
            send(left, LARGE);
            send(left, 60);
            final PacketPort right = link.side(1).queue(0);
            right.close();
            assertThat(right.dropped()).isEqualTo(3);
            send(left, 60);
            assertThat(left.dropped()).isEqualTo(1);
            assertThat(acquireInto(left, 8, LARGE)).as("every frame is back").isEqualTo(8);
        }
    }

    @Test
    void shouldBringReleasedFramesHomeToTheirPool() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(4).build()) {
            final PacketPort left = link.side(0).queue(0);
            final PacketPort right = link.side(1).queue(0);
            acquireInto(left, 4, LARGE);
            left.transmit(frames, 0, 4, 0);
            assertThat(left.acquire()).isZero();
            assertThat(right.receive(frames, 0, BURST, 0)).isEqualTo(4);
            for (int i = 0; i < 4; i++) {
                right.release(frames[i]);
            }
            assertThat(left.acquire()).isNotZero();
            assertThat(acquireInto(right, 4, LARGE)).as("the peer's own pool").isEqualTo(4);
        }
    }

    @Test
    void shouldGoOnWhenThePeerHasClosed() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(8).build()) {
            final PacketPort left = link.side(0).queue(0);
            send(left, LARGE);
            send(link.side(1).queue(0), 60);
            link.side(1).close();
            assertThat(left.receive(frames, 0, BURST, 0)).as("what the peer sent before").isEqualTo(1);
            assertThat(Frame.length(frames[0])).isEqualTo(60);
            left.release(frames[0]);
            send(left, 60);
            assertThat(left.dropped()).isEqualTo(1);
            assertThat(acquireInto(left, 8, LARGE)).as("every frame is back").isEqualTo(8);
        }
    }

    /** Neither side has a frame for a small one when the peer closes; then the frames behind it wait with it. */
    @Test
    void shouldTakeBackWhatWaitsAtAClosedPeerOnceThereIsRoomForSmallFrames() {
        try (MemoryLink link = MemoryLink.builder().framesPerSide(2).build()) {
            final PacketPort left = link.side(0).queue(0);
            final PacketPort right = link.side(1).queue(0);
            final long[] held = new long[2];
            send(right, 60);
            send(right, 60);
            assertThat(left.receive(held, 0, 2, 0)).isEqualTo(2);
            send(left, 60);
            send(left, 60);
            assertThat(receiveElsewhere(right)).isEqualTo(2);
            send(left, 60);
            send(left, LARGE);
            right.close();
            send(left, LARGE);
            assertThat(left.dropped()).as("what waits is not there yet").isEqualTo(1);
            left.release(held[0]);
            send(left, LARGE);
            assertThat(left.dropped()).isEqualTo(4);
            left.release(held[1]);
            assertThat(acquireInto(left, 2, LARGE)).as("every frame is back").isEqualTo(2);
        }
    }

    @Test
    void shouldKeepItsMemoryUntilBothSidesAreClosed() {
        final MemoryLink link = MemoryLink.builder().queues(2).build();
        final long bytesOpen = MemoryRegion.bytesInUse();
        link.side(0).close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesOpen);
        link.side(0).close();
        link.side(1).queue(1).close();
        assertThat(MemoryRegion.bytesInUse()).isBetween(bytesBefore + 1, bytesOpen - 1);
        link.side(1).close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldJoinEachQueueToItsCounterpart() {
        try (MemoryLink link = MemoryLink.builder().queues(3).build()) {
            assertThat(link.side(0).queues()).isEqualTo(3);
            final long sent = send(link.side(0).queue(2), LARGE);
            assertThat(link.side(1).queue(0).receive(frames, 0, BURST, 0)).isZero();
            assertThat(link.side(1).queue(2).receive(frames, 0, BURST, 0)).isEqualTo(1);
            assertThat(frames[0]).isEqualTo(sent);
        }
    }

    @Test
    void shouldGiveTheSidesDifferentLocalAddresses() {
        try (MemoryLink link = MemoryLink.builder().build()) {
            final long left = link.side(0).queue(0).capabilities().macAddress();
            final long right = link.side(1).queue(0).capabilities().macAddress();
            assertThat(left).isNotEqualTo(right);
            assertThat(left >>> 40).isEqualTo(0x02);
            assertThat(right >>> 40).isEqualTo(0x02);
        }
    }

    @Test
    void shouldRefuseAnMtuBelowTheLeastOfIpv4() {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> MemoryLink.builder().mtu(67))
                .withMessage("mtu 67, must be 68 to 65535");
    }

    @Test
    void shouldCarryFramesBetweenTwoThreadsInOrder() throws InterruptedException {
        final int count = 200_000;
        final AtomicLong failures = new AtomicLong();
        try (MemoryLink link = MemoryLink.builder().framesPerSide(64).queueLength(32).build()) {
            final Thread echo = Thread.ofPlatform().start(() -> echo(link.side(1).queue(0), count));
            failures.set(countThrough(link.side(0).queue(0), count));
            echo.join();
        }
        assertThat(failures).hasValue(0);
    }

    /** Sends numbered frames and counts those that do not come back in order. */
    private static long countThrough(final PacketPort port, final int count) {
        final long[] burst = new long[BURST];
        long failures = 0;
        int sent = 0;
        int received = 0;
        while (received < count) {
            final long frame = sent < count ? port.acquire() : 0;
            if (frame != 0) {
                Frame.length(frame, 60);
                Memory.putLong(Frame.data(frame), sent);
                burst[0] = frame;
                if (port.transmit(burst, 0, 1, 0) == 1) {
                    sent++;
                } else {
                    port.release(frame);
                }
            }
            final int there = port.receive(burst, 0, BURST, 0);
            for (int i = 0; i < there; i++) {
                failures += Memory.getLong(Frame.data(burst[i])) == received++ ? 0 : 1;
                port.release(burst[i]);
            }
            if (there == 0) {
                Thread.onSpinWait();
            }
        }
        return failures;
    }

    /** Sends back every second frame as it is, and a copy of the others. */
    private static void echo(final PacketPort port, final int count) {
        final long[] burst = new long[1];
        for (int done = 0; done < count; done++) {
            while (port.receive(burst, 0, 1, 0) == 0) {
                Thread.onSpinWait();
            }
            if ((done & 1) == 0) {
                final long original = burst[0];
                burst[0] = port.acquire();
                while (burst[0] == 0) {
                    Thread.onSpinWait();
                    burst[0] = port.acquire();
                }
                Frame.length(burst[0], 60);
                Memory.copy(Frame.data(original), Frame.data(burst[0]), 60);
                port.release(original);
            }
            while (port.transmit(burst, 0, 1, 0) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    private long send(final PacketPort port, final int length) {
        frames[0] = port.acquire();
        Frame.length(frames[0], length);
        assertThat(port.transmit(frames, 0, 1, 0)).isEqualTo(1);
        return frames[0];
    }

    private int receiveElsewhere(final PacketPort port) {
        return CompletableFuture.supplyAsync(() -> port.receive(frames, 0, BURST, 0)).join();
    }

    private int acquireInto(final PacketPort port, final int count, final int length) {
        int there = 0;
        for (int i = 0; i < count; i++) {
            frames[i] = port.acquire();
            if (frames[i] != 0) {
                Frame.length(frames[i], length);
                there++;
            }
        }
        return there;
    }

    @Test
    void shouldBeLookedAtThroughAFilter() {
        try (MemoryLink link = MemoryLink.builder().build()) {
            final PacketPort filtered = new PortFilter(link.side(0).queue(0)) {
            };
            assertThat(filtered.mayReceive()).isFalse();
            final PacketPort peer = link.side(1).queue(0);
            final long[] frame = {peer.acquire()};
            assertThat(peer.transmit(frame, 0, 1, 0)).isEqualTo(1);
            assertThat(filtered.mayReceive()).isTrue();
        }
    }
}
