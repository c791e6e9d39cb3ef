package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.Ipv4Header;
import org.junit.jupiter.api.Test;

/** What a bottleneck's queue and a short link do to IP packets, on a link without Ethernet. */
class QueueAndMtuFaultsTest {
    private static final int LENGTH = 100;
    private static final int ECT_0 = 2;
    private static final int CONGESTION_EXPERIENCED = 3;
    /** 100 bytes take 100 ns. */
    private static final long RATE = 8_000_000_000L;
    private static final int V4 = 0x4500;
    private static final int V6 = 0x6000;

    private final long[] frames = new long[16];

    @Test
    void shouldMarkWhatFindsAQueueThatIsTooLong() {
        final Faults faults = Faults.builder().bottleneck(RATE, 1_000).markAbove(250).build();
        try (MemoryLink link = link()) {
            final FaultInjectionPort port = new FaultInjectionPort(link.side(0).queue(0), Faults.NONE, faults, 1);
            send(port, 5, V4 | ECT_0);
            assertThat(ecnReceived(link, port, 5)).as("none, 100 and 200 bytes wait before the first three")
                    .containsExactly(ECT_0, ECT_0, ECT_0, CONGESTION_EXPERIENCED, CONGESTION_EXPERIENCED);
            assertThat(port.transmitted().marked()).isEqualTo(2);
            assertThat(port.transmitted().overflowed()).isZero();
        }
    }

    @Test
    void shouldNotMarkWhatDoesNotUnderstandIt() {
        final Faults faults = Faults.builder().bottleneck(RATE, 1_000).markAbove(0).build();
        try (MemoryLink link = link()) {
            final FaultInjectionPort port = new FaultInjectionPort(link.side(0).queue(0), Faults.NONE, faults, 1);
            send(port, 3, V4);
            assertThat(ecnReceived(link, port, 3)).containsExactly(0, 0, 0);
            assertThat(port.transmitted().marked()).isZero();
        }
    }

    @Test
    void shouldMarkInTheHeaderOfIpv6() {
        final Faults faults = Faults.builder().bottleneck(RATE, 1_000).markAbove(0).build();
        try (MemoryLink link = link()) {
            final FaultInjectionPort port = new FaultInjectionPort(link.side(0).queue(0), Faults.NONE, faults, 1);
            send(port, 2, V6 | ECT_0 << 4);
            assertThat(ecnReceived(link, port, 2)).containsExactly(ECT_0, CONGESTION_EXPERIENCED);
        }
    }

    @Test
    void shouldLeaveADamagedHeaderDamaged() {
        try (MemoryLink link = link()) {
            final PacketPort port = link.side(0).queue(0);
            final long frame = packet(port, V4 | ECT_0);
            final long ip = Frame.data(frame);
            Memory.putByte(ip + Ipv4Header.TTL_OFFSET, 1);
            assertThat(EcnMark.mark(ip, LENGTH)).isTrue();
            assertThat(new Ipv4Header().wrapUnchecked(ip).checksumValid()).isFalse();
            assertThat(EcnMark.mark(ip, LENGTH)).as("marked before").isFalse();
            port.release(frame);
        }
    }

    @Test
    void shouldLoseWhatIsTooLongWithoutAWord() {
        try (MemoryLink link = link()) {
            final FaultInjectionPort port = new FaultInjectionPort(link.side(0).queue(0), Faults.NONE,
                    Faults.builder().mtu(LENGTH - 1).build(), 1);
            send(port, 2, V4);
            assertThat(link.side(1).queue(0).receive(frames, 0, 16, 0)).isZero();
            assertThat(port.transmitted().tooLong()).isEqualTo(2).isEqualTo(port.dropped());
        }
    }

    @Test
    void shouldPassWhatFitsAndNotCountTheEthernetHeader() {
        final Faults faults = Faults.builder().mtu(LENGTH).build();
        try (MemoryLink link = MemoryLink.builder().build()) {
            final FaultInjectionPort port = new FaultInjectionPort(link.side(0).queue(0), Faults.NONE, faults, 1);
            frames[0] = port.acquire();
            Frame.length(frames[0], LENGTH + 14);
            port.transmit(frames, 0, 1, 0);
            assertThat(link.side(1).queue(0).receive(frames, 0, 16, 0)).isEqualTo(1);
            link.side(1).queue(0).release(frames[0]);
        }
    }

    @Test
    void shouldRefuseAnMtuThatNoLinkMayHave() {
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Faults.builder().mtu(67));
        assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> Faults.builder().markAbove(-1));
    }

    private static MemoryLink link() {
        return MemoryLink.builder().ethernet(false).framesPerSide(16).build();
    }

    private void send(final PacketPort port, final int count, final int first) {
        for (int i = 0; i < count; i++) {
            frames[i] = packet(port, first);
        }
        assertThat(port.transmit(frames, 0, count, 0)).isEqualTo(count);
    }

    private static long packet(final PacketPort port, final int firstShort) {
        final long frame = port.acquire();
        final long ip = Frame.data(frame);
        Memory.zero(ip, LENGTH);
        Ipv4Header.write(ip, firstShort & 0xFF, LENGTH, 1, 0, 64, 6, 0x0A000001, 0x0A000002);
        if (firstShort >>> 12 == 6) {
            Memory.putShortBE(ip, firstShort);
        }
        Frame.length(frame, LENGTH);
        return frame;
    }

    /** The ECN bits of what arrives; IPv4 headers must still be right. */
    private int[] ecnReceived(final MemoryLink link, final FaultInjectionPort port, final int count) {
        final PacketPort far = link.side(1).queue(0);
        port.receive(frames, 0, 1, 1_000);
        assertThat(far.receive(frames, 0, 16, 1_000)).isEqualTo(count);
        final int[] ecn = new int[count];
        for (int i = 0; i < count; i++) {
            final long ip = Frame.data(frames[i]);
            final int first = Memory.getShortBE(ip);
            final boolean v4 = first >>> 12 == 4;
            ecn[i] = first >>> (v4 ? 0 : 4) & 3;
            assertThat(!v4 || new Ipv4Header().wrapUnchecked(ip).checksumValid()).isTrue();
            far.release(frames[i]);
        }
        return ecn;
    }
}
