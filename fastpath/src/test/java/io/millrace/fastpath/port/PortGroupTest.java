package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.StandInDevice;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PortGroupTest {
    private static final int FRAMES = 64;

    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final List<MemoryLink> links = List.of(link(1_500, 32), link(9_000, 64), link(1_280, 64));
    private final PortGroup group = new PortGroup(links.stream().map(link -> link.side(0)).toList());
    private final PacketPort port = group.queue(0);

    private static MemoryLink link(final int mtu, final int frames) {
        return MemoryLink.builder().mtu(mtu).framesPerSide(frames).queueLength(16).build();
    }

    @AfterEach
    void close() {
        group.close();
        links.forEach(MemoryLink::close);
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    private PacketPort far(final int link) {
        return links.get(link).side(1).queue(0);
    }

    /** The other end of a link sends so many frames. */
    private void arrive(final int link, final int count) {
        final long[] frames = new long[count];
        for (int i = 0; i < count; i++) {
            frames[i] = far(link).acquire();
            Frame.length(frames[i], 60);
        }
        assertThat(far(link).transmit(frames, 0, count, 0)).isEqualTo(count);
    }

    /** The links of the frames that come with one burst, which are given back. */
    private List<Integer> receive(final int limit) {
        final long[] frames = new long[limit];
        final int count = port.receive(frames, 0, limit, 0);
        final List<Integer> of = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            of.add(Frame.link(frames[i]));
            port.release(frames[i]);
        }
        return of;
    }

    @Test
    void shouldTellWhatEachLinkIsLike() {
        assertThat(port.links()).isEqualTo(3);
        assertThat(group.name())
                .isEqualTo(links.stream().map(link -> link.side(0).name()).reduce((a, b) -> a + ", " + b).get());
        assertThat(port.capabilities(1)).isSameAs(links.get(1).side(0).queue(0).capabilities());
        assertThat(port.capabilities()).isSameAs(port.capabilities(0));
        assertThat(port.frames(0)).isEqualTo(32);
        assertThat(port.frames()).isEqualTo(160);
        assertThat(port.lendableFrames()).as("what the smallest can spare").isEqualTo(8);
    }

    @Test
    void shouldTransmitOverTheLinkThatAFrameIsOf() {
        for (int link = 0; link < 3; link++) {
            final long[] frames = {port.acquire(link)};
            assertThat(Frame.link(frames[0])).isEqualTo(link);
            Frame.length(frames[0], 60);
            assertThat(port.transmit(frames, 0, 1, 0)).isEqualTo(1);
            final long[] arrived = new long[2];
            assertThat(far(link).receive(arrived, 0, 2, 0)).isEqualTo(1);
            assertThat(Frame.link(arrived[0])).as("our number is of no use there").isZero();
            far(link).release(arrived[0]);
        }
    }

    @Test
    void shouldKeepTheLinkOfWhatAPortDoesNotTake() {
        final long[] frames = new long[FRAMES];
        for (int i = 0; i < FRAMES; i++) {
            frames[i] = port.acquire(2);
            Frame.length(frames[i], 60);
        }
        final int taken = port.transmit(frames, 0, FRAMES, 0);
        assertThat(taken).isBetween(1, FRAMES - 1);
        for (int i = taken; i < FRAMES; i++) {
            assertThat(Frame.link(frames[i])).isEqualTo(2);
            port.release(frames[i]);
        }
        assertThat(port.acquire(2)).as("they are back in their pool").isNotZero();
    }

    @Test
    void shouldHaveFramesOfOneLinkWhereThoseOfAnotherAreUsedUp() {
        while (port.acquire(0) != 0) {
            // all that there are
        }
        assertThat(port.acquire()).isZero();
        assertThat(port.acquire(1)).isNotZero();
    }

    @Test
    void shouldShareABurstBetweenLinks() {
        for (int turn = 0; turn < 6; turn++) {
            arrive(0, 10);
            arrive(1, 10);
            arrive(2, 10);
            final List<Integer> burst = receive(9);
            for (int link = 0; link < 3; link++) {
                assertThat(Collections.frequency(burst, link)).as("of link %d", link).isEqualTo(3);
            }
            assertThat(receive(64)).hasSize(21);
        }
    }

    @Test
    void shouldGiveWhatOthersLeaveOfABurstToABusyLink() {
        for (int link = 0; link < 3; link++) {
            arrive(link, 12);
            arrive((link + 1) % 3, 1);
            final List<Integer> burst = receive(12);
            assertThat(Collections.frequency(burst, link)).isEqualTo(11);
            assertThat(receive(12)).hasSize(1);
        }
    }

    @Test
    void shouldPollEveryLinkInTurnWhereTheBurstIsShort() {
        arrive(0, 3);
        arrive(1, 3);
        arrive(2, 3);
        final List<Integer> first = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            first.addAll(receive(1));
        }
        assertThat(first).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(receive(64)).hasSize(6);
    }

    /** A turn that finds nothing makes the loop idle, with frames waiting. */
    @Test
    void shouldFindWhatWaitsOnOneLinkWithEachTurnWhereTheBurstIsShort() {
        for (int link = 0; link < 3; link++) {
            arrive(link, 5);
            for (int i = 0; i < 5; i++) {
                assertThat(receive(1)).containsExactly(link);
            }
        }
    }

    @Test
    void shouldBeTheOnlyDeviceItselfWhereThereIsOne() {
        try (MemoryLink link = link(1_500, 8)) {
            assertThat(new PortGroup(List.of(link.side(0))).queue(0)).isSameAs(link.side(0).queue(0));
        }
    }

    @Test
    void shouldRefuseAPortWithoutALinkLayerByName() {
        try (MemoryLink bare = MemoryLink.builder().ethernet(false).build()) {
            assertThatThrownBy(() -> new PortGroup(List.of(links.get(0).side(1), bare.side(0))))
                    .hasMessage(bare.side(0).name() + " has no link layer, which each of several ports needs");
        }
    }

    @Test
    void shouldRefusePortsWithDifferentNumbersOfQueues() {
        try (MemoryLink two = MemoryLink.builder().queues(2).build()) {
            final String first = links.get(0).side(1).name();
            assertThatThrownBy(() -> new PortGroup(List.of(links.get(0).side(1), two.side(0)))).hasMessage(
                    two.side(0).name() + " has 2 queue(s), " + first
                            + " has 1: the ports of a stack have the same number");
        }
    }

    @Test
    void shouldRefuseMoreThanEight() {
        final PacketDevice[] nine = new PacketDevice[9];
        Arrays.fill(nine, links.get(0).side(1));
        assertThatThrownBy(() -> new PortGroup(List.of(nine))).hasMessage("9 ports, must be 1 to 8");
    }

    /** What a port is asked that none of several answers alone. */
    @Test
    void shouldTellByALookWhetherFramesWaitAtAnyOfItsPorts() {
        final PacketPort[] ports = {links.get(0).side(0).queue(0), links.get(1).side(0).queue(0)};
        final PacketPort two = new GroupPort(ports);
        assertThat(two.mayReceive()).isFalse();
        arrive(1, 1);
        assertThat(two.mayReceive()).isTrue();
        final long[] frames = new long[8];
        assertThat(two.receive(frames, 0, 8, 0)).isEqualTo(1);
        assertThat(two.mayReceive()).isFalse();
        two.release(frames[0]);
    }

    @Test
    void shouldLeaveNoQuestionToTheDefaultOfAPort() {
        assertThat(Arrays.stream(PacketPort.class.getMethods()).map(PortGroupTest::signature))
                .isSubsetOf(Arrays.stream(GroupPort.class.getDeclaredMethods()).map(PortGroupTest::signature).toList());
    }

    private static String signature(final Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }

    @Test
    void shouldCountWhatAllPortsDidAndTellWhatShowedOfAllDevices() {
        final PacketPort[] ports = {counting(links.get(0), 2), counting(links.get(1), 3)};
        assertThat(new GroupPort(ports).counted(PortCount.BULK_BEGUN)).isEqualTo(5);
        assertThat(new GroupPort(ports).counted(PortCount.BULK_ENDED)).isZero();
        final PortGroup both = new PortGroup(List.of(new Telling(links.get(0).side(1), "first"),
                new SpreadingDevice(new Telling(links.get(1).side(1), "second"), 1, RssKey.EXAMPLE)));
        assertThat(both.findings()).extracting(PortFinding::what).containsExactly("first", "second");
    }

    private static PacketPort counting(final MemoryLink link, final int begun) {
        return new PortFilter(link.side(0).queue(0)) {
            @Override
            public long counted(final PortCount what) {
                return what == PortCount.BULK_BEGUN ? begun : 0;
            }
        };
    }

    /** A device of which something showed. */
    private static final class Telling extends StandInDevice {
        private final String what;

        Telling(final PacketDevice device, final String what) {
            super(device);
            this.what = what;
        }

        @Override
        public String name() {
            return what;
        }

        @Override
        public List<PortFinding> findings() {
            return List.of(new PortFinding(PortFinding.Weight.ADVICE, what, "leave it"));
        }
    }

    @Test
    void shouldNotLoseWhatOthersBringWhereOnePortFails() {
        final PacketPort failing = new PortFilter(links.get(1).side(0).queue(0)) {
            @Override
            public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
                throw new IllegalStateException("expected by a test");
            }
        };
        final PacketPort two = new GroupPort(new PacketPort[]{links.get(0).side(0).queue(0), failing});
        arrive(0, 2);
        final long[] frames = new long[8];
        assertThat(two.receive(frames, 0, 8, 0)).isEqualTo(2);
        two.release(frames[0]);
        two.release(frames[1]);
        assertThatThrownBy(() -> two.receive(frames, 0, 8, 0)).hasMessage("expected by a test");
    }

    /** {@link #close} sees that nothing is left of what the first had kept. */
    @Test
    void shouldKeepNoMemoryWhereOnePortCannot() {
        final PacketPort failing = new PortFilter(links.get(1).side(0).queue(0)) {
            @Override
            public Runnable keepMemory() {
                throw new UnsupportedOperationException("expected by a test");
            }
        };
        final PacketPort three = new GroupPort(new PacketPort[]{links.get(0).side(0).queue(0),
                links.get(2).side(0).queue(0), failing});
        assertThatThrownBy(three::keepMemory).hasMessage("expected by a test");
    }

    @Test
    void shouldLetGoOfAllMemoryWhereOnePortFailsToLetGo() {
        final PacketPort failing = new PortFilter(links.get(0).side(0).queue(0)) {
            @Override
            public Runnable keepMemory() {
                return () -> {
                    throw new IllegalStateException("expected by a test");
                };
            }
        };
        final PacketPort two = new GroupPort(new PacketPort[]{failing, links.get(1).side(0).queue(0)});
        assertThatThrownBy(two.keepMemory()::run).hasMessage("expected by a test");
    }

    @Test
    void shouldKeepTheLinkOfWhatAPortFailsToTake() {
        final PacketPort failing = new PortFilter(links.get(1).side(0).queue(0)) {
            @Override
            public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
                throw new IllegalStateException("expected by a test");
            }
        };
        final PacketPort two = new GroupPort(new PacketPort[]{links.get(0).side(0).queue(0), failing});
        final long[] frames = {two.acquire(1), two.acquire(1)};
        assertThatThrownBy(() -> two.transmit(frames, 0, 2, 0)).hasMessage("expected by a test");
        for (final long frame : frames) {
            assertThat(Frame.link(frame)).isEqualTo(1);
            two.release(frame);
        }
    }

    @Test
    void shouldNotBeWrappedAsOne() {
        assertThatThrownBy(() -> new PortFilter(port) {
        }).hasMessage("a port of 3 links cannot be wrapped as one");
    }

    @Test
    void shouldSayThatDevicesPlaceFlowsDifferently() {
        assertThat(group.placementProblem()).isNull();
        try (MemoryLink first = MemoryLink.builder().queues(2).build();
                MemoryLink second = MemoryLink.builder().queues(2).build();
                MemoryLink third = MemoryLink.builder().queues(2).build();
                SpreadingDevice hashed = new SpreadingDevice(third.side(0), 2, RssKey.EXAMPLE)) {
            final PortGroup alike = new PortGroup(List.of(first.side(0), second.side(0)));
            assertThat(alike.placementProblem()).isNull();
            assertThat(alike.placement()).isSameAs(FlowPlacement.AS_SENT);
            final PortGroup mixed = new PortGroup(List.of(first.side(0), hashed));
            assertThat(mixed.placement()).isSameAs(FlowPlacement.UNKNOWN);
            assertThat(mixed.placementProblem()).startsWith(
                    first.side(0).name() + " and " + hashed.name() + " place flows on 2 engines differently");
        }
    }
}
