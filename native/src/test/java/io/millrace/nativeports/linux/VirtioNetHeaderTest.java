package io.millrace.nativeports.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VirtioNetHeaderTest {
    private final FramePool pool = new FramePool("test frames", 1, 2_048);
    private long frame;
    private long header;

    @BeforeEach
    void acquire() {
        frame = pool.acquire();
        Frame.length(frame, 100);
        header = Frame.data(frame) - VirtioNetHeader.LENGTH;
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void shouldWriteZerosForAPlainFrame() {
        Memory.putLong(header, -1);
        Memory.putShort(header + 8, -1);
        VirtioNetHeader.encode(frame, header);
        assertThat(Memory.getLong(header)).isZero();
        assertThat(Memory.getShort(header + 8)).isZero();
        assertThat(VirtioNetHeader.decode(header, frame)).isTrue();
        assertThat(Frame.flags(frame)).isZero();
    }

    @Test
    void shouldReadBackWhatItWrote() {
        Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
        Frame.checksumPlace(frame, 34, 16);
        Frame.segmentation(frame, Frame.GSO_TCPV6, 1_440, 74);
        VirtioNetHeader.encode(frame, header);
        Frame.reset(frame);
        Frame.length(frame, 100);
        assertThat(VirtioNetHeader.decode(header, frame)).isTrue();
        assertThat(Frame.flags(frame)).isEqualTo(Frame.CHECKSUM_PARTIAL);
        assertThat(Frame.checksumStart(frame)).isEqualTo(34);
        assertThat(Frame.checksumOffset(frame)).isEqualTo(16);
        assertThat(Frame.gsoType(frame)).isEqualTo(Frame.GSO_TCPV6);
        assertThat(Frame.gsoSize(frame)).isEqualTo(1_440);
        assertThat(Frame.headerLength(frame)).isEqualTo(74);
    }

    @Test
    void shouldTellAVerifiedChecksum() {
        VirtioNetHeader.encode(frame, header);
        Memory.putByte(header, VirtioNetHeader.DATA_VALID);
        assertThat(VirtioNetHeader.decode(header, frame)).isTrue();
        assertThat(Frame.flags(frame)).isEqualTo(Frame.CHECKSUM_VALID);
    }

    @Test
    void shouldRefuseAChecksumBeyondTheFrame() {
        Frame.flags(frame, Frame.CHECKSUM_PARTIAL);
        Frame.checksumPlace(frame, 90, 8);
        VirtioNetHeader.encode(frame, header);
        assertThat(VirtioNetHeader.decode(header, frame)).isTrue();
        Frame.checksumPlace(frame, 90, 9);
        VirtioNetHeader.encode(frame, header);
        assertThat(VirtioNetHeader.decode(header, frame)).isFalse();
    }

    @Test
    void shouldRefuseSegmentationThatItDoesNotKnow() {
        VirtioNetHeader.encode(frame, header);
        Memory.putByte(header + 1, 3);
        Memory.putShort(header + 4, 1_000);
        assertThat(VirtioNetHeader.decode(header, frame)).isFalse();
    }

    @Test
    void shouldTakeASegmentWithCwrForWhatItIsBesides() {
        Frame.segmentation(frame, Frame.GSO_TCPV4, 1_448, 66);
        VirtioNetHeader.encode(frame, header);
        Memory.putByte(header + 1, VirtioNetHeader.GSO_TCPV4 | VirtioNetHeader.GSO_ECN);
        Frame.reset(frame);
        Frame.length(frame, 100);
        assertThat(VirtioNetHeader.decode(header, frame)).isTrue();
        assertThat(Frame.gsoType(frame)).isEqualTo(Frame.GSO_TCPV4);
        assertThat(Frame.gsoSize(frame)).isEqualTo(1_448);
    }

    @Test
    void shouldRefuseSegmentsOfNoSize() {
        VirtioNetHeader.encode(frame, header);
        Memory.putByte(header + 1, VirtioNetHeader.GSO_TCPV4);
        assertThat(VirtioNetHeader.decode(header, frame)).isFalse();
    }
}
